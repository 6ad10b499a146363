"""What a caller may still use of a plan's quota, and the answer to a caller with too little
left."""

from __future__ import annotations

import time

from tutor.core.accounts.principal import Principal
from tutor.core.accounts.quota import Allowance, quota_of, until_midnight
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services


def allowance(services: Services, principal: Principal) -> Allowance:
    """What a caller may still use today. Blocks."""
    if principal.user is None:
        return Allowance(0, 0)
    quota_s = quota_of(services.settings.plans, principal.plan)
    return Allowance(quota_s, services.meter.used(principal.user) if quota_s else 0)


def exhausted(left: Allowance) -> Problem:
    """The answer to a caller with too little left.

    It is 429 and not 402: what helps is to wait until midnight; nothing can be paid here.
    """
    wait_s = until_midnight(time.time())
    return Problem(
        429,
        "quota_exhausted",
        f"{left.left_s or 0:.0f} s of today's {left.quota_s:.0f} s of audio are left",
        headers={"Retry-After": str(wait_s)},
        quota_s=left.quota_s,
        left_s=left.left_s,
        resets_in_s=wait_s,
    )

"""Audio is counted against a plan's quota: `charge` for whatever is uploaded."""

from __future__ import annotations

import time
from datetime import timedelta

from tutor.adapters.settings import Settings
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import open_database
from tutor.adapters.sql.errors import ConflictError
from tutor.core.accounts.principal import Principal
from tutor.core.accounts.quota import Allowance, quota_of, until_midnight
from tutor.shells.http.auth import invalid_token
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services


def charge(services: Services, principal: Principal, audio_s: float) -> None:
    """Count audio before it is recognised; all of it or, with an error, nothing. Blocks.

    Guests are not counted: they exist only where nobody but this machine can ask.

    Raises:
        Problem: 429 `quota_exhausted` with what is left; 401, the account is gone.
    """
    if principal.user is None:
        return
    quota_s = quota_of(services.settings.plans, principal.plan)
    try:
        admitted = services.meter.add(principal.user, audio_s, quota_s)
    except ConflictError as error:
        raise invalid_token("there is no such account any more") from error
    if not admitted:
        raise exhausted(allowance(services, principal))


def change_plan(settings: Settings, email: str, plan: str) -> bool:
    """Give an account another plan; whether there is such an account.

    Raises:
        SettingsError: the database cannot be opened.
    """
    database = open_database(settings)
    try:
        return Accounts(database, timedelta()).set_plan(email, plan)
    finally:
        database.close()


def allowance(services: Services, principal: Principal) -> Allowance:
    """What a caller may still use today. Blocks."""
    if principal.user is None:
        return Allowance(0, 0)
    quota_s = quota_of(services.settings.plans, principal.plan)
    return Allowance(quota_s, services.meter.used(principal.user) if quota_s else 0)


def exhausted(left: Allowance) -> Problem:
    """The answer to whom too little is left.

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

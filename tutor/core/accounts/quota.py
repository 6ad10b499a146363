"""How much audio a plan allows in a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DAY_S = 86_400


@dataclass(frozen=True)
class Allowance:
    """The audio that an account may use today, and has used."""

    quota_s: float
    """Seconds of audio allowed a day (UTC); 0: unlimited."""
    used_s: float
    """Seconds of audio used since midnight (UTC)."""

    @property
    def left_s(self) -> float | None:
        """Seconds of audio left today; None: unlimited."""
        return max(0.0, self.quota_s - self.used_s) if self.quota_s else None

    @property
    def is_exhausted(self) -> bool:
        """Whether today's audio is used up."""
        return self.left_s == 0


def quota_of(plans: Mapping[str, float], plan: str) -> float:
    """The quota of a plan, in seconds a day.

    A plan that is no longer in the table gets the smallest quota of those that are limited.
    """
    return plans.get(plan, min((quota for quota in plans.values() if quota), default=0))


def until_midnight(now_s: float) -> int:
    """Seconds until midnight (UTC); `now_s` counts from 1970."""
    return DAY_S - int(now_s) % DAY_S

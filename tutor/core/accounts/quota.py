"""How much audio a plan allows in a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DAY_S = 86_400


@dataclass(frozen=True)
class Allowance:
    """What a user may still use today."""

    quota_s: float
    """Of audio, a day (UTC); 0: no end of it."""
    used_s: float

    @property
    def left_s(self) -> float | None:
        """Seconds of audio left; None: no end of it."""
        return max(0.0, self.quota_s - self.used_s) if self.quota_s else None

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing is left."""
        return self.left_s == 0


def quota_of(plans: Mapping[str, float], plan: str) -> float:
    """The quota of a plan; one that is gone from the table counts as the smallest there is."""
    return plans.get(plan, min((quota for quota in plans.values() if quota), default=0))


def until_midnight(now_s: float) -> int:
    """Seconds until the day (UTC) is over; `now_s` since 1970."""
    return DAY_S - int(now_s) % DAY_S

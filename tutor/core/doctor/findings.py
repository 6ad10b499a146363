"""What the doctor finds: lines with a level and a remedy, and sizes that its rules reckon with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

GB = 1e9

WEIGHTS_BYTES = {
    "tiny": 0.08 * GB,
    "base": 0.15 * GB,
    "small": 0.5 * GB,
    "medium": 1.6 * GB,
    "large": 3.2 * GB,
    "turbo": 1.7 * GB,
}
"""Weights in float16, by a word of the model's name: parameters times two bytes."""


class Level(Enum):
    """How well something is."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not as well as it could, or not for all."""
    ERROR = "error"
    """It will not work."""


@dataclass(frozen=True)
class Finding:
    """One line of the table."""

    what: str
    level: Level
    told: str
    remedy: str = ""
    """What to do; empty: nothing."""


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among findings; `OK` where there is none."""
    order = list(Level)
    return max((one.level for one in findings), key=order.index, default=Level.OK)

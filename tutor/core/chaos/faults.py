"""Which faults are done to which part of the product, in which order and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

Chance = Callable[[], float]
"""Gives a number from 0 to 1, another one each time."""


class Part(StrEnum):
    """A part of the product that can fail by itself; its value is its name in `tutor serve`."""

    GATEWAY = "gateway"
    ASR = "asr"
    BATCH = "batch"
    FILES = "files"
    FEEDBACK = "feedback"
    SPEECH = "speech"
    STORE = "store"
    LINE = "line"
    """The learners' connections to the gateway."""


class Means(StrEnum):
    """How a part fails."""

    KILL = "kill"
    """Its main process, or a process of its pool, is killed."""
    STALL = "stall"
    """All its processes stand still for up to 4 s."""
    LONG_STALL = "long stall"
    """They stand still for longer than the limits of what waits for an answer at once (5 s)."""
    CUT = "cut"
    """Its connections to the store break; the store's: all of them; the line's: by a reset."""


STALLS_S = {Means.STALL: (0.5, 4.0), Means.LONG_STALL: (5.5, 9.0)}
"""Seconds of the shortest and the longest stall of each kind."""


@dataclass(frozen=True)
class Kind:
    """A part, and how it fails."""

    part: Part
    means: Means

    def __str__(self) -> str:
        return f"{self.part}: {self.means}"


KINDS = tuple(
    Kind(part, means)
    for part in Part
    for means in Means
    if (part, means) != (Part.LINE, Means.KILL)  # there is no process of it
)
"""All kinds of faults."""


@dataclass(frozen=True)
class Fault:
    """One fault of a plan."""

    number: int
    """From 1 on."""
    kind: Kind
    at_s: float
    """Seconds from the moment at which the learners begin to speak."""
    lasts_s: float = 0.0
    """Seconds of a stall."""
    victim: float = 0.0
    """Which of the part's processes, of several: 0 to 1, see `chosen`."""


def plan(count: int, kinds: Sequence[Kind], span_s: float, chance: Chance) -> tuple[Fault, ...]:
    """So many faults, each kind as often as every other (or once more), in an order of chance.

    Args:
        count: How many.
        kinds: Which ones; at least one.
        span_s: Seconds within which each is done, from the beginning of what is said.
        chance: Where moments, lengths and the order come from; the same chance, the same plan.
    """
    faults: list[Fault] = []
    while len(faults) < count:
        for kind in sorted(kinds, key=lambda _: chance()):
            at_s, shortest_longest = span_s * chance(), STALLS_S.get(kind.means, (0.0, 0.0))
            shortest, longest = shortest_longest
            lasts_s = shortest + (longest - shortest) * chance()
            faults.append(Fault(len(faults) + 1, kind, round(at_s, 3), round(lasts_s, 3), chance()))
    return tuple(faults[:count])


def chosen(victim: float, processes: int) -> int:
    """The index of the process that is killed: the main one (0) in every second case."""
    if victim < 0.5 or processes < 2:
        return 0
    return 1 + min(processes - 2, int((victim - 0.5) * 2 * (processes - 1)))

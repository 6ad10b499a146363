"""When a session's audio arrived, and when its words were first shown: what latency is measured
from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

STEP_MS = 100.0
"""Milliseconds of audio between two arrivals that are kept; between them it counts as even."""

KEPT = 400
"""Arrivals kept: 40 s, more than the longest utterance and its endpoint silence."""


class Arrivals:
    """Tells at which time the audio at a position of a session's audio clock had arrived.

    Times are seconds of any steady clock, passed in; positions are milliseconds.
    """

    def __init__(self) -> None:
        self._ms: list[float] = []
        self._at: list[float] = []
        self._end = (0.0, 0.0)

    def receive(self, end_ms: float, at: float) -> None:
        """Take note that the audio up to `end_ms` has arrived at the time `at`."""
        self._end = (end_ms, at)
        if not self._ms or end_ms - self._ms[-1] >= STEP_MS:
            self._ms.append(end_ms)
            self._at.append(at)
            if len(self._ms) >= 2 * KEPT:
                del self._ms[:KEPT], self._at[:KEPT]

    def at(self, ms: float) -> float:
        """When the audio at a position had arrived; outside of what is kept the nearest known
        time."""
        index = bisect_left(self._ms, ms)
        end_ms, end_at = (self._ms[index], self._at[index]) if index < len(self._ms) else self._end
        earliest = self._at[index - 1] if index else end_at
        return max(earliest, end_at - max(0.0, end_ms - ms) / 1000)


def appearances(
    shown: Sequence[tuple[float, Sequence[str]]], words: Sequence[str]
) -> list[float | None]:
    """When each word of a final was shown in its place to stay; None for a word that was not.

    A word stays from the first text on after which every later one has it in the same place.
    `shown`: the texts shown before the final, as words, each with its time, the oldest first. A
    word that was shown in another place counts as not shown: times are rather too late.
    """
    seen: list[float | None] = [None] * len(words)
    staying = range(len(words))
    kept = list(staying)
    for at, text in reversed(shown):
        kept = [n for n in kept if n < len(text) and text[n] == words[n]]
        for n in kept:
            seen[n] = at
    return seen

"""When a session's audio arrived, and when its words were first shown. For who measures latency."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

STEP_MS = 100.0
"""Audio between two arrivals that are kept; between them it is taken to have come evenly."""

KEPT = 400
"""Arrivals kept: 40 s, more than the longest utterance and its endpoint silence."""


class Arrivals:
    """From positions on a session's audio clock to the time at which that audio was there.

    Times are seconds of any steady clock, passed in; positions are milliseconds.
    """

    def __init__(self) -> None:
        self._ms: list[float] = []
        self._at: list[float] = []
        self._end = (0.0, 0.0)

    def receive(self, end_ms: float, at: float) -> None:
        """Audio up to this position has come now."""
        self._end = (end_ms, at)
        if not self._ms or end_ms - self._ms[-1] >= STEP_MS:
            self._ms.append(end_ms)
            self._at.append(at)
            if len(self._ms) >= 2 * KEPT:
                del self._ms[:KEPT], self._at[:KEPT]

    def at(self, ms: float) -> float:
        """When the audio at this position had come; the nearest known time outside what is kept."""
        index = bisect_left(self._ms, ms)
        end_ms, end_at = (self._ms[index], self._at[index]) if index < len(self._ms) else self._end
        earliest = self._at[index - 1] if index else end_at
        return max(earliest, end_at - max(0.0, end_ms - ms) / 1000)


def appearances(
    shown: Sequence[tuple[float, Sequence[str]]], words: Sequence[str]
) -> list[float | None]:
    """When each word of a final appeared to stay: the time from which on every later text has it in
    its place; None where the last text does not.

    `shown`: the texts in front of the final, as words, each with the time it was shown, the oldest
    first. A word that was shown in another place counts as not shown: times are rather too late.
    """
    seen: list[float | None] = [None] * len(words)
    staying = range(len(words))
    kept = list(staying)
    for at, text in reversed(shown):
        kept = [n for n in kept if n < len(text) and text[n] == words[n]]
        for n in kept:
            seen[n] = at
    return seen

"""A learner's own pauses: who pauses for long within a turn is waited for longer."""

from __future__ import annotations

KEPT = 12
"""The newest pauses that count."""

FEWEST = 3
"""Pauses from which on they say something about the learner."""

ROOM = 1.25
"""How many times the second longest of them is waited for."""


class Pauses:
    """The pauses of one session within its turns, in samples."""

    def __init__(self) -> None:
        self._pauses: list[int] = []  # an empty deque takes 0.7 KiB of an idle session

    def receive_pause(self, pause: int) -> None:
        """Take a pause after which the learner spoke on."""
        self._pauses = [*self._pauses, pause][-KEPT:]

    def stretch(self, wait: int, most: int) -> int:
        """A wait, longer where this learner's pauses are; `most` at most, unless it is longer."""
        if len(self._pauses) < FEWEST:
            return wait
        second = sorted(self._pauses)[-2]
        return max(wait, min(most, round(ROOM * second)))

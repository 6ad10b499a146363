"""How a learner's sessions went, in sums: means of any number of them can be made from these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Sum:
    """Scores, added up."""

    sum: float = 0.0
    count: int = 0

    def add(self, score: object) -> None:
        """Take a score from 0 to 100; anything else is none."""
        if isinstance(score, int | float) and not isinstance(score, bool):
            self.sum += score
            self.count += 1


@dataclass
class SessionSums:
    """The scores of a session's utterances."""

    utterances: int = 0
    accuracy: Sum = field(default_factory=Sum)
    pronunciation: Sum = field(default_factory=Sum)
    """Totals that are fitted to teachers' scores: others say nothing on their own."""
    fluency: Sum = field(default_factory=Sum)
    sounds: dict[str, Sum] = field(default_factory=dict)
    """By IPA; of the same utterances as the totals."""


def sums_of(scores: Iterable[Mapping[str, Any]]) -> SessionSums:
    """Add up what history keeps of utterances: the fields of their feedback events by its kind."""
    found = SessionSums()
    for feedback in scores:
        found.utterances += 1
        found.accuracy.add(_of(feedback, "accuracy").get("accuracy"))
        found.fluency.add(_of(feedback, "fluency").get("score"))
        pronunciation = _of(feedback, "pronunciation")
        if pronunciation.get("calibrated"):
            found.pronunciation.add(pronunciation.get("total"))
            _add_sounds(found.sounds, pronunciation)
    return found


def _of(feedback: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    return feedback.get(kind) or {}


def _add_sounds(sounds: dict[str, Sum], pronunciation: Mapping[str, Any]) -> None:
    for word in pronunciation.get("words", ()):
        for phone in word.get("phones") or ():
            sounds.setdefault(phone["ipa"], Sum()).add(phone["score"])

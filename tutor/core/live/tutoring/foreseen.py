"""What a turn will be if nothing more is said: it is assessed, and its reply worked out, while the
silence lasts that ends it.

Nothing of it is told. When the turn ends as foreseen, what was worked out is its own; when the
learner speaks on, it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tutor.core.feedback.assessment import Assessment
from tutor.core.live.utterances.understood import Understood
from tutor.core.queue.jobs import AssessmentResult


@dataclass
class Foreseen:
    """A turn that is foreseen."""

    understood: Understood
    attempt: int
    """Attempt of its assessment, 0 or less: so it is told from those of turns that have ended."""
    is_assessed: bool
    """Whether its assessment is there, or on its way."""
    assessment: Assessment | None = None
    reply: str | None = None
    """What it would be answered; None: that is not known, or a language model is to say it."""

    def is_of(self, understood: Understood) -> bool:
        """Whether an utterance is the one that was foreseen, with these words and this audio."""
        own = self.understood
        return (own.utterance, own.recognition, own.audio_bytes, own.before) == (
            understood.utterance,
            understood.recognition,
            understood.audio_bytes,
            understood.before,
        )


class Foresight:
    """Foresees one turn of a session at a time.

    `assess` begins the assessment of an utterance, as that attempt; whether the reply needs one,
    None: nothing can be foreseen now. `rehearse` gives what a turn would be answered, if that is
    known.
    """

    def __init__(
        self,
        assess: Callable[[Understood, int], bool | None],
        rehearse: Callable[[Foreseen, float], str | None],
    ) -> None:
        self._assess = assess
        self._rehearse = rehearse
        self._foreseen: Foreseen | None = None
        self.count = 0
        """How many turns were foreseen; their assessments may still come, also elsewhere."""

    def look(self, understood: Understood | None, now: float) -> tuple[str, str] | None:
        """Take what an utterance will be if nothing more is said; None: it is not known.

        Returns its name and what it would be answered, once that is known.
        """
        if understood is None:
            self._foreseen = None
        elif self._foreseen is None or not self._foreseen.is_of(understood):
            self._foreseen = self._begin(understood, now)
        foreseen = self._foreseen
        if foreseen is None or foreseen.reply is None:
            return None
        return foreseen.understood.utterance, foreseen.reply

    def _begin(self, understood: Understood, now: float) -> Foreseen | None:
        is_assessed = self._assess(understood, -self.count)
        if is_assessed is None:
            return None
        foreseen = Foreseen(understood, -self.count, is_assessed)
        self.count += 1
        if not is_assessed:
            foreseen.reply = self._rehearse(foreseen, now)
        return foreseen

    def receive_result(self, result: AssessmentResult, now: float) -> None:
        """Take the assessment of what is foreseen; one of what was foreseen before is dropped."""
        foreseen = self._foreseen
        if foreseen is None or foreseen.attempt != result.attempt:
            return
        foreseen.assessment = result.assessment
        foreseen.is_assessed = result.assessment is not None
        if foreseen.is_assessed:
            foreseen.reply = self._rehearse(foreseen, now)

    def take(self, understood: Understood) -> Foreseen | None:
        """What was foreseen of an utterance that has ended, if its assessment is there or on its
        way."""
        foreseen = self._foreseen
        if foreseen is None or not (foreseen.is_assessed and foreseen.is_of(understood)):
            return None
        self._foreseen = None
        return foreseen

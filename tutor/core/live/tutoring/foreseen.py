"""What a turn will be if nothing more is said: it is assessed, and its reply worked out, while the
silence lasts that ends it.

Nothing of it is told. When the turn ends as foreseen, what was worked out is its own; when the
learner speaks on, it is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.feedback.assessment import Assessment
from tutor.core.live.utterances.understood import Understood


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

    def assesses(self, understood: Understood) -> bool:
        """Whether its assessment is that of an utterance which has ended."""
        return self.is_assessed and self.is_of(understood)

"""An utterance that is asked for several texts, and heard at several paces."""

from __future__ import annotations

from tutor.adapters.feedback.aligner import Aligner, Encoded
from tutor.core.audio.loudness import audible
from tutor.core.audio.samples import Audio
from tutor.core.feedback.pronunciation.hearing import at_pace

AS_IT_IS = 1.0
"""The pace at which it was spoken."""


class Listened:
    """An utterance that the encoder hears once at each pace, whatever it is asked for.

    One thread uses it at a time.
    """

    def __init__(self, aligner: Aligner, audio: Audio) -> None:
        """`audio`: float32 at 16 kHz."""
        self.audio = audible(audio)
        self._aligner = aligner
        self._encoded: dict[float, Encoded] = {}

    def at(self, pace: float = AS_IT_IS) -> Encoded:
        """What the encoder makes of it, so many times as fast."""
        if pace not in self._encoded:
            audio = self.audio if pace == AS_IT_IS else at_pace(self.audio, pace)
            self._encoded[pace] = self._aligner.encode(audio)
        return self._encoded[pace]

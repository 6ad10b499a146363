"""What a worker wants of a voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tutor.core.audio.samples import Samples
from tutor.core.text.one_line import OneLineError
from tutor.core.voice.voices import VoiceFacts


class VoiceError(OneLineError):
    """A voice cannot be had, or cannot say something; the message is one line."""


@dataclass(frozen=True)
class Said:
    """A clause that was said."""

    audio: Samples
    """Mono int16 at the voice's rate."""
    starts: tuple[int, ...] = ()
    """The sample with which each word begins, as they stand between spaces; empty: the voice does
    not tell."""


class Voice(Protocol):
    """Says clauses. Safe to share between threads."""

    facts: VoiceFacts

    @property
    def sample_rate(self) -> int:
        """Samples of its audio in a second."""

    def say(self, clause: str, speed: float) -> Said:
        """Say a clause.

        Args:
            clause: What is said, numbers and signs in words; it ends in punctuation.
            speed: 1 is the voice's own, 2 twice as fast.

        Raises:
            VoiceError: it cannot be said.
        """

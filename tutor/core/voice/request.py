"""What is asked of a voice."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.voice.clauses import split_clauses
from tutor.core.voice.config import SAID_FACTOR
from tutor.core.voice.speakable import TEXT_TOO_LONG, clean, fault_of
from tutor.core.voice.spoken import spoken_form
from tutor.core.voice.voices import VoiceFacts


@dataclass(frozen=True)
class SpeechRequest:
    """A text that is to be spoken; it waits in the store until a worker has spoken it all."""

    text: str
    """Cleaned."""
    voice: str
    """The voice's id."""
    speed: float
    sample_rate: int
    """Samples in a second of what is wanted."""
    is_whole: bool = True
    """Whether no more text comes: a reply is spoken while it is still being written."""


class UnspeakableError(Exception):
    """A text cannot be spoken; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def speakable_text(text: str, voice: VoiceFacts, most_chars: int) -> str:
    """A text as it is kept to be spoken.

    Raises:
        UnspeakableError: it is too long, has no words, or is of a script that the voice cannot
            read.
    """
    if len(text) > most_chars:
        raise UnspeakableError(TEXT_TOO_LONG)
    cleaned = clean(text)
    fault = fault_of(cleaned, voice.language)
    if fault is not None:
        raise UnspeakableError(fault)
    said = sum(len(spoken_form(one.text, voice.language)) for one in split_clauses(cleaned))
    if said > SAID_FACTOR * most_chars:
        raise UnspeakableError(TEXT_TOO_LONG)
    return cleaned

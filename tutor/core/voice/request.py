"""What is asked of a voice, and its limits."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.voice.clauses import Clause, split_clauses
from tutor.core.voice.speakable import TEXT_TOO_LONG, clean, fault_of
from tutor.core.voice.spoken import spoken_form
from tutor.core.voice.voices import VoiceFacts

MOST_CHARS = 4096
"""Characters of the longest text by default, as OpenAI has it: some five minutes of speech."""

SLOWEST, FASTEST = 0.25, 4.0
"""Speeds that may be asked for, as OpenAI has them; 1 is the voice's own."""

SAID_FACTOR = 2
"""How many times longer than the longest text its spoken form may be: a page of figures is minutes
of speech."""


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


class UnspeakableError(Exception):
    """A text cannot be spoken; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clauses_of(text: str, voice: VoiceFacts, most_chars: int) -> tuple[str, tuple[Clause, ...]]:
    """A text as it is kept to be spoken, and its clauses.

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
    clauses = split_clauses(cleaned)
    said = sum(len(spoken_form(clause.text, voice.language)) for clause in clauses)
    if said > SAID_FACTOR * most_chars:
        raise UnspeakableError(TEXT_TOO_LONG)
    return cleaned, clauses

"""What crosses the queue: recognition jobs to a worker, results back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["partial", "final"]
Outcome = Literal["ok", "audio_gone", "cancelled", "failed"]


@dataclass(frozen=True)
class RecognitionJob:
    """A task for a worker. It carries names, not audio: the worker reads what there is by then."""

    session: str
    utterance: str
    kind: Kind
    revision: int
    """Grows with each job of an utterance, so that a late result is known to be stale."""
    attempt: int
    """1, or 2 when the first attempt gave no result in time."""
    audio_bytes: int
    """PCM16 at 16 kHz. Final: decode exactly so much. Partial: so much or more is there."""
    language: str
    """Whisper's code, or `auto`."""


@dataclass(frozen=True)
class RecognisedWord:
    """A word with its time from the start of the utterance's audio."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    """0 to 1."""


@dataclass(frozen=True)
class Recognition:
    """What a recogniser heard in some audio."""

    text: str
    language: str
    words: tuple[RecognisedWord, ...] = ()
    """Empty for partials, which need no word times."""


@dataclass(frozen=True)
class RecognitionResult:
    """A worker's answer to one job."""

    session: str
    utterance: str
    kind: Kind
    revision: int
    attempt: int
    outcome: Outcome
    audio_bytes: int = 0
    """How much audio was decoded."""
    recognition: Recognition | None = None
    """Set when the outcome is `ok`."""
    decode_s: float = 0.0
    """Seconds that the recogniser took."""

"""What the tutor's speech asks of its shell, beside events and jobs."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.voice.request import SpeechRequest


def name_of(reply: int) -> str:
    """The name of a reply's speech in the store, among those of its session."""
    return f"r{reply}"


@dataclass(frozen=True)
class KeepSpeech:
    """Keep what is to be spoken, as far as it is known; jobs for it come after."""

    reply: int
    request: SpeechRequest


@dataclass(frozen=True)
class DropSpeech:
    """Delete a reply's text and clauses: a worker that speaks it stops at its next clause."""

    reply: int


@dataclass(frozen=True)
class SendSpeech:
    """Send a stretch of a reply's audio; its clauses are in the store."""

    reply: int
    begin: int
    end: int
    """Samples of the reply's audio, at its own rate."""
    clauses: tuple[int, ...]
    """Numbers of the clauses that the stretch is of, the first one first."""
    offset: int
    """The sample with which the first of these clauses begins."""
    is_last: bool
    """Whether the reply ends with it."""


@dataclass(frozen=True)
class Hush:
    """Send nothing of a reply any more, not even what waits for the socket."""

    reply: int


SpeechEffect = KeepSpeech | DropSpeech | SendSpeech | Hush

SPEECH_EFFECTS = (KeepSpeech, DropSpeech, SendSpeech, Hush)

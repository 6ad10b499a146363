"""Effects: what a session asks of its shell, in the order in which it must happen."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.protocol.messages import ServerEvent
from tutor.core.queue.jobs import Job
from tutor.core.voice.effects import SpeechEffect


@dataclass(frozen=True)
class Emit:
    """Number an event, keep it for replay and send it."""

    event: ServerEvent


@dataclass(frozen=True)
class AppendAudio:
    """Append PCM16 (16 kHz) to an utterance's audio in the store."""

    utterance: str
    pcm: bytes


@dataclass(frozen=True)
class Dispatch:
    """Queue a job; the audio appended before it must be in the store first."""

    job: Job
    ahead: bool = False
    """Whether nobody waits for the job yet: a final begun at a pause."""


@dataclass(frozen=True)
class Confirm:
    """Take note that a final dispatched ahead is waited for: its pause was the utterance's end."""

    utterance: str
    revision: int


@dataclass(frozen=True)
class Release:
    """Take note that an utterance is to be assessed: its sentence does not go on."""

    utterance: str


@dataclass(frozen=True)
class DropAudio:
    """Delete an utterance's audio from the store: nobody needs it any more."""

    utterance: str


@dataclass(frozen=True)
class Cancel:
    """Take note that nobody waits for a job any more; a worker that has not begun it may pass it
    over."""

    utterance: str
    revision: int


@dataclass(frozen=True)
class Resample:
    """Resample the client's audio from this many samples per second from now on."""

    sample_rate: int


@dataclass(frozen=True)
class Close:
    """Close the socket; nothing follows."""

    code: int
    reason: str = ""


Effect = (
    Emit
    | AppendAudio
    | Dispatch
    | Confirm
    | Release
    | DropAudio
    | Cancel
    | Resample
    | SpeechEffect
    | Close
)

"""What a session asks of its shell, in the order in which it must happen."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.live.jobs import Job
from tutor.core.protocol.messages import ServerEvent


@dataclass(frozen=True)
class Emit:
    """Number the event, keep it for replay and send it."""

    event: ServerEvent


@dataclass(frozen=True)
class AppendAudio:
    """Append PCM16 to the utterance's audio."""

    utterance: str
    pcm: bytes


@dataclass(frozen=True)
class Dispatch:
    """Queue a job; the audio appended before it must be there first."""

    job: Job
    ahead: bool = False
    """Whether nobody waits for it yet: a final begun at a pause."""


@dataclass(frozen=True)
class Confirm:
    """Somebody waits for the job that was dispatched ahead: the pause was the end."""

    utterance: str
    revision: int


@dataclass(frozen=True)
class DropAudio:
    """Delete the utterance's audio: nobody needs it any more."""

    utterance: str


@dataclass(frozen=True)
class Cancel:
    """Nobody waits for this job any more; a worker that has not begun it may pass it over."""

    utterance: str
    revision: int


@dataclass(frozen=True)
class Resample:
    """The client's audio has so many samples per second from now on."""

    sample_rate: int


@dataclass(frozen=True)
class Close:
    """Close the socket; nothing follows."""

    code: int
    reason: str = ""


Effect = Emit | AppendAudio | Dispatch | Confirm | DropAudio | Cancel | Resample | Close

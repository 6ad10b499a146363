"""Effects: what the work on a file asks of its shell, in the order in which it must happen."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.recognition import Recognition
from tutor.core.feedback.reading.reading import Window
from tutor.core.files.findings import FileResult
from tutor.core.files.pieces import FinishedPiece


@dataclass(frozen=True)
class Renew:
    """Renew the lease of the job, and note how far the job is.

    If the lease is lost, the shell answers by `FileWork.receive_loss`.
    """

    progress: float
    """How much of the recording is finished, 0 to 1."""
    language: str | None
    """The language as found or given; None: not known yet."""
    charged_s: float
    """Seconds of the recording that were counted in its owner's usage."""


@dataclass(frozen=True)
class Charge:
    """Count more of the recording in its owner's usage.

    If the quota does not admit it, the shell answers by `FileWork.receive_failure`.
    """

    seconds: float


@dataclass(frozen=True)
class Recognise:
    """Have a piece recognised.

    The shell answers by `FileWork.receive_sent`, later by `receive_recognition`.
    """

    utterance: str
    attempt: int
    pcm: bytes
    language: str
    prompt: str


@dataclass(frozen=True)
class Assess:
    """Have a piece assessed.

    The shell answers by `FileWork.receive_sent`, later by `receive_assessment`.
    """

    utterance: str
    attempt: int
    pcm: bytes
    heard: Recognition
    window: Window
    """The words around the reader's place."""
    is_all: bool = False
    """Whether the piece is all of the recording."""


@dataclass(frozen=True)
class Look:
    """Keep the audio of a piece, and look whether a worker has taken the piece.

    The shell answers by `FileWork.receive_sighting`.
    """

    utterance: str
    attempt: int


@dataclass(frozen=True)
class KeepPiece:
    """Keep what is known of a piece for good.

    If another worker did so, or the job is gone, the shell answers by `FileWork.receive_loss`.
    """

    finished: FinishedPiece


@dataclass(frozen=True)
class ForgetPiece:
    """Forget what an earlier run kept of a piece: the recording is cut differently now."""

    index: int


@dataclass(frozen=True)
class DropAudio:
    """Delete the audio of pieces from the store: nobody needs it any more."""

    utterances: tuple[str, ...]


@dataclass(frozen=True)
class Complete:
    """Store the result of a job that is done.

    If the lease is lost, the shell answers by `FileWork.receive_loss`.
    """

    result: FileResult
    duration_s: float


@dataclass(frozen=True)
class Fail:
    """Store that the job has failed for good."""

    code: str
    """The error's code, one of `JOB_ERRORS`."""
    detail: str


@dataclass(frozen=True)
class GiveBack:
    """Give the lease back, so that another worker goes on with the job."""


Effect = (
    Renew
    | Charge
    | Recognise
    | Assess
    | Look
    | KeepPiece
    | ForgetPiece
    | DropAudio
    | Complete
    | Fail
    | GiveBack
)

"""The assignment of a file job: what is to be done, within which limits, and what was done
before."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.files.pieces import FinishedPiece


@dataclass(frozen=True)
class Limits:
    """The limits of the work on a file, which the settings fill."""

    max_audio_s: float
    """Seconds of the longest recording that is taken."""
    pieces_in_flight: int
    """The most pieces in flight at once, where none needs what another gives."""
    piece_attempts: int
    """The most tries of each step of a piece."""
    batch_timeout_s: float
    """Seconds without any answer after which a piece is lost."""
    batch_lease_s: float
    """Seconds without a sign of life from its worker after which a piece is lost."""


@dataclass(frozen=True)
class Assignment:
    """What is to be done with a file."""

    language: str
    """Whisper's code, or `auto`."""
    prompt: str = ""
    """Words that are likely to come, in their spelling."""
    text: str | None = None
    """The text that was to be read; None: nothing is assessed."""
    is_charged: bool = False
    """Whether the recording counts in an account's usage."""


@dataclass(frozen=True)
class Earlier:
    """What earlier runs of the job have done."""

    pieces: tuple[FinishedPiece, ...] = ()
    charged_s: float = 0.0
    progress: float = 0.0

"""What is to be done with an uploaded file, within what bounds, and what was done before."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.files.pieces import FinishedPiece


@dataclass(frozen=True)
class Limits:
    """What bounds the work on a file; from the settings."""

    max_audio_s: float
    """The longest recording that is taken."""
    pieces_in_flight: int
    """Pieces under way at once, where none needs what another gives."""
    piece_attempts: int
    """Tries of each step of a piece."""
    batch_timeout_s: float
    """A piece is lost when nothing came back for so long."""
    batch_lease_s: float
    """A piece is lost when its worker gives no sign of life for so long."""


@dataclass(frozen=True)
class Assignment:
    """What is to be done with a file."""

    language: str
    """Whisper's code, or `auto`."""
    prompt: str = ""
    """Words that are likely to come, in their spelling."""
    text: str | None = None
    """What was to be read; None: nothing is assessed."""
    is_charged: bool = False
    """Whether the recording counts in somebody's usage."""


@dataclass(frozen=True)
class Earlier:
    """What earlier runs of the job have done."""

    pieces: tuple[FinishedPiece, ...] = ()
    charged_s: float = 0.0
    progress: float = 0.0

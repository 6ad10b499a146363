"""Whisper's model, loaded where it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.adapters.speech.device import choose_device

if TYPE_CHECKING:  # half a second
    from tutor.adapters.speech.whisper.model import Whisper


def import_whisper() -> None:
    """Import what `load_whisper` needs: before a fork, so that it is done once. It starts no thread
    and wakes no GPU."""
    import tutor.adapters.speech.whisper.model  # noqa: F401


def load_whisper(model: Path, device: str, compute_type: str, threads: int) -> Whisper:
    """The Whisper in a folder, on a device (`auto` finds one), in a number type (`auto` fits it).

    `threads`: of one call on a CPU; 0: CTranslate2 decides.
    """
    # Imported here: it takes half a second and only a worker needs it.
    from tutor.adapters.speech.whisper.model import Whisper

    return Whisper(model, *choose_device(device, compute_type), threads)

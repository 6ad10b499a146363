"""Whisper's model, loaded where it is needed."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from tutor.adapters.speech.device import choose_device
from tutor.adapters.speech.whisper.vocabulary import load_scripts

if TYPE_CHECKING:  # half a second
    from tutor.adapters.speech.whisper.model import Whisper


_loaded: WeakValueDictionary[tuple[Path, str, str, int], Whisper] = WeakValueDictionary()
_loading = Lock()


def import_whisper() -> None:
    """Import what `load_whisper` needs: before a fork, so that it is done once. It starts no thread
    and wakes no GPU."""
    import tutor.adapters.speech.whisper.model  # noqa: F401


def load_shared(model: Path) -> None:
    """Load what all models with the tokenizer of this folder share: before a fork, whose children
    then have it. A folder without one has nothing to share."""
    from tutor.adapters.speech.whisper.model import tokenizer_in

    if (known := tokenizer_in(model)) is not None:
        load_scripts(known)


def load_whisper(model: Path, device: str, compute_type: str, threads: int) -> Whisper:
    """The Whisper in a folder, on a device (`auto` finds one), in a number type (`auto` fits it).

    On a CPU two who want the same in one process have one: its calls do not disturb each other.

    `threads`: of one call on a CPU; 0: CTranslate2 decides.
    """
    # Imported here: it takes half a second and only a worker needs it.
    from tutor.adapters.speech.whisper.model import Whisper

    chosen = choose_device(device, compute_type)
    if chosen[0] != "cpu":
        return Whisper(model, *chosen, threads)
    wanted = (model, *chosen, threads)
    with _loading:
        loaded = _loaded.get(wanted)
        if loaded is None:
            loaded = _loaded[wanted] = Whisper(*wanted, calls=2)
        return loaded

"""Whisper base adapted to learners of English: made once from the packaged weights and an update.

The update (`tutor/assets/adaptation`) was trained on speechocean762 (Zhang et al. 2021, arXiv
2104.01378): English read by 125 learners whose first language is Mandarin. Other languages keep the
weights as they are.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import BinaryIO, cast

from filelock import FileLock

from tutor.adapters.speech.adaptation import load_update, merged
from tutor.adapters.speech.ctranslate2_file import read_model, write_model
from tutor.adapters.speech.weights import LOCK_TIMEOUT_S, WHISPER_BASE, WeightsError, join_model

LANGUAGE = "en"
"""The language that is adapted."""

UPDATE = files("tutor") / "assets" / "adaptation" / "base-en.safetensors"
"""The trained factors."""

SHA256 = ""
"""Of the merged `model.bin`."""


def adapt(cache: Path) -> Path:
    """The folder of the adapted model, merged into the cache if it is not there yet.

    Any number of processes may call this at once, and be killed at any moment.

    Raises:
        WeightsError: the packaged weights or the cache cannot be used, or the merged weights are
            not those that were measured.
    """
    base = join_model(WHISPER_BASE, cache)
    folder = cache / f"{WHISPER_BASE.name}-{LANGUAGE}-{SHA256[:12]}"
    try:
        if not (folder / "model.bin").exists():
            with FileLock(folder.with_name(folder.name + ".lock"), timeout=LOCK_TIMEOUT_S):
                _publish(base, folder)
    except OSError as error:
        raise WeightsError(
            f"the model cache {cache} cannot be used ({error}): make it a writable folder with "
            f"{WHISPER_BASE.size / 1e6:.0f} MB free, name another one, or set TUTOR_ADAPTATION=off"
        ) from error
    return _verified(folder)


def _publish(base: Path, folder: Path) -> None:
    """Write what the folder lacks; the weights come last."""
    if (folder / "model.bin").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for file in WHISPER_BASE.companions:
        shutil.copyfile(base / file.name, folder / file.name)
    with (unfinished := folder / "model.bin.tmp").open("wb") as out:
        merge_into(base, cast("BinaryIO", out))
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(folder / "model.bin")


def merge_into(base: Path, out: BinaryIO) -> None:
    """Write the base model's `model.bin` with the update in its weights."""
    with as_file(UPDATE) as update:
        write_model(merged(read_model(base / "model.bin"), load_update(update)), out)


def _verified(folder: Path) -> Path:
    with (folder / "model.bin").open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != SHA256:
            raise WeightsError(f"{folder / 'model.bin'} is corrupt: delete it and start again")
    return folder

"""Models adapted to learners: made once from packaged weights and an update of the product's own.

The update of Whisper base (`tutor/assets/adaptation`) was trained on speechocean762 (Zhang et al.
2021, arXiv 2104.01378): English read by learners whose first language is Mandarin. Other languages
keep the weights as they are.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from filelock import FileLock

from tutor.adapters.speech.adaptation import load_update, merged
from tutor.adapters.speech.ctranslate2_file import read_model, write_model
from tutor.adapters.speech.weights import (
    LOCK_TIMEOUT_S,
    WHISPER_BASE,
    PackagedModel,
    WeightsError,
    join_model,
)

ASSETS = Path(__file__).parents[2] / "assets" / "adaptation"


@dataclass(frozen=True)
class Adaptation:
    """An update of a packaged model for one language."""

    base: PackagedModel
    update: Path
    """The factors, a safetensors file."""
    language: str
    """Whisper's code."""
    sha256: str
    """Of the merged `model.bin`."""


ENGLISH = Adaptation(
    WHISPER_BASE,
    ASSETS / "base-en.safetensors",
    "en",
    sha256="145f6a930a33f764261ebdcc58fd2f76aadda3508cb25f15a5c5395eda54dbaa",
)


def adapt(adaptation: Adaptation, cache: Path) -> Path:
    """The folder of an adapted model, merged into the cache if it is not there yet.

    Any number of processes may call this at once, and be killed at any moment.

    Raises:
        WeightsError: the packaged weights or the cache cannot be used, or the merged weights are
            not those that were measured.
    """
    name = f"{adaptation.base.name}-{adaptation.language}-{adaptation.sha256[:12]}"
    base, folder = join_model(adaptation.base, cache), cache / name
    try:
        with FileLock(folder.with_name(f"{name}.lock"), timeout=LOCK_TIMEOUT_S):
            if not (folder / "model.bin").exists():
                _publish(adaptation, base, folder)
        return _verified(folder, adaptation.sha256)
    except OSError as error:
        raise WeightsError(
            f"the model cache {cache} cannot be used ({error}): make it a writable folder with "
            f"{2 * adaptation.base.size / 1e6:.0f} MB free, name another one, or set "
            "TUTOR_ADAPTATION=off"
        ) from error


def _publish(adaptation: Adaptation, base: Path, folder: Path) -> None:
    """Write an adapted model; the weights come last."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in adaptation.base.companions:
        shutil.copyfile(base / file.name, folder / file.name)
    with (unfinished := folder / "model.bin.tmp").open("wb") as out:
        merge_into(base, adaptation.update, cast("BinaryIO", out))
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(folder / "model.bin")


def merge_into(base: Path, update: Path, out: BinaryIO) -> None:
    """Write the `model.bin` of a model's folder with an update in its weights."""
    write_model(merged(read_model(base / "model.bin"), load_update(update)), out)


def _verified(folder: Path, sha256: str) -> Path:
    with (folder / "model.bin").open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise WeightsError(f"{folder / 'model.bin'} is corrupt: delete it and start again")
    return folder

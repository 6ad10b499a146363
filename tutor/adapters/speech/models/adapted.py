"""Models adapted to learners: made once from packaged weights and an update of the product's own.

The update of Whisper base (`tutor/assets/adaptation`) was trained on speechocean762 (Zhang et al.
2021, arXiv 2104.01378): English read by learners whose first language is Mandarin. Other languages
keep the weights as they are.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from filelock import FileLock
from safetensors import SafetensorError

from tutor.adapters.settings import RecognitionSettings, Settings
from tutor.adapters.speech.models.adaptation import load_update, merged
from tutor.adapters.speech.models.ctranslate2_file import ModelFileError, read_model, write_model
from tutor.adapters.speech.models.digests import sha256_of
from tutor.adapters.speech.models.weights import (
    LOCK_TIMEOUT_S,
    WHISPER_BASE,
    PackagedModel,
    WeightsError,
    is_packaged,
    join_files,
    join_model,
    resolve_model,
)

ASSETS = Path(__file__).parents[3] / "assets" / "adaptation"


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
    sha256="40355b5174bf467e011d85131a3ae23d77960582ba6de0ccad0b2cbb843dc83c",
)


OFF = "set TUTOR_ADAPTATION=off"


def is_adapted(settings: RecognitionSettings) -> bool:
    """Whether the settings ask for weights that are adapted, and there are such of their model."""
    is_whisper = settings.recogniser == "whisper" and is_packaged(settings.model)
    return is_whisper and settings.adaptation == "on"


def resolve_weights(settings: Settings) -> Path:
    """The folder of the model that the settings name; what is adapted from it is there, too.

    Called before anything starts, so that whatever is wrong with the weights is one clear line.

    Raises:
        WeightsError: there is no usable model, or the adapted one cannot be made.
    """
    model = resolve_model(settings.model, settings.cache_dir)
    if is_adapted(settings):
        adapt(ENGLISH, settings.cache_dir)
    return model


def adapt(adaptation: Adaptation, cache: Path) -> Path:
    """The folder of an adapted model, merged into the cache if it is not there yet.

    Any number of processes may call this at once, and be killed at any moment. A cache that holds
    the model already need not be writable.

    Raises:
        WeightsError: the packaged weights, the update or the cache cannot be used, or the merged
            weights are not those that were measured.
    """
    name = f"{adaptation.base.name}-{adaptation.language}-{adaptation.sha256[:12]}"
    base, folder = join_model(adaptation.base, cache), cache / name
    weights = folder / "model.bin"
    try:
        if not weights.exists():
            with FileLock(folder.with_name(f"{name}.lock"), timeout=LOCK_TIMEOUT_S):
                if not weights.exists():
                    _publish(adaptation, base, folder)
        if sha256_of(weights) != adaptation.sha256:
            raise WeightsError(f"{weights} is corrupt: delete it and start again, or {OFF}")
    except OSError as error:
        raise WeightsError(
            f"the model cache {cache} cannot be used ({error}): make it a writable folder with "
            f"{2 * adaptation.base.size / 1e6:.0f} MB free, name another one, or {OFF}"
        ) from error
    except (ModelFileError, SafetensorError, KeyError, ValueError) as error:
        raise _unusable(adaptation, str(error)) from error
    return folder


def _publish(adaptation: Adaptation, base: Path, folder: Path) -> None:
    """Write an adapted model; the weights come last, and only those that were measured."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in adaptation.base.companions:
        join_files((file,), folder / file.name)
    with (unfinished := folder / "model.bin.tmp").open("wb") as out:
        merge_into(base, adaptation.update, cast("BinaryIO", out))
        out.flush()
        os.fsync(out.fileno())
    if sha256_of(unfinished) != adaptation.sha256:
        unfinished.unlink()
        raise _unusable(adaptation, "it makes other weights than those that were measured")
    unfinished.replace(folder / "model.bin")


def merge_into(base: Path, update: Path, out: BinaryIO) -> None:
    """Write the `model.bin` of a model's folder with an update in its weights."""
    write_model(merged(read_model(base / "model.bin"), load_update(update)), out)


def _unusable(adaptation: Adaptation, why: str) -> WeightsError:
    return WeightsError(
        f"{adaptation.update} is of no use ({why}): install the package again, or {OFF}"
    )

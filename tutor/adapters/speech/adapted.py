"""Whisper base adapted to learners of English: made once from the packaged weights and an update.

The update (`tutor/assets/adaptation`) was trained on speechocean762 (Zhang et al. 2021, arXiv
2104.01378): English read by 125 learners whose first language is Mandarin. Other languages keep the
weights as they are.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import BinaryIO, cast

from filelock import FileLock

from tutor.adapters.speech.adaptation import load_update, merged
from tutor.adapters.speech.ctranslate2_file import read_model, write_model
from tutor.adapters.speech.recogniser import WhisperRecogniser
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.weights import LOCK_TIMEOUT_S, WHISPER_BASE, WeightsError, join_model
from tutor.core.audio.recognition import Recognition
from tutor.core.text.languages import AUTO

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


class AdaptedRecogniser:
    """Two models: one for the language that is adapted, one for all others.

    Which language is spoken where nobody said so is for the unadapted model to find: the other has
    heard one language too often.
    """

    def __init__(self, base: WhisperRecogniser, adapted: WhisperRecogniser) -> None:
        self.device, self.compute_type = base.device, base.compute_type
        self._base = base
        self._adapted = adapted

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Recognise utterances, each with the model of its language."""
        known = [self._with_language(request) for request in requests]
        heard: dict[int, Recognition] = {}
        for recogniser, is_adapted in ((self._base, False), (self._adapted, True)):
            places = [n for n, r in enumerate(known) if (r.language == LANGUAGE) == is_adapted]
            if places:
                found = recogniser.recognise([known[place] for place in places])
                heard.update(zip(places, found, strict=True))
        return [heard[place] for place in range(len(known))]

    def _with_language(self, request: Request) -> Request:
        if request.language != AUTO:
            return request
        return replace(request, language=self._base.language_of(request))

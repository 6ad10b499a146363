"""CTranslate2's `model.bin`: its weights read into numpy arrays, and written back.

The layout is that of `ctranslate2/specs/model_spec.py` (binary version 6): a header, then each
variable with its name, shape, type and bytes, then other names of the same variables.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from tutor.core.text.one_line import OneLineError

Array = npt.NDArray[Any]

VERSION = 6
"""The binary version that is understood."""

_TYPES = (np.float32, np.int8, np.int16, np.int32, np.float16)
"""Number types by the number that stands for them in the file."""

MOST_DIMENSIONS = 4
"""Dimensions of a variable that is believed; Whisper's have at most three."""


class ModelFileError(OneLineError):
    """A file is no CTranslate2 model of the version that is understood."""


@dataclass(frozen=True)
class ModelFile:
    """What a `model.bin` holds."""

    name: str
    """The specification, such as `WhisperSpec`."""
    revision: int
    variables: dict[str, Array]
    """Weights by name, in the file's order."""
    aliases: tuple[tuple[str, str], ...]
    """Other names: (alias, name)."""

    def with_variables(self, changed: dict[str, Array]) -> ModelFile:
        """The same model with other weights for some names."""
        return replace(self, variables=self.variables | changed)


def read_model(path: Path) -> ModelFile:
    """Read a `model.bin`.

    Raises:
        ModelFileError: the file is cut off, of another version, or something else.
    """
    with path.open("rb") as file:
        try:
            return _read(file)
        except (struct.error, IndexError, ValueError, UnicodeDecodeError) as error:
            raise ModelFileError(f"{path} is no CTranslate2 model ({error})") from error


def _read(file: BinaryIO) -> ModelFile:
    (version,) = _numbers(file, "I")
    if version != VERSION:
        raise ValueError(f"binary version {version}, not {VERSION}")
    name = _text(file)
    revision, count = _numbers(file, "II")
    variables = dict(_variable(file) for _ in range(count))
    (aliases,) = _numbers(file, "I")
    return ModelFile(
        name, revision, variables, tuple((_text(file), _text(file)) for _ in range(aliases))
    )


def _numbers(file: BinaryIO, layout: str) -> tuple[int, ...]:
    return struct.unpack(f"<{layout}", file.read(struct.calcsize(f"<{layout}")))


def _text(file: BinaryIO) -> str:
    (length,) = _numbers(file, "H")
    stored = file.read(length)
    if len(stored) < length or stored[-1:] != b"\0":
        raise ValueError("a text without its end")
    return stored[:-1].decode()


def _variable(file: BinaryIO) -> tuple[str, Array]:
    name = _text(file)
    (dimensions,) = _numbers(file, "B")
    if dimensions > MOST_DIMENSIONS:
        raise ValueError(f"{dimensions} dimensions")
    shape = _numbers(file, f"{dimensions}I")
    kind, size = _numbers(file, "BI")
    return name, np.frombuffer(file.read(size), _TYPES[kind]).reshape(shape)


def write_model(model: ModelFile, file: BinaryIO) -> None:
    """Write a `model.bin`; the same model gives the same bytes."""
    file.write(struct.pack("<I", VERSION))
    _write_text(file, model.name)
    file.write(struct.pack("<II", model.revision, len(model.variables)))
    for name, values in model.variables.items():
        _write_variable(file, name, values)
    file.write(struct.pack("<I", len(model.aliases)))
    _write_texts(file, (text for pair in model.aliases for text in pair))


def _write_texts(file: BinaryIO, texts: Iterable[str]) -> None:
    for text in texts:
        _write_text(file, text)


def _write_text(file: BinaryIO, text: str) -> None:
    encoded = text.encode() + b"\0"
    file.write(struct.pack("<H", len(encoded)) + encoded)


def _write_variable(file: BinaryIO, name: str, values: Array) -> None:
    _write_text(file, name)
    file.write(struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape))
    file.write(struct.pack("<BI", _TYPES.index(values.dtype.type), values.nbytes))
    file.write(np.ascontiguousarray(values).tobytes())

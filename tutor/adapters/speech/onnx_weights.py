"""The weights in an ONNX file, without a runtime: protobuf's wire format, as far as they need it.

Source: `onnx.proto3` of ONNX, and "Encoding" of Protocol Buffers' documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float32]

_GRAPH, _INITIALIZER = 7, 5
"""Numbers of the fields of a `ModelProto` and of a `GraphProto`."""

_DIMS, _DATA_TYPE, _NAME, _RAW_DATA = 1, 2, 8, 9
"""Numbers of the fields of a `TensorProto`."""

_FLOAT = 1
"""The `data_type` of float32."""

_VARINT, _WITH_LENGTH = 0, 2
_SIZES = {1: 8, 5: 4}
"""Wire types: two of a length of their own, and the bytes of those of a fixed one."""


def read_weights(path: Path) -> dict[str, Weights]:
    """The float32 tensors that a model's graph begins with, by their names.

    Raises:
        ValueError: the file holds no such tensors.
    """
    model = path.read_bytes()
    try:
        graphs = [value for field, value in _fields(model) if field == _GRAPH]
        tensors = [
            _read_tensor(value)
            for graph in graphs
            for field, value in _fields(graph)
            if field == _INITIALIZER
        ]
    except (IndexError, TypeError, KeyError) as error:
        raise ValueError(f"{path} is no ONNX model") from error
    found = {name: weights for name, weights in tensors if weights is not None}
    if not found:
        raise ValueError(f"{path} is no ONNX model with weights")
    return found


def _read_tensor(data: bytes | int) -> tuple[str, Weights | None]:
    """A tensor's name and its values; None: they are not float32, or not there as raw bytes."""
    parts: dict[int, list[bytes | int]] = {}
    for field, value in _fields(data):
        parts.setdefault(field, []).append(value)
    name = b"".join(part for part in parts.get(_NAME, []) if isinstance(part, bytes)).decode()
    raw = parts.get(_RAW_DATA)
    if raw is None or parts.get(_DATA_TYPE) != [_FLOAT]:
        return name, None
    shape = [size for dims in parts.get(_DIMS, []) for size in _sizes(dims)]
    return name, np.frombuffer(raw[0], "<f4").reshape(shape)  # type: ignore[arg-type]


def _sizes(dims: bytes | int) -> Iterator[int]:
    """A tensor's sizes: one by one, or packed together."""
    if isinstance(dims, int):
        yield dims
        return
    at = 0
    while at < len(dims):
        size, at = _varint(dims, at)
        yield size


def _fields(data: bytes | int) -> Iterator[tuple[int, bytes | int]]:
    """The fields of a message: number, and value."""
    if isinstance(data, int):
        raise TypeError("a number is no message")
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        field, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield field, value
            continue
        size, at = _varint(data, at) if wire == _WITH_LENGTH else (_SIZES[wire], at)
        yield field, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        number, at, shift = number | (byte & 0x7F) << shift, at + 1, shift + 7
        if byte < 0x80:
            return number, at

"""How long a voice makes each of its symbols: its model knows, and does not tell.

The model's file (ONNX, a protobuf) gets one more output: what its only node of a kind makes, the
frames of each symbol. Fields of a protobuf that come twice are joined, so it is enough to append.
"""

from __future__ import annotations

from collections.abc import Iterator

_GRAPH, _NODE, _OUTPUT = 7, 1, 12
"""Numbers of fields: a model's graph, and the graph's nodes and outputs."""

_NODE_OUTPUT, _NODE_OPERATOR = 2, 4


def with_durations(model: bytes, made_by: bytes) -> bytes | None:
    """The model with a second output, the frames of each symbol; None: it cannot be told which.

    `made_by`: the operator of the only node that makes them, as `Ceil`.
    """
    try:
        names = [name for name in _made(model, made_by) if name]
    except (IndexError, ValueError):
        return None
    if len(names) != 1:
        return None
    output = _field(_OUTPUT, _field(1, names[0]))
    return model + _field(_GRAPH, output)


def _made(model: bytes, operator: bytes) -> Iterator[bytes]:
    """What the nodes of an operator make is called."""
    for number, begin, end in _fields(model, 0, len(model)):
        if number != _GRAPH:
            continue
        for inner, first, last in _fields(model, begin, end):
            if inner == _NODE:
                parts = {n: model[a:z] for n, a, z in _fields(model, first, last)}
                if parts.get(_NODE_OPERATOR) == operator:
                    yield parts.get(_NODE_OUTPUT, b"")


def _fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The fields of a message: number, and where the value lies.

    Raises:
        ValueError: it is no message.
    """
    while at < end:
        tag, at = _number(data, at)
        match tag & 7:
            case 0:
                begin = at
                _, at = _number(data, at)
            case 1:
                begin, at = at, at + 8
            case 2:
                length, begin = _number(data, at)
                at = begin + length
            case 5:
                begin, at = at, at + 4
            case _:
                raise ValueError("not a protobuf")
        yield tag >> 3, begin, at


def _number(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at


def _field(number: int, value: bytes) -> bytes:
    return _bytes_of(number << 3 | 2) + _bytes_of(len(value)) + value


def _bytes_of(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])

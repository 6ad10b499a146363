"""What children print, line by line."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Sequence

LINE_CHARS = 8192  # a longer line is shown in pieces, so that one child cannot fill the memory

OnLine = Callable[[str, str], None]
"""Takes a child's name and one line that it printed; called on the event loop."""


class LineSplitter:
    """Cuts a byte stream into lines of at most `LINE_CHARS` characters."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def receive_bytes(self, data: bytes) -> list[str]:
        """Take bytes that were read; return the lines that they completed."""
        *whole, self._rest = (self._rest + self._decoder.decode(data)).split("\n")
        lines = [piece for line in whole for piece in _pieces(line.removesuffix("\r"))]
        if len(self._rest) >= LINE_CHARS:
            *full, self._rest = _pieces(self._rest)
            lines += full
        return lines

    def receive_end(self) -> list[str]:
        """Take the end of the stream; return the line that no newline ended, if any."""
        rest, self._rest = self._rest + self._decoder.decode(b"", final=True), ""
        return _pieces(rest) if rest else []


def _pieces(line: str) -> list[str]:
    return [line[at : at + LINE_CHARS] for at in range(0, max(1, len(line)), LINE_CHARS)]


def line_printer(names: Sequence[str]) -> OnLine:
    """An `on_line` that writes `gateway | text` to stderr, the bars below each other."""
    width = max(map(len, names), default=0)

    def write(name: str, line: str) -> None:
        sys.stderr.write(f"{name:<{width}} | {line}\n")

    return write

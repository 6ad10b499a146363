"""Others' recordings decoded in a process of its own, which has little memory and no secrets.

A file of a few bytes may ask for gigabytes, and a decoder may have a fault: both end the child, not
the worker. The child (`python -m tutor.adapters.speech.decoder`) reads the file from its standard
input and writes blocks to its standard output: a letter, a length (4 bytes) and so many bytes.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import IO, BinaryIO

from tutor.adapters.speech.decoding import MediaError, open_decoding
from tutor.core.audio.readable import Readable

_INFO, _AUDIO, _END, _ERROR = b"i", b"a", b"e", b"x"

_MOST_BLOCK = 65_536
"""Bytes of the largest block: the parent takes no more at once, whatever the child says."""

_MOST_KILLS = 2
"""How often a decoder may be killed by others: a machine that lacks memory kills one for another's
greed; but a file that has each of its decoders killed is at fault itself."""

_LAST_BREATH_S = 5.0
"""Seconds in which a child ends that has closed its output."""

_KEPT_ENV = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "LANG")
"""Variables that the child needs to find its program; settings, and so secrets, are none."""


@dataclass(frozen=True)
class Confinement:
    """The bounds of a decoder's process and of what it reads."""

    memory_bytes: int = 512 * 2**20
    """Bytes of address space; 130 MB of it are FFmpeg's code."""
    silent_s: float = 60.0
    """Seconds without a sound after which the decoder is given up."""
    readable: Readable = Readable()


class _KilledError(Exception):
    """The child was killed by somebody else."""


class ConfinedRecording:
    """An open file whose audio a child decodes; it can be read once.

    A child that was killed is followed by another, which begins anew: what it decodes a second time
    is left out.
    """

    def __init__(
        self, start: Callable[[], subprocess.Popen[bytes]], name: str, silent_s: float
    ) -> None:
        self._start, self._name, self._silent_s = start, name, silent_s
        self._kills = self._given = 0
        self.damage: str | None = None
        """Why the file could be read in part only; known when its audio was read."""
        self.seconds: float | None = self._open()
        """Seconds of audio that the file states; None when it states none."""

    def audio(self) -> Iterator[bytes]:
        """The audio as mono PCM16 at the rate that was asked for, bit by bit. What cannot be
        decoded is left out.

        Raises:
            MediaError: the child was killed, and the next one cannot open the file.
        """
        while True:
            try:
                yield from self._rest()
                return
            except _KilledError:
                self.close()
                self._open()

    def close(self) -> None:
        """End the child."""
        self._child.kill()
        self._child.wait()
        assert self._child.stdout is not None
        self._child.stdout.close()

    def _open(self) -> float | None:
        """Start a child; the seconds of audio that the file states."""
        while True:
            self._child = self._start()
            try:
                return self._opened()
            except _KilledError:
                self.close()
            except MediaError:
                self.close()
                raise

    def _opened(self) -> float | None:
        kind, data = self._next_block()
        if kind != _INFO:
            why = data.decode("utf-8", "replace") if kind == _ERROR else ""
            raise MediaError(why or f"{self._name}: {self.damage}")
        seconds: float | None = json.loads(data)["seconds"]
        return seconds

    def _rest(self) -> Iterator[bytes]:
        """What the child decodes behind all that was given before."""
        at = 0
        while True:
            kind, data = self._next_block()
            if kind != _AUDIO:
                self.damage = self.damage or data.decode("utf-8", "replace") or None
                return
            new = data[max(0, self._given - at) :]
            at += len(data)
            self._given += len(new)
            if new:
                yield new

    def _next_block(self) -> tuple[bytes, bytes]:
        """The next block; the end, and the damage noted, when the child has broken off."""
        try:
            return self._block()
        except TimeoutError:
            self._child.kill()
            self.damage = "decoding it took too long"
        except EOFError:
            code = self._code()
            if code == -signal.SIGKILL and self._kills < _MOST_KILLS:
                self._kills += 1
                raise _KilledError from None
            self.damage = f"its decoder broke off ({'signal' if code < 0 else 'code'} {abs(code)})"
        return _END, b""

    def _block(self) -> tuple[bytes, bytes]:
        head = self._read(5)
        kind, length = head[:1], int.from_bytes(head[1:], "big")
        if length > _MOST_BLOCK:
            self._child.terminate()
            raise EOFError
        return kind, self._read(length)

    def _code(self) -> int:
        """How the child ended."""
        try:
            return self._child.wait(_LAST_BREATH_S)
        except subprocess.TimeoutExpired:
            self._child.terminate()
            return self._child.wait()

    def _read(self, length: int) -> bytes:
        data = b""
        assert self._child.stdout is not None
        pipe = self._child.stdout.fileno()
        until = time.monotonic() + self._silent_s
        while len(data) < length:
            if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError
            more = os.read(pipe, length - len(data))
            if not more:
                raise EOFError
            data += more
        return data


@contextmanager
def open_confined(
    file: BinaryIO, name: str, rate: int, confinement: Confinement | None = None
) -> Iterator[ConfinedRecording]:
    """Open a recording from a real file that is open for reading at its beginning.

    `rate`: samples per second that its audio is to have.

    Raises:
        MediaError: there is no audio in it, or none within the bounds.
    """
    confinement = confinement or Confinement()
    asked = {
        "name": name,
        "rate": rate,
        "memory_bytes": confinement.memory_bytes,
        "readable": asdict(confinement.readable),
    }
    environment = {name: os.environ[name] for name in _KEPT_ENV if name in os.environ}

    def start() -> subprocess.Popen[bytes]:
        file.seek(0)
        return subprocess.Popen(
            [sys.executable, "-m", "tutor.adapters.speech.decoder", json.dumps(asked)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    recording = ConfinedRecording(start, name, confinement.silent_s)
    try:
        yield recording
    finally:
        recording.close()


def main() -> None:
    """Decode standard input to standard output: what the child does."""
    asked = json.loads(sys.argv[1])
    _confine(asked["memory_bytes"])
    with (
        suppress(BrokenPipeError),  # nobody wants the rest
        open(0, "rb", closefd=False) as file,
        open(1, "wb", buffering=0, closefd=False) as out,
    ):
        _decode(file, out, asked["name"], asked["rate"], Readable(**asked["readable"]))


def _decode(file: BinaryIO, out: IO[bytes], name: str, rate: int, bounds: Readable) -> None:
    try:
        with open_decoding(file, name, rate, bounds) as decoding:
            _write(out, _INFO, json.dumps({"seconds": decoding.seconds}).encode())
            for block in decoding.audio():
                for at in range(0, len(block), _MOST_BLOCK):
                    _write(out, _AUDIO, block[at : at + _MOST_BLOCK])
            _write(out, _END, _line(decoding.damage or ""))
    except MediaError as error:
        _write(out, _ERROR, _line(str(error)))
    except MemoryError:
        _write(out, _ERROR, _line(f"{name}: decoding it takes too much memory"))


def _write(out: IO[bytes], kind: bytes, data: bytes) -> None:
    """Write a block whole: a pipe may take a part of it at once."""
    rest = memoryview(kind + len(data).to_bytes(4, "big") + data)
    while rest:
        rest = rest[out.write(rest) :]


def _line(text: str) -> bytes:
    return text.encode("utf-8", "replace")[:1000]


def _confine(memory_bytes: int) -> None:
    """Bound this process: its memory, and no file that it might write."""
    with suppress(ImportError):  # not on Windows
        import resource

        bounds = {
            resource.RLIMIT_AS: memory_bytes,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_CORE: 0,
        }
        for which, most in bounds.items():
            _, hard = resource.getrlimit(which)
            within = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(which, (within, within))


if __name__ == "__main__":
    main()

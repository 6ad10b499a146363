"""Uploaded files beside live sessions: a number of jobs that are always being recognised."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tutor.adapters.speech.media import encode_flac
from tutor.bench.corpus import Recording
from tutor.bench.options import BenchError
from tutor.core.audio.samples import RATE

FILE_S = 180.0
"""Seconds of each file, about."""

LOOK_S = 1.0

Headers = Mapping[str, str]

BEGIN_S = 120.0
"""Seconds within which the first file must be under way: a worker loads its model."""


@dataclass
class FileLoad:
    """A number of file jobs at a server; a new one begins for each that ends."""

    url: str
    jobs: int
    audio: bytes
    language: str
    open: dict[str, float] = field(default_factory=dict)
    """Seconds of each open job that are recognised, by the job's id."""
    recognised_s: float = 0.0
    """Seconds of the jobs that have ended."""

    @property
    def total_s(self) -> float:
        """Seconds of audio recognised so far."""
        return self.recognised_s + sum(self.open.values())

    def look(self) -> None:
        """Read how far the jobs are, and begin new ones for those that are done."""
        for job in list(self.open):
            state = ask("GET", f"{self.url}/v1/jobs/{job}")
            if state["status"] == "failed":
                raise BenchError(f"a file failed: {state['error']}")
            self.open[job] = state["progress"] * FILE_S
            if state["status"] == "done":
                self.recognised_s += self.open.pop(job)
                ask("DELETE", f"{self.url}/v1/jobs/{job}")
        while len(self.open) < self.jobs:
            self.open[post_file(self.url, self.audio, self.language)] = 0.0

    def end(self) -> None:
        """Delete the jobs that are not done."""
        for job in self.open:
            with suppress(OSError, ValueError):
                ask("DELETE", f"{self.url}/v1/jobs/{job}")


@contextmanager
def file_load(
    url: str, jobs: int, recordings: Sequence[Recording], language: str
) -> Iterator[FileLoad]:
    """Keep `jobs` files under way while the block lasts; it begins when the first is.

    Raises:
        BenchError: the server does not take the files.
    """
    load = FileLoad(url, jobs, _file(recordings), language)
    stop = threading.Event()

    def keep() -> None:
        while not stop.wait(LOOK_S):
            with suppress(OSError, ValueError):
                load.look()

    try:
        load.look()
        deadline = time.monotonic() + BEGIN_S
        while not load.total_s:
            if time.monotonic() > deadline:
                raise BenchError(f"no file was begun in {BEGIN_S:g} s")
            time.sleep(LOOK_S)
            load.look()
        keeper = threading.Thread(target=keep, daemon=True)
        keeper.start()
        yield load
        stop.set()
        keeper.join()
    except (OSError, ValueError) as error:
        raise BenchError(f"the server takes no files: {error}") from error
    finally:
        stop.set()
        load.end()


def _file(recordings: Sequence[Recording]) -> bytes:
    """The recordings, repeated to the length of a file, as FLAC."""
    pause = np.zeros(RATE // 2, np.int16)
    once = np.concatenate([part for r in recordings for part in (r.samples, pause)])
    whole = np.tile(once, int(FILE_S * RATE / len(once)) + 1)[: int(FILE_S * RATE)]
    return encode_flac(whole.astype("<i2").tobytes())


def post_file(
    url: str, audio: bytes, language: str, name: str = "a.flac", headers: Headers | None = None
) -> str:
    """Upload a file; the job's id.

    Raises:
        OSError: the server is not there, or refuses it.
    """
    mark = uuid.uuid4().hex
    fields = f'--{mark}\r\nContent-Disposition: form-data; name="language"\r\n\r\n{language}\r\n'
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = fields.encode() + head.encode() + audio + f"\r\n--{mark}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    return str(ask("POST", f"{url}/v1/jobs", body, kind | dict(headers or {}))["id"])


def ask(method: str, url: str, body: bytes | None = None, headers: Headers | None = None) -> Any:
    """The JSON that a server answers; None: nothing.

    Raises:
        OSError: the server is not there, or refuses it.
        ValueError: the answer is no JSON.
    """
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        data = response.read()
    return json.loads(data) if data else None

"""Servers to measure: one that runs, or `tutor serve` in a process tree of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tutor.adapters.serving import ask_ready, free_port, is_ready
from tutor.adapters.telemetry.scrape import samples_of
from tutor.bench.figures import Decodes
from tutor.bench.options import BenchError
from tutor.bench.processes import Tree

OPEN_DOORS = {
    "max_sessions": "4000",
    "guest_sockets": "0",
    "address_connections": "0",
    "address_handshakes": "100000",
}
"""All learners of a bench come from one address."""

READY_S = 120.0
"""Seconds within which a server must be ready: a cold start on a busy machine."""

STOP_S = 15.0

DECODE_METRIC = "tutor_decode_seconds"


@dataclass(frozen=True)
class Server:
    """A server that is ready."""

    url: str
    tree: Tree | None = None
    """The server's processes, if the benchmark started it."""


@contextmanager
def running(url: str) -> Iterator[Server]:
    """A server that is running already; its processes are not looked at.

    Raises:
        BenchError: the server does not answer, or is not ready.
    """
    url = url.rstrip("/")
    try:
        ready = ask_ready(url)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise BenchError(f"no server at {url}: {reason}") from error
    if not ready:
        raise BenchError(f"the server at {url} is not ready")
    yield Server(url)


@contextmanager
def started(settings: Mapping[str, str]) -> Iterator[Server]:
    """`tutor serve` on a free port with these `TUTOR_` settings, until the block ends.

    Raises:
        BenchError: the server ends, or is not ready in time; the message has its last line.
    """
    port = free_port()
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as data:
        wanted = {"data_dir": data, "address_connections": "0", **settings}
        env = os.environ | {f"TUTOR_{name.upper()}": value for name, value in wanted.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "tutor", "serve", "--port", str(port), "--host", "127.0.0.1"],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we stop it in order
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, process, log.fileno())
            yield Server(url, Tree(process.pid))
        finally:
            _stop(process)


def read_decodes(url: str) -> dict[str, Decodes]:
    """How many recognitions of each kind there were and what they took, from `/metrics`.

    A server behind a proxy may keep its metrics to itself: then there are none.
    """
    try:
        with urllib.request.urlopen(f"{url}/metrics", timeout=5) as response:  # noqa: S310
            return parse_decodes(response.read().decode())
    except (OSError, ValueError):
        return {}


def parse_decodes(text: str) -> dict[str, Decodes]:
    """Recognitions by kind from the text of `/metrics`."""
    sums: dict[str, dict[str, float]] = {}
    for sample in samples_of(text, DECODE_METRIC):
        kind = sums.setdefault(sample.labels.get("kind", ""), {})
        kind[sample.part] = kind.get(sample.part, 0.0) + sample.value
    return {
        kind: Decodes(round(parts.get("count", 0)), parts.get("sum", 0.0))
        for kind, parts in sums.items()
    }


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: int) -> None:
    deadline = time.monotonic() + READY_S
    while not is_ready(url):
        if process.poll() is not None:
            raise BenchError(f"the server did not start: {_last_line(log)}")
        if time.monotonic() > deadline:
            raise BenchError(f"the server was not ready in {READY_S:g} s: {_last_line(log)}")
        time.sleep(0.1)


def _last_line(log: int) -> str:
    """The last line that the server wrote, read without moving the file offset that it shares."""
    lines = os.pread(log, os.fstat(log).st_size, 0).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it printed nothing"


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

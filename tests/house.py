"""The real product in processes of its own, for tests."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from tutor.shells.serve import is_ready

READY_S = 90.0
"""A cold start on a busy machine."""


@dataclass
class House:
    """A running `tutor serve`."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def part(self, *words: str) -> psutil.Process:
        """The part of the tree whose command line has these words."""
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # one that has just died
                line = " ".join(child.cmdline())
                if all(word in line for word in words):
                    return child
        raise LookupError(f"no process with {words} in the tree:\n{self.log.read_text()}")

    @property
    def redis_url(self) -> str:
        """Of the embedded store, as the gateway was given it: for another gateway beside it."""
        return self.part("gateway").environ()["TUTOR_REDIS_URL"]

    def store(self) -> "redis.Redis":
        """A client of the embedded store."""
        return redis.Redis.from_url(self.redis_url)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[House]:
    """Run `tutor serve` with these `TUTOR_` settings until the block ends."""
    port = free_port()
    log = folder / "serve.log"
    settings = {"data_dir": str(folder / "data")} | settings
    env = os.environ | {f"TUTOR_{name.upper()}": value for name, value in settings.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tutor", "serve", "--port", str(port)],
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    house = House(process, f"http://127.0.0.1:{port}", log)
    try:
        wait_until(lambda: is_ready(house.url), READY_S, log)
        yield house
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)


def wait_until(is_so: Callable[[], bool], within_s: float, log: Path | None = None) -> None:
    """Wait until something is so; say what the product printed if it does not come."""
    deadline = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"not within {within_s} s" + (f":\n{log.read_text()}" if log else "")
            )
        time.sleep(0.05)


def get(url: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status, dict(response.headers), response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()

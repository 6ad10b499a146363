"""A real primary, its replica and a Sentinel, as processes; the primary is killed."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.house import SOON_S, wait_until
from tests.support.pair import Pair, watched_pair
from tests.support.queue import FINAL, take
from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.store.broker.queue import JobQueue
from tutor.adapters.store.broker.queues import read_queues
from tutor.adapters.store.client import BlockingStore, open_blocking_store, open_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.primary import watched


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """A watched pair, until the test ends."""
    with watched_pair(tmp_path) as made:
        yield made


@pytest.mark.heavy
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


@pytest.mark.heavy
async def test_who_waits_at_a_primary_that_stands_still_is_sent_to_its_successor(
    pair: Pair,
) -> None:
    """Its connections are there, and nothing comes through them: a worker would wait for jobs that
    come to the new one. Threads and coroutines get what comes there, while the old one stands."""

    def both_wait(store: BlockingStore) -> bool:
        told: Any = store.info("clients")
        return bool(told["blocked_clients"] == 2)

    def has_pushed(store: BlockingStore, name: str) -> bool:
        with suppress(StoreError):
            return bool(store.rpush(name, "here"))
        return False

    def wait_in_a_thread() -> Any:
        with open_blocking_store(pair.url, 600.0) as store:
            while True:
                with suppress(StoreError):
                    return store.blpop(["tutor:of threads"], 0)

    async def wait() -> Any:
        async with open_store(pair.url, 600.0) as store:
            while True:
                with suppress(StoreError):
                    return await store.blpop(["tutor:of coroutines"], 0)

    waiting = [
        asyncio.create_task(wait()),
        asyncio.create_task(asyncio.to_thread(wait_in_a_thread)),
    ]
    with open_blocking_store(pair.url, 1.0) as store:
        await asyncio.to_thread(wait_until, partial(both_wait, store), SOON_S)
        pair.primary.send_signal(signal.SIGSTOP)
        try:
            for name in ("tutor:of threads", "tutor:of coroutines"):
                await asyncio.to_thread(wait_until, partial(has_pushed, store, name), SOON_S)
            got = await asyncio.wait_for(asyncio.gather(*waiting), SOON_S)
        finally:
            pair.primary.send_signal(signal.SIGCONT)
    assert [value for _, value in got] == [b"here", b"here"]


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

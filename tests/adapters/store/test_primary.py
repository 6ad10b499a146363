"""A real primary, its replica and a Sentinel, as processes; the primary is killed."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.house import SOON_S, wait_until
from tests.support.pair import Pair, watched_pair
from tests.support.queue import FINAL, take
from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.store.broker.queue import JobQueue
from tutor.adapters.store.broker.queues import read_queues
from tutor.adapters.store.client import open_blocking_store, open_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.primary import watched


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """A watched pair, until the test ends."""
    with watched_pair(tmp_path) as made:
        yield made


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

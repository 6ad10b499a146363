import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.support.house import SOON_S, wait_until
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys, results
from tutor.adapters.store.client import BlockingStore, Store, open_blocking_store, open_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.results import Bus, Inbox, post_result
from tutor.core.audio.recognition import Recognition
from tutor.core.queue.jobs import RecognitionResult, Result

RESULT = RecognitionResult("s1", "u1", "final", 1, 1, "ok", 640, Recognition("да", "ru"), 0.1)


@pytest.fixture
async def gateway(store: Settings) -> AsyncIterator[Store]:
    """A gateway's connection to an empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
async def bus(gateway: Store) -> AsyncIterator[Bus]:
    """A running bus."""
    bus = Bus(gateway)
    task = asyncio.create_task(bus.run())
    await asyncio.sleep(0.1)
    yield bus
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def receive(inbox: Inbox, count: int, within_s: float = SOON_S) -> list[Result]:
    """So many results, however many wake-ups it takes."""
    got: list[Result] = []
    async with asyncio.timeout(within_s):
        while len(got) < count:
            await inbox.wait(1)
            got += await inbox.read()
    return got


def subscribers(client: BlockingStore) -> int:
    """How many are told when there is something in the inbox of s1."""
    return int(client.pubsub_numsub(keys.wake("s1"))[0][1])


async def test_results_arrive_once_and_in_order(bus: Bus, store: Settings) -> None:
    """What a worker posts is what the session's inbox gives, unchanged."""
    worker = open_blocking_store(store.redis_url)
    sent = [replace(RESULT, revision=n) for n in range(20)]
    async with bus.inbox("s1") as inbox:
        for result in sent:
            await asyncio.to_thread(post_result, worker, result)
        assert await receive(inbox, 20) == sent
        assert await inbox.read() == []


async def test_a_session_hears_only_its_own_results(bus: Bus, store: Settings) -> None:
    """Two sessions of one gateway do not get each other's results."""
    worker = open_blocking_store(store.redis_url)
    async with bus.inbox("s1") as one, bus.inbox("s2") as two:
        await asyncio.to_thread(post_result, worker, RESULT)
        await asyncio.to_thread(post_result, worker, replace(RESULT, session="s2"))
        assert [result.session for result in await receive(one, 1)] == ["s1"]
        assert [result.session for result in await receive(two, 1)] == ["s2"]


async def test_a_wake_up_comes_by_itself(bus: Bus, store: Settings) -> None:
    """Pub/sub wakes the session long before it would look by itself."""
    worker = open_blocking_store(store.redis_url)
    async with bus.inbox("s1") as inbox:
        await asyncio.to_thread(wait_until, lambda: subscribers(worker) == 1, SOON_S)
        waiting = asyncio.create_task(inbox.wait(10 * SOON_S))
        await asyncio.sleep(0.1)
        post_result(worker, RESULT)
        async with asyncio.timeout(SOON_S):
            await waiting
        assert await inbox.read() == [RESULT]


async def test_a_broken_subscription_loses_nothing(bus: Bus, store: Settings) -> None:
    """Results posted while pub/sub is down are in the stream, and the bus subscribes again."""
    worker = open_blocking_store(store.redis_url)
    posted = [replace(RESULT, revision=revision) for revision in range(5)]
    async with bus.inbox("s1") as inbox:
        worker.client_kill_filter(_type="pubsub")
        for result in posted:
            post_result(worker, result)
        assert await receive(inbox, 5) == posted
        await asyncio.to_thread(wait_until, lambda: subscribers(worker) == 1, SOON_S)


async def test_results_are_not_lost_with_one_that_cannot_be_set_aside(
    gateway: Store, store: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read together with something unreadable is given, though the store is away by the
    time that is to be set aside."""

    async def fail(*_: object) -> None:
        raise StoreError("away")

    worker = open_blocking_store(store.redis_url)
    post_result(worker, RESULT)
    worker.xadd(keys.results("s1"), {"k": "no kind", "r": b"{"})
    monkeypatch.setattr(results, "set_result_aside", fail)
    inbox = Inbox(gateway, "s1")
    assert await inbox.read() == [RESULT]
    assert await inbox.read() == []

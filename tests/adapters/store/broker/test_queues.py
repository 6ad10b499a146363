import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.support.queue import FINAL, PARTIAL, take
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.queue import JobQueue
from tutor.adapters.store.broker.queues import Waiting, read_queues
from tutor.adapters.store.client import Store, open_store
from tutor.adapters.store.workers import read_workers
from tutor.core.audio.recognition import Recognition
from tutor.core.queue.jobs import AssessmentJob


@pytest.fixture
async def gateway(store: Settings) -> AsyncIterator[Store]:
    """A gateway's connection to an empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


async def lengths(redis: Store) -> dict[tuple[str, int], Waiting]:
    """What waits, by queue and priority; empty places left out."""
    waiting, _ = await read_queues(redis)
    return {(place.queue, place.priority): place for place in waiting if place.messages}


async def test_each_priority_has_its_own_length_and_age(store: Settings, gateway: Store) -> None:
    """Finals, partials, assessments and files are counted apart; the age is the oldest's."""
    queue = JobQueue(store)
    began = time.time()
    queue.send(PARTIAL)
    await asyncio.sleep(0.3)  # more than 0.2 by a clock of coarse ticks, too
    queue.send(replace(PARTIAL, revision=2))
    queue.send(FINAL)
    queue.send(AssessmentJob("s", "u1", 1, 640, Recognition("I went", "en")))
    queue.send(replace(FINAL, batch=True))
    queue.send_file("job")
    found = await lengths(gateway)
    most = time.time() - began
    assert {place: waiting.messages for place, waiting in found.items()} == {
        (keys.QUEUE_LIVE, keys.PRIORITY_PARTIAL): 2,
        (keys.QUEUE_LIVE, keys.PRIORITY_FINAL): 1,
        (keys.QUEUE_FEEDBACK, keys.PRIORITY_FINAL): 1,
        (keys.QUEUE_BATCH, keys.PRIORITY_BATCH): 1,
        (keys.QUEUE_FILES, keys.PRIORITY_BATCH): 1,
    }
    assert found[keys.QUEUE_FILES, keys.PRIORITY_BATCH].age_s > 0
    assert 0.2 <= found[keys.QUEUE_LIVE, keys.PRIORITY_PARTIAL].age_s <= most
    assert found[keys.QUEUE_LIVE, keys.PRIORITY_FINAL].age_s < most - 0.2


async def test_the_order_is_that_in_which_workers_take(store: Settings, gateway: Store) -> None:
    """When the oldest has been taken, the age is that of the next one."""
    queue = JobQueue(store)
    queue.send(PARTIAL)
    await asyncio.sleep(0.3)
    between = time.time()
    await asyncio.sleep(0.3)
    queue.send(replace(PARTIAL, revision=2))
    oldest = time.time() - between
    before = (await lengths(gateway))[keys.QUEUE_LIVE, keys.PRIORITY_PARTIAL]
    take(store, 1)
    after = (await lengths(gateway))[keys.QUEUE_LIVE, keys.PRIORITY_PARTIAL]
    assert (before.messages, after.messages) == (2, 1)
    assert before.age_s > oldest
    assert after.age_s < time.time() - between


@pytest.mark.parametrize("message", [b"no json", b"[]", b"{}", b'{"headers": {"queued_at": "x"}}'])
async def test_a_message_of_somebody_else_has_no_age(gateway: Store, message: bytes) -> None:
    """What is not ours is counted, and tells no time."""
    await gateway.lpush(keys.waiting(keys.QUEUE_BATCH, keys.PRIORITY_BATCH), message)
    (place,) = (await lengths(gateway)).values()
    assert place == Waiting(keys.QUEUE_BATCH, keys.PRIORITY_BATCH, 1, 0.0)


async def test_an_empty_store_has_all_queues_and_no_workers(gateway: Store) -> None:
    """Eighteen places, nothing in them."""
    waiting, taken = await read_queues(gateway)
    assert len(waiting) == 18
    assert all(place.messages == 0 and place.age_s == 0 for place in waiting)
    assert taken == 0
    assert await read_workers(gateway) == []


async def test_what_workers_of_files_have_taken_is_counted_too(gateway: Store) -> None:
    """It lies apart, because they may take longer."""
    await gateway.hset("tutor:celery:unacked", "a", b"[]")
    await gateway.hset("tutor:celery:unacked:batch", mapping={"b": b"[]", "c": b"[]"})
    _, taken = await read_queues(gateway)
    assert taken == 3


async def test_jobs_wait_in_a_broker_of_their_own_where_one_is_named(
    store: Settings, gateway: Store
) -> None:
    """Queues of all priorities are there, a worker takes from there, and what is measured comes
    from there; nothing of it is in the store."""
    place = store.redis_url.rpartition("/")[0] + "/7"
    settings = store.model_copy(update={"broker_url": place})
    async with open_store(place) as broker:
        await broker.flushdb()
        queue = JobQueue(settings)
        queue.send(PARTIAL)
        queue.send(FINAL)
        assert await lengths(gateway) == {}
        assert {place[1] for place in await lengths(broker)} == {
            keys.PRIORITY_FINAL,
            keys.PRIORITY_PARTIAL,
        }
    kinds = [message["fields"]["kind"] for message in take(settings, 2)]  # type: ignore[index]
    assert kinds == ["final", "partial"]
    assert not await gateway.keys("*")

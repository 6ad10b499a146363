"""Messages that nobody can read: told apart from ours, set aside, counted."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.queue import FINAL
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.poison import (
    KEPT,
    count_poison,
    count_try,
    fault_of,
    set_aside,
    set_result_aside,
)
from tutor.adapters.store.broker.queue import JobQueue
from tutor.adapters.store.client import Store, open_blocking_store, open_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.results import Inbox, post_result, read_results
from tutor.core.queue.jobs import RecognitionResult

TASKS = [keys.TASK_RECOGNISE]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@pytest.fixture
async def redis(store: Settings) -> AsyncIterator[Store]:
    """An empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


def packed(body: object) -> str:
    """A body as it stands in an envelope."""
    return base64.b64encode(json.dumps(body).encode()).decode()


async def ours(store: Settings, redis: Store) -> bytes:
    """A message as our own gateway writes it."""
    JobQueue(store).send(FINAL, "00-trace-span-01")
    (message,) = await redis.lrange(keys.waiting(keys.QUEUE_LIVE, keys.PRIORITY_FINAL), 0, -1)
    assert isinstance(message, bytes)
    return message


async def test_our_own_messages_are_sound(store: Settings, redis: Store) -> None:
    """Also one that Celery has handed out before."""
    message = await ours(store, redis)
    assert fault_of(message, TASKS) is None
    again = json.loads(message)
    again["headers"]["redelivered"] = again["properties"]["delivery_info"]["redelivered"] = True
    assert fault_of(json.dumps(again).encode(), TASKS) is None


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("body", packed({"a": 1})),
        ("body", packed([[], {}])),
        ("body", packed([["x"], {}, {}])),
        ("body", packed([[], {}, "x"])),
        ("body", packed([[], {}, {"callbacks": [1]}])),
        ("body", "***"),
        ("body", None),
        ("content-type", "application/x-python-serialize"),
        ("content-encoding", "utf-99"),
        ("headers", None),
        ("headers", [1]),
        ("headers.id", {"a": 1}),
        ("headers.task", "another"),
        ("headers.task", [1]),
        ("headers.timelimit", "x"),
        ("headers.timelimit", ["a", "b"]),
        ("headers.timelimit", [10**400, None]),
        ("headers.timelimit", [None, float("inf")]),
        ("headers.timelimit", [-1, None]),
        ("headers.queued_at", 10**400),
        ("headers.queued_at", float("nan")),
        ("headers.retries", 10**400),
        ("headers.retries", "x"),
        ("headers.eta", 3),
        ("headers.compression", "zlib"),
        ("properties", []),
        ("properties.delivery_tag", {"a": 1}),
        ("properties.delivery_info", None),
        ("properties.priority", "high"),
        ("properties.body_encoding", "rot13"),
    ],
)
async def test_a_message_with_one_fault_is_found_out(
    store: Settings, redis: Store, place: str, value: object
) -> None:
    """Each of these ended a worker, or made it do what nobody of ours asks for."""
    message = json.loads(await ours(store, redis))
    *path, name = place.split(".")
    part: dict[str, Any] = message
    for step in path:
        part = part[step]
    part[name] = value
    assert fault_of(json.dumps(message).encode(), TASKS)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_else_is_no_message(message: bytes) -> None:
    """Any bytes and any JSON have a fault, and none raises."""
    assert fault_of(message, TASKS)


@given(JSON, st.sampled_from(["body", "headers", "properties", "content-type"]))
def test_any_part_of_a_message_may_be_anything(value: object, part: str) -> None:
    """A message one part of which is any JSON is told to be sound or not, without an error."""
    sound: dict[str, object] = {
        "body": packed([[], {}, {}]),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"id": "1", "task": TASKS[0]},
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": "1",
            "delivery_info": {"exchange": "", "routing_key": "asr.live"},
        },
    }
    assert fault_of(json.dumps(sound).encode(), TASKS) is None
    changed = {**sound, part: packed(value) if part == "body" else value}
    fault_of(json.dumps(changed).encode(), TASKS)


async def test_what_is_set_aside_is_counted_and_bounded(store: Settings, redis: Store) -> None:
    """By place; the envelope is kept, what a learner said is not, and all goes with time."""
    message = await ours(store, redis)
    blocking = open_blocking_store(store.redis_url)
    for _ in range(KEPT + 5):
        set_aside(blocking, keys.QUEUE_LIVE, "a reason", message)
    await set_result_aside(redis, "another")
    found = await count_poison(redis)
    assert {place: count for place, count in found.items() if count} == {
        keys.QUEUE_LIVE: KEPT,
        "results": 1,
    }
    (newest,) = await redis.lrange(keys.poison(keys.QUEUE_LIVE), 0, 0)
    entry = json.loads(newest)
    assert (entry["reason"], entry["bytes"]) == ("a reason", len(message))
    assert keys.TASK_RECOGNISE in entry["envelope"]
    assert json.loads(message)["body"] not in entry["envelope"]
    assert 0 < await redis.ttl(keys.poison(keys.QUEUE_LIVE)) <= keys.POISON_TTL_S


async def test_tries_of_a_message_are_counted_apart(store: Settings, redis: Store) -> None:
    """So that one that kills its workers is known, and another is not taken for it."""
    blocking = open_blocking_store(store.redis_url)
    assert [count_try(blocking, "a"), count_try(blocking, "a"), count_try(blocking, "b")] == [
        1,
        2,
        1,
    ]
    assert 0 < await redis.ttl(keys.deliveries("a")) <= keys.DELIVERIES_TTL_S


@pytest.mark.parametrize(
    "entry",
    [
        {"k": "RecognitionResult", "r": b"{}"},
        {"k": "Nothing", "r": b"{}"},
        {"k": "RecognitionResult", "r": b"\xff"},
        {"k": b"\xff", "r": b"{}"},
        {"other": b"1"},
    ],
)
async def test_a_result_that_nobody_can_read_hides_no_other(
    store: Settings, redis: Store, entry: dict[Any, Any]
) -> None:
    """It is left out and set aside, in a live session and in a file's work."""
    blocking = open_blocking_store(store.redis_url)
    result = RecognitionResult("s", "u1", "final", 1, 1, "failed")
    await redis.xadd(keys.results("s"), entry)
    post_result(blocking, result)
    assert await Inbox(redis, "s").read() == [result]
    assert read_results(blocking, "s", "0-0", 100)[0] == [result]
    assert (await count_poison(redis))["results"] == 2


async def test_a_store_that_is_away_is_said() -> None:
    """Counting needs an answer."""
    with pytest.raises(StoreError):
        await count_poison(open_store("redis://127.0.0.1:1/0", 0.2))

"""Bytes of any kind in the store, whoever wrote them: nobody who reads there is stopped by them."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from tests.adapters.wire.test_any_bytes import NASTY, VALUES, bent
from tests.support.examples import few
from tests.support.scripted import START, Play, speech
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.queues import read_queues
from tutor.adapters.store.client import Store, open_store
from tutor.adapters.store.sessions import Record, Records, Step
from tutor.adapters.store.workers import read_registry, registered
from tutor.adapters.wire.practice import encode_event
from tutor.core.live.resumption import snapshot
from tutor.core.protocol.messages import SpeechStarted

FEW = few(40, suppress_health_check=[HealthCheck.function_scoped_fixture])

HUGE = '{"at": 1%s}' % ("0" * 400)


@pytest.fixture
async def redis(store: Settings) -> AsyncIterator[Store]:
    """An empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


def anything(whole: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """Any bytes, any JSON, and what is nearly right."""
    texts = st.one_of(VALUES.map(json.dumps), bent(whole).map(json.dumps), st.sampled_from(NASTY))
    return st.one_of(st.binary(max_size=60), texts.map(lambda text: text.encode()))


@FEW
@given(anything({"at": 5.0, "slots": "1", "metrics": ""}))
@example(HUGE.encode())
@example(b'{"at": NaN}')
@example(b'{"at": Infinity}')
async def test_what_no_process_has_entered_hides_no_process(redis: Store, told: bytes) -> None:
    """An entry of the registry that cannot be read is nobody's; those of the others are read."""
    seconds, _ = await redis.time()
    await redis.delete(keys.REGISTRY)
    await redis.hset(keys.REGISTRY, "asr:odd", told)
    await redis.hset(keys.REGISTRY, "asr:ours", registered(float(seconds), {"slots": "1"}))
    names = [one.name for one in await read_registry(redis)]
    assert "ours" in names
    assert all(math.isfinite(one.facts["at"]) for one in await read_registry(redis))


@FEW
@given(anything({"headers": {"queued_at": 5.0}}))
@example(b'{"headers": {"queued_at": 1%s}}' % (b"0" * 400))
@example(b'{"headers": {"queued_at": NaN}}')
@example(b'{"headers": {"queued_at": -Infinity}}')
async def test_what_is_no_message_does_not_stop_who_measures_the_queues(
    redis: Store, message: bytes
) -> None:
    """It counts, with an age that is a number."""
    key = keys.waiting(keys.QUEUE_LIVE, keys.PRIORITY_FINAL)
    await redis.delete(key)
    await redis.rpush(key, message)
    waiting, _ = await read_queues(redis)
    (found,) = [one for one in waiting if one.messages]
    assert found.queue == keys.QUEUE_LIVE
    assert 0 <= found.age_s < math.inf


@FEW
@given(
    st.sampled_from(["epoch", "seq", "after", "owner", "snapshot"]),
    st.one_of(st.none(), st.binary(max_size=30)),
)
async def test_a_session_of_which_a_field_is_gone_or_spoilt_is_none_or_whole(
    redis: Store, field: str, value: bytes | None
) -> None:
    """Its client begins another; no gateway fails."""
    records, kept = Records(redis), snapshot(Play(START, speech(640)).session, 200.0)
    event = (1, encode_event(1, SpeechStarted("u1", 0)))
    await redis.delete(keys.session("s1"), keys.events("s1"))
    await records.keep("s1", 1, Record(1, 1, "-", "", kept), [event], [], Step("1.1"))
    assert await records.read("s1") is not None
    if value is None:
        await redis.hdel(keys.session("s1"), field)
    else:
        await redis.hset(keys.session("s1"), field, value)
    found = await records.read("s1")
    assert found is None or asdict(found.snapshot) == asdict(kept)

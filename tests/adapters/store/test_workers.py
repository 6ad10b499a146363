import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.client import Store, open_blocking_store, open_store
from tutor.adapters.store.workers import (
    Announcement,
    WorkerEntry,
    by_kind,
    own_key,
    read_registry,
    read_workers,
    registered,
    sessions_of,
    slots_of,
)


@pytest.fixture
async def gateway(store: Settings) -> AsyncIterator[Store]:
    """A gateway's connection to an empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


async def register(gateway: Store, entry: str, ago_s: float = 0.0, **facts: str | int) -> None:
    """Leave an entry that was renewed so long ago, by the store's clock."""
    seconds, micros = await gateway.time()
    at_s = seconds + micros / 1e6 - ago_s
    await gateway.hset(keys.REGISTRY, entry, registered(at_s, facts))


async def test_workers_tell_where_their_metrics_are(gateway: Store) -> None:
    """Those that show none, or are older than this, are there without an address."""
    await register(gateway, "asr:a", metrics="host:9101")
    await register(gateway, "feedback:b", replies="coach")
    await register(gateway, "batch:c", metrics="host:9102")
    await register(gateway, "files:d", jobs="2")
    await register(gateway, "gateway:e", sessions=3)
    assert await read_workers(gateway) == [
        WorkerEntry("asr", "host:9101"),
        WorkerEntry("batch", "host:9102"),
        WorkerEntry("feedback", ""),
        WorkerEntry("files", ""),
    ]


async def test_whoever_was_not_renewed_is_dead_and_then_forgotten(gateway: Store) -> None:
    """The store's clock decides, not the machines'; an entry does not stay for ever."""
    await register(gateway, "asr:alive", keys.WORKER_TTL_S - 1, slots=16)
    await register(gateway, "asr:dead", keys.WORKER_TTL_S + 1, slots=16)
    await register(gateway, "asr:forgotten", keys.REGISTRY_TTL_S + 1, slots=16)
    entries = await read_registry(gateway)
    assert [entry.name for entry in entries] == ["alive"]
    assert slots_of(entries) == (1, 16)
    assert await gateway.hkeys(keys.REGISTRY) == [b"asr:alive", b"asr:dead"]


@pytest.mark.parametrize("told", [b"", b"\xff", b"[]", b"null", b"{}", b'{"at": "x"}', b"7"])
async def test_an_entry_that_is_none_of_ours_is_forgotten(gateway: Store, told: bytes) -> None:
    """It hides nobody else, and is not read a second time."""
    await register(gateway, "asr:alive", slots=16)
    await gateway.hset(keys.REGISTRY, "gateway:\xff", told)
    assert [entry.name for entry in await read_registry(gateway)] == ["alive"]
    assert await gateway.hkeys(keys.REGISTRY) == [b"asr:alive"]


async def test_facts_of_another_version_count_as_little_as_they_may(gateway: Store) -> None:
    """A worker has one slot, a gateway no sessions, whatever stands there instead of a number."""
    await register(gateway, "asr:a", slots="many")
    await register(gateway, "gateway:b")
    entries = await read_registry(gateway)
    assert slots_of(entries) == (1, 1)
    assert sessions_of(entries) == {"b": 0}


async def test_the_registry_is_one_key_however_many_others_there_are(gateway: Store) -> None:
    """A look costs two round trips and reads one key, though a thousand learners have theirs."""
    async with gateway.pipeline() as pipe:
        for n in range(1000):
            pipe.set(keys.audio(f"s{n}", "u1"), b"x")
        await pipe.execute()
    for n in range(20):
        await register(gateway, f"asr:w{n}", slots=1)
    await gateway.config_resetstat()
    entries = await read_registry(gateway, ("gateway", "g", {"sessions": 7}))
    stats = await gateway.info("commandstats")
    asked = {name.removeprefix("cmdstat_"): one["calls"] for name, one in stats.items()}
    asked = {
        name: calls for name, calls in asked.items() if name not in ("info", "config|resetstat")
    }
    assert asked == {"time": 1, "hset": 1, "expire": 1, "hgetall": 1}
    assert slots_of(entries) == (20, 20)
    assert sessions_of(entries) == {"g": 7}


async def test_a_worker_is_there_until_it_withdraws(store: Settings, gateway: Store) -> None:
    """Its entry and its key come at once, are renewed, and go at once."""
    announcement = Announcement(open_blocking_store(store.redis_url), "asr", {"slots": "2"})
    deadline = time.monotonic() + 20
    while not await gateway.exists(own_key("asr")) and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert slots_of(await read_registry(gateway)) == (1, 2)
    assert 0 < await gateway.ttl(own_key("asr")) <= keys.WORKER_TTL_S
    announcement.withdraw()
    assert await read_registry(gateway) == []
    assert not await gateway.exists(own_key("asr"))


CPU, GPU = WorkerEntry("asr", "", takes_files=False), WorkerEntry("asr", "", takes_files=True)

BATCH, FEEDBACK, FILES = (WorkerEntry(kind, "") for kind in ("batch", "feedback", "files"))


def test_a_server_that_speaks_needs_a_speech_worker() -> None:
    """Without one it is missed, where speech is not switched off."""
    told = by_kind([CPU, FILES, BATCH], feedback=False, speech=True)
    assert told == {"asr": 1, "batch": 1, "files": 1, "speech": 0}


@pytest.mark.parametrize(
    ("workers", "feedback", "told"),
    [
        ([], True, {"asr": 0, "feedback": 0, "files": 0}),
        ([CPU], True, {"asr": 1, "batch": 0, "feedback": 0, "files": 0}),
        ([CPU, CPU, BATCH], True, {"asr": 2, "batch": 1, "feedback": 0, "files": 0}),
        ([GPU, FEEDBACK, FILES], True, {"asr": 1, "feedback": 1, "files": 1}),
        ([GPU, CPU, BATCH], False, {"asr": 2, "batch": 1, "files": 0}),
        ([GPU], False, {"asr": 1, "files": 0}),
    ],
    ids=["nobody", "no batch", "cpu", "gpu", "both", "no feedback"],
)
def test_a_kind_that_is_not_needed_is_not_missed(
    workers: list[WorkerEntry], feedback: bool, told: dict[str, int]
) -> None:
    """A GPU's worker takes the pieces of files itself; feedback may be switched off."""
    assert by_kind(workers, feedback=feedback) == told

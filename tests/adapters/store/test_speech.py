from collections.abc import AsyncIterator

import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.client import BlockingStore, Store, open_blocking_store, open_store
from tutor.adapters.store.leases import Leases, is_held
from tutor.adapters.store.speech import (
    VOICES,
    Spoken,
    add_spoken,
    count_begun,
    forget_speech,
    keep_text,
    read_progress,
    read_spoken,
    read_text,
    read_voices,
)
from tutor.adapters.store.workers import registered
from tutor.adapters.wire.practice import to_json
from tutor.core.queue.jobs import SpeechJob
from tutor.core.voice.progress import Progress
from tutor.core.voice.request import SpeechRequest
from tutor.core.voice.voices import VoiceFacts

JOB = SpeechJob("speech-a", "s1", 1_000)
REQUEST = SpeechRequest("Hello. Ça va?", "joe", 1.5, 24_000)


@pytest.fixture
async def gateway(store: Settings) -> AsyncIterator[Store]:
    """A gateway's connection to an empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
def worker(store: Settings) -> BlockingStore:
    """A worker's connection to it."""
    return open_blocking_store(store.redis_url)


def clause(number: int, samples: int) -> Spoken:
    """The clause of a number, the speech so many samples long up to its end."""
    return Spoken(number, 3, b"\1\0" * number, samples)


async def test_a_worker_reads_what_a_gateway_keeps(gateway: Store, worker: BlockingStore) -> None:
    """Until the gateway forgets it, because nobody listens any more."""
    assert read_text(worker, JOB) is None
    await keep_text(gateway, "speech-a", "s1", REQUEST)
    assert read_text(worker, JOB) == REQUEST
    assert read_text(worker, JOB) is not None
    add_spoken(worker, JOB, clause(1, 10))
    await forget_speech(gateway, "speech-a", "s1")
    assert read_text(worker, JOB) is None
    assert await gateway.keys("tutor:*") == []


async def test_no_clause_is_there_twice(gateway: Store, worker: BlockingStore) -> None:
    """Of two workers that make the same clause the first one's is heard, in order."""
    assert read_progress(worker, JOB) == Progress()
    assert add_spoken(worker, JOB, clause(1, 10))
    assert not add_spoken(worker, JOB, clause(1, 99))
    assert add_spoken(worker, JOB, clause(2, 20))
    assert not add_spoken(worker, JOB, clause(1, 99))
    assert read_progress(worker, JOB) == Progress(2, 20)
    assert await read_spoken(gateway, "speech-a", "s1", 0) == [clause(1, 10), clause(2, 20)]


async def test_what_was_taken_is_dropped(gateway: Store, worker: BlockingStore) -> None:
    """But for the last, by which a worker knows how far the speech has come."""
    for number in (1, 2, 3):
        add_spoken(worker, JOB, clause(number, 10 * number))
    assert await read_spoken(gateway, "speech-a", "s1", 2) == [clause(3, 30)]
    assert await read_spoken(gateway, "speech-a", "s1", 3) == []
    assert await gateway.xlen(keys.speech("speech-a", "s1")) == 1
    assert read_progress(worker, JOB) == Progress(3, 30)
    assert clause(3, 30).is_last
    assert not clause(2, 20).is_last


async def test_nothing_of_a_speech_stays(gateway: Store, worker: BlockingStore) -> None:
    """Everything has its time to live, should its gateway die."""
    await keep_text(gateway, "speech-a", "s1", REQUEST)
    add_spoken(worker, JOB, clause(1, 10))
    assert [count_begun(worker, JOB, 0) for _ in range(2)] == [1, 2]
    assert count_begun(worker, JOB, 1) == 1
    left = [await gateway.ttl(key) for key in await gateway.keys("tutor:*")]
    assert len(left) == 4
    assert all(0 < one <= keys.SPEECH_TTL_S for one in left)


async def test_one_worker_holds_a_speech(gateway: Store, worker: BlockingStore) -> None:
    """Another one leaves it alone, until the first is done."""
    first, second = Leases(worker), Leases(worker)
    with first.hold(JOB) as held:
        assert held
        assert await is_held(gateway, "speech-a", "s1")
        with second.hold(JOB) as other:
            assert not other
        assert await is_held(gateway, "speech-a", "s1")
    assert not await is_held(gateway, "speech-a", "s1")
    with second.hold(JOB) as held:
        assert held


async def test_a_lease_outlives_its_worker_for_a_moment_only(
    gateway: Store, worker: BlockingStore
) -> None:
    """It is renewed while the worker lives; who died does not hold up a speech."""
    with Leases(worker).hold(JOB):
        assert 0 < await gateway.pttl(keys.taker("speech-a", "s1", 0)) <= 2_500


async def test_the_voices_of_all_workers_are_there_once(gateway: Store) -> None:
    """Each worker tells its own; one that shows none, or is older, tells nothing."""
    now, _ = await gateway.time()
    joe, amy = (VoiceFacts(name, "en", "piper", "CC0", "x") for name in ("joe", "amy"))
    for worker, voices in (("a", [joe]), ("b", [joe, amy])):
        told = registered(now, {VOICES: to_json(voices).decode()})
        await gateway.hset(keys.REGISTRY, f"speech:{worker}", told)
    await gateway.hset(keys.REGISTRY, "speech:c", registered(now, {"metrics": ""}))
    assert await read_voices(gateway) == [joe, amy]

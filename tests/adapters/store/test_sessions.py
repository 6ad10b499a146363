from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.support.scripted import START, Play, speech
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.audio import is_cancelled
from tutor.adapters.store.client import Store, open_blocking_store, open_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.sessions import FencedError, LostError, Record, Records, Step, read_events
from tutor.core.live.effects import AppendAudio, Cancel, DropAudio
from tutor.core.live.resumption import snapshot
from tutor.core.protocol.limits import EVENTS_TTL_S
from tutor.core.queue.jobs import RecognitionJob

RECORD = Record(1, 2, "-", "ada", snapshot(Play(START, speech(640)).session, 200.0))
EVENTS = [(1, "one"), (2, "two")]


@pytest.fixture
async def gateway(store: Settings) -> AsyncIterator[Store]:
    """A gateway's connection to an empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    yield client
    await client.aclose()


@pytest.fixture
def records(gateway: Store) -> Records:
    """The sessions of that store."""
    return Records(gateway)


async def test_a_step_keeps_events_audio_and_record(gateway: Store, records: Records) -> None:
    """All of a step is there afterwards, and lives for two minutes."""
    effects = [AppendAudio("u1", b"ab"), AppendAudio("u2", b"xy"), AppendAudio("u1", b"cd")]
    await records.keep("s1", 1, RECORD, EVENTS, effects)
    assert await records.read("s1") == RECORD
    assert await read_events(gateway, "s1", 0) == ["one", "two"]
    assert await read_events(gateway, "s1", 1) == ["two"]
    assert await gateway.get(keys.audio("s1", "u1")) == b"abcd"
    await records.keep("s1", 1, None, [], [DropAudio("u1")])
    assert await gateway.get(keys.audio("s1", "u1")) is None
    assert await records.read("s1") == RECORD
    names = [keys.session("s1"), keys.events("s1"), keys.audio("s1", "u2")]
    for name in names:
        assert 0 < await gateway.ttl(name) <= EVENTS_TTL_S


async def test_an_event_number_can_be_used_once_only(records: Records) -> None:
    """Redis refuses a number that was used: no event is ever overwritten or told twice."""
    await records.keep("s1", 1, RECORD, EVENTS, [])
    with pytest.raises(StoreError):
        await records.keep("s1", 1, RECORD, [(2, "another two")], [])


async def test_who_was_taken_over_changes_nothing_more(gateway: Store, records: Records) -> None:
    """After a claim the steps of the old gateway are refused whole: events, audio and record."""
    await records.keep("s1", 1, RECORD, EVENTS, [AppendAudio("u1", b"ab")])
    taken = await records.claim("s1", 1)
    assert taken == replace(RECORD, epoch=2)
    late = replace(RECORD, seq=3)
    with pytest.raises(FencedError):
        await records.keep("s1", 1, late, [(3, "three")], [AppendAudio("u1", b"cd")])
    await records.forget("s1", 1)
    assert await records.read("s1") == taken
    assert await read_events(gateway, "s1", 0) == ["one", "two"]
    assert await gateway.get(keys.audio("s1", "u1")) == b"ab"
    await records.keep("s1", 2, None, [(3, "three")], [])
    assert await read_events(gateway, "s1", 2) == ["three"]


async def test_one_of_two_gateways_gets_a_session(records: Records) -> None:
    """Two claim the same session at once: the second gets nothing."""
    await records.keep("s1", 1, RECORD, EVENTS, [])
    assert await records.claim("s1", 1) is not None
    assert await records.claim("s1", 1) is None
    assert await records.claim("s2", 1) is None


async def test_what_another_version_wrote_is_as_if_it_were_not_there(
    gateway: Store, records: Records
) -> None:
    """A record that cannot be read is none: its client begins anew."""
    await gateway.hset(
        keys.session("s1"),
        mapping={"epoch": "1", "seq": "2", "after": "-", "owner": "", "snapshot": '{"x":1}'},
    )
    assert await records.read("s1") is None


async def test_a_forgotten_session_is_gone(records: Records) -> None:
    """Nobody can have it any more."""
    await records.keep("s1", 1, RECORD, EVENTS, [])
    await records.forget("s1", 1)
    assert await records.read("s1") is None
    assert await records.claim("s1", 1) is None


async def test_audio_is_cut_where_the_client_begins_again(gateway: Store, records: Records) -> None:
    """What comes again must not stand there twice; what is not there cannot be gone on with."""
    await records.keep("s1", 1, None, [], [AppendAudio("u1", b"abcdef")])
    assert await records.cut_audio("s1", "u1", 4) == b"abcd"
    assert await gateway.get(keys.audio("s1", "u1")) == b"abcd"
    assert await records.cut_audio("s1", "u1", 0) == b""
    assert await records.cut_audio("s1", "u1", 4) is None


async def test_only_the_cancelled_job_is_cancelled(
    gateway: Store, records: Records, store: Settings
) -> None:
    """A worker passes over the job that was cancelled, and no other of the utterance."""
    worker = open_blocking_store(store.redis_url)
    job = RecognitionJob("s1", "u1", "final", 2, 1, 4, "en")
    await records.keep("s1", 1, None, [], [Cancel("u1", 2)])
    assert is_cancelled(worker, job)
    assert not is_cancelled(worker, replace(job, revision=3))
    assert 0 < await gateway.ttl(keys.cancelled("s1", "u1", 2)) <= keys.AUDIO_TTL_S


FIRST, SECOND = Step("1.1"), Step("1.2", after="1.1")


async def test_a_step_that_is_kept_twice_counts_once(gateway: Store, records: Records) -> None:
    """Its answer was lost: audio is not appended again, events are not doubled."""
    effects = [AppendAudio("u1", b"ab")]
    for _ in range(2):
        await records.keep("s1", 1, RECORD, EVENTS, effects, FIRST)
    await records.keep("s1", 1, None, [], effects, SECOND)
    assert await gateway.get(keys.audio("s1", "u1")) == b"abab"
    assert await read_events(gateway, "s1", 0) == ["one", "two"]


@pytest.mark.parametrize("left", ["nothing", "an older step", "an older gateway's"])
async def test_a_store_that_lost_a_step_says_so_and_takes_the_session_anew(
    gateway: Store, records: Records, left: str
) -> None:
    """It died, or came back as it was a second ago: nothing is kept behind a hole."""
    await records.keep("s1", 1, RECORD, EVENTS, [], FIRST)
    epoch, step = 1, Step("1.3", after="1.2")
    if left == "nothing":
        await gateway.flushdb()
    if left == "an older gateway's":
        epoch, step = 2, Step("2.2", after="2.1")
    later = replace(RECORD, epoch=epoch, seq=3)
    with pytest.raises(LostError):
        await records.keep("s1", epoch, later, [(3, "three")], [AppendAudio("u1", b"a")], step)
    assert await gateway.get(keys.audio("s1", "u1")) is None
    anew = replace(step, after="", is_anew=True)
    await records.keep("s1", epoch, later, [(3, "three")], [], anew)
    assert await records.read("s1") == later
    assert await read_events(gateway, "s1", 0) == ["three"]


async def test_the_first_step_after_a_claim_needs_the_session(records: Records) -> None:
    """With it any step of the gateway before will do; without it, it was lost."""
    step = Step("2.1", after="any")
    with pytest.raises(LostError):
        await records.keep("s1", 2, RECORD, [], [], step)
    await records.keep("s1", 1, RECORD, EVENTS, [], FIRST)
    await records.claim("s1", 1)
    await records.keep("s1", 2, replace(RECORD, epoch=2), [], [], step)
    found = await records.read("s1")
    assert found is not None
    assert found.epoch == 2

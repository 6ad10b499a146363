import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.speech.watchdog import Watchdog
from tutor.adapters.store.client import Store, open_blocking_store, open_store
from tutor.adapters.store.results import Inbox
from tutor.adapters.store.speech import (
    Spoken,
    add_spoken,
    forget_speech,
    keep_text,
    read_spoken,
)
from tutor.adapters.voice.voice import Said, VoiceError
from tutor.core.queue.jobs import Result, SpeechJob, SpeechResult
from tutor.core.voice.progress import MOST_TRIES
from tutor.core.voice.request import SpeechRequest
from tutor.core.voice.voices import VoiceFacts
from tutor.shells.workers.speech import SpeechWorker
from tutor.shells.workers.worked_job import WorkerWatch

RATE = 24_000
TEXT = "One. Two. It costs $3."
SECOND = np.ones(RATE // 2, np.int16)


class Reader:
    """A voice that says each clause in a second, and notes what it was told to say."""

    facts = VoiceFacts("reader", "en-US", "piper", "CC0", "a test")
    sample_rate = RATE // 2

    def __init__(self, before: Callable[[str], None] = lambda _: None) -> None:
        self.told: list[tuple[str, float]] = []
        self._before = before

    def say(self, clause: str, speed: float) -> Said:
        """A second of it."""
        self._before(clause)
        self.told.append((clause, speed))
        return Said(SECOND)


@pytest.fixture
async def gateway(store: Settings) -> AsyncIterator[Store]:
    """A gateway's connection to an empty store, in which a text waits."""
    client = open_store(store.redis_url)
    await client.flushdb()
    await keep_text(client, "speech-a", "s1", SpeechRequest(TEXT, "reader", 1.0, RATE))
    yield client
    await client.aclose()


def work(store: Settings, voice: Reader, until_s: float = 100) -> SpeechResult:
    """What a worker makes of a job."""
    blocking = open_blocking_store(store.redis_url)
    worker = SpeechWorker({"reader": voice}, blocking, WorkerWatch(), Watchdog(60))
    job = SpeechJob("speech-a", "s1", round(until_s * RATE))
    with worker.watch.task(job, {}) as task:
        return worker.speak(job, task)


async def clauses(gateway: Store) -> list[Spoken]:
    """What is there to be heard."""
    return await read_spoken(gateway, "speech-a", "s1", 0)


async def test_a_text_is_spoken_clause_by_clause(store: Settings, gateway: Store) -> None:
    """Each in its spoken form, at the rate that is wanted, with its pause behind it."""
    voice = Reader()
    result = await asyncio.to_thread(work, store, voice)
    assert voice.told == [("One.", 1.0), ("Two.", 1.0), ("It costs three dollars.", 1.0)]
    assert (result.outcome, result.audio_s) == ("ok", 3)
    found = await clauses(gateway)
    assert [(one.number, one.of, one.samples / RATE) for one in found] == [
        (1, 3, 1.25),
        (2, 3, 2.5),
        (3, 3, 3.5),
    ]
    assert [len(one.pcm) for one in found] == [60_000, 60_000, 48_000]
    posted: list[Result] = await Inbox(gateway, "speech-a").read()
    assert [type(one) for one in posted] == [SpeechResult]


async def test_a_worker_goes_on_where_another_one_died(store: Settings, gateway: Store) -> None:
    """What stands in the store is not made again; no more is made than is wanted for now."""
    blocking = open_blocking_store(store.redis_url)
    add_spoken(blocking, SpeechJob("speech-a", "s1", 1), Spoken(1, 3, b"\0\0", RATE))
    voice = Reader()
    await asyncio.to_thread(work, store, voice, 1.5)
    assert [clause for clause, _ in voice.told] == ["Two."]
    await asyncio.to_thread(work, store, voice)
    assert [one.number for one in await clauses(gateway)] == [1, 2, 3]


async def test_a_speech_that_nobody_hears_ends(store: Settings, gateway: Store) -> None:
    """Its listener goes while the second clause is made: the third never is."""
    loop = asyncio.get_running_loop()

    def leave(clause: str) -> None:
        if clause == "Two.":
            going = forget_speech(gateway, "speech-a", "s1")
            asyncio.run_coroutine_threadsafe(going, loop).result()

    voice = Reader(leave)
    result = await asyncio.to_thread(work, store, voice)
    assert result.outcome == "cancelled"
    assert [clause for clause, _ in voice.told] == ["One.", "Two."]
    assert (await asyncio.to_thread(work, store, voice)).outcome == "cancelled"


async def test_a_voice_that_fails_is_told(store: Settings, gateway: Store) -> None:
    """At once, with what was made before; so is a voice that this worker has not."""

    def refuse(clause: str) -> None:
        if clause == "Two.":
            raise VoiceError("its server refuses (HTTP 500)")

    result = await asyncio.to_thread(work, store, Reader(refuse))
    assert (result.outcome, result.detail) == ("failed", "its server refuses (HTTP 500)")
    assert [one.number for one in await clauses(gateway)] == [1]
    await keep_text(gateway, "speech-a", "s1", SpeechRequest(TEXT, "bob", 1.0, RATE))
    result = await asyncio.to_thread(work, store, Reader())
    assert (result.outcome, result.detail) == ("failed", "this worker has no voice bob")


async def test_a_clause_that_ends_each_worker_is_given_up(store: Settings, gateway: Store) -> None:
    """It is begun a few times, each time by a worker that dies of it, and no more."""

    class DiedError(BaseException):
        pass

    def die(_: str) -> None:
        raise DiedError

    for _ in range(MOST_TRIES):
        with pytest.raises(DiedError):
            await asyncio.to_thread(work, store, Reader(die))
    result = await asyncio.to_thread(work, store, Reader())
    assert result.outcome == "failed"
    assert result.detail == "a clause of it ended its worker each time"
    assert await clauses(gateway) == []

"""The tutor's speech from a reply to the socket: session and worker, a real store between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.speech.watchdog import Watchdog
from tutor.adapters.store.client import Store, open_blocking_store, open_store
from tutor.adapters.store.results import Inbox
from tutor.adapters.store.sessions import Records
from tutor.adapters.voice.voice import Said
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Dispatch, Effect, Emit
from tutor.core.live.resumption import restored, snapshot
from tutor.core.live.session import Session
from tutor.core.protocol.frames import SpeechFrame, decode_frame
from tutor.core.protocol.messages import (
    ServerEvent,
    SessionStart,
    Speech,
    SpeechPlayed,
    SpeechPosition,
    SpeechStop,
    TutorReplyDelta,
    TutorReplyDone,
    TutorSpeechCancelled,
    TutorSpeechEnded,
    TutorSpeechMarks,
    TutorSpeechStarted,
)
from tutor.core.queue.jobs import SpeechJob
from tutor.core.voice.voices import VoiceFacts
from tutor.shells.http.services import Services
from tutor.shells.live.dialect import PracticeDialect
from tutor.shells.live.mouth import Mouth
from tutor.shells.live.outgoing import Outgoing, Sound
from tutor.shells.workers.speech import SpeechWorker
from tutor.shells.workers.worked_job import WorkerWatch

RATE = 16_000
JOE = VoiceFacts("joe", "en-US", "piper", "CC0", "a test")
TEXT = "Good morning to you. It costs $5 today. We begin with the first sentence now."


class Ramp:
    """A voice whose samples count on, clause after clause; a word lasts a quarter of a second."""

    facts = JOE
    sample_rate = RATE

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, clause: str, speed: float) -> Said:  # noqa: ARG002
        """The next samples."""
        self.said.append(clause)
        words = len(clause.split())
        begin = sum(len(one.split()) for one in self.said[:-1]) * RATE // 4
        audio = np.arange(begin, begin + words * RATE // 4).astype(np.int16)
        return Said(audio, tuple(n * RATE // 4 for n in range(words)))


class Line:
    """The socket's queue: what a step puts there."""

    def __init__(self) -> None:
        self.frames: list[SpeechFrame] = []

    def put(self, items: list[Sound]) -> None:
        """Put audio behind what waits."""
        self.frames += [decode_frame(item.data) for item in items if isinstance(item.data, bytes)]

    def hush(self, reply: int) -> None:
        """Take back what waits of a reply."""
        self.frames = [frame for frame in self.frames if frame.reply != reply]


class Talk:
    """A session that speaks, carried as its shell does it."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.session = Session("s1", "secret", SessionConfig(), 100.0)
        self.line, self.now, self.voice = Line(), 100.0, Ramp()
        self.events: list[ServerEvent] = []
        self._inbox = Inbox(store, "s1")
        self._records = Records(store)
        self._services = cast("Services", SimpleNamespace(store=store))
        self.mouth = Mouth(self._services, PracticeDialect())
        blocking = open_blocking_store(settings.redis_url)
        self.worker = SpeechWorker({"joe": self.voice}, blocking, WorkerWatch(), Watchdog(60))
        self.session.aloud.receive_voices([JOE])

    async def step(self) -> None:
        """Carry out what the session wants, until it wants nothing more."""
        while effects := self.session.collect():
            self.events += [effect.event for effect in effects if isinstance(effect, Emit)]
            await self._records.keep("s1", 1, None, [], effects)
            await self.mouth.carry(effects, self.session, cast("Outgoing", self.line), self.now)
            await self._work(effects)
            self.session.receive_tick(self.now)

    async def _work(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Dispatch) and isinstance(effect.job, SpeechJob):
                await asyncio.to_thread(self._speak, effect.job)
        for result in await self._inbox.read():
            self.session.receive_result(result, self.now)
        await self.mouth.look(self.session, self.now)

    def _speak(self, job: SpeechJob) -> None:
        with self.worker.watch.task(job, {}) as task:
            self.worker.speak(job, task)

    async def tell(self, message: Any) -> None:
        """A message of the client's."""
        self.session.receive_message(message, self.now)
        await self.step()

    async def reply(self, *parts: str) -> None:
        """The tutor writes."""
        self.session.effects += [Emit(TutorReplyDelta("u1", part)) for part in parts]
        self.session.effects.append(Emit(TutorReplyDone("u1", "".join(parts), "coach")))
        self.session.receive_tick(self.now)
        await self.step()

    def move(self) -> None:
        """Another gateway goes on."""
        kept = snapshot(self.session, self.now)
        self.session = restored(kept, "secret", SessionConfig(), self.now)
        self.mouth = Mouth(self._services, PracticeDialect())

    def told(self, *kinds: type) -> list[Any]:
        """The events of these kinds."""
        return [event for event in self.events if isinstance(event, kinds)]


@pytest.fixture
async def talk(store: Settings) -> AsyncIterator[Talk]:
    """A session whose client has asked for speech, in an empty store."""
    client = open_store(store.redis_url)
    await client.flushdb()
    talk = Talk(client, store)
    await talk.tell(SessionStart("en", speech=Speech(sample_rate=RATE)))
    yield talk
    await client.aclose()


async def test_a_reply_is_heard_whole_with_its_words(talk: Talk) -> None:
    """The audio comes in order and without a gap, the marks say "$5" where it is said."""
    await talk.reply(TEXT)
    for ms in range(0, 8_000, 250):
        await talk.tell(SpeechPlayed(1, ms))
    (started,), (ended,) = talk.told(TutorSpeechStarted), talk.told(TutorSpeechEnded)
    assert started == TutorSpeechStarted("u1", 1, TEXT, RATE)
    at = 0
    for frame in talk.line.frames:
        assert frame.position == at
        at = frame.end
    assert [frame.is_last for frame in talk.line.frames] == [False] * (
        len(talk.line.frames) - 1
    ) + [True]
    assert ended.duration_ms == at * 1000 // RATE
    words = [word for marks in talk.told(TutorSpeechMarks) for word in marks.words]
    assert [word.text for word in words] == TEXT.split()
    assert {word.text: word.start_ms for word in words}["today."] == 1_250 + 1_000
    assert talk.voice.said[1] == "It costs five dollars today."


async def test_who_comes_back_at_another_gateway_hears_on_where_the_line_broke(talk: Talk) -> None:
    """Its audio is in the store: no sample is lost, none is made twice."""
    await talk.reply(TEXT)
    await talk.tell(SpeechPlayed(1, 1_000))
    has = talk.line.frames[3].end
    talk.line.frames = talk.line.frames[:4]
    talk.move()
    talk.session.receive_resume(talk.now, SpeechPosition(1, has * 1000 // RATE))
    talk.session.receive_tick(talk.now)
    await talk.step()
    for ms in range(0, 8_000, 250):
        await talk.tell(SpeechPlayed(1, ms))
    pcm = b"".join(frame.pcm for frame in talk.line.frames)
    heard = np.frombuffer(pcm, "<i2")
    spoken = heard[heard != 0]
    assert list(np.unique(np.diff(spoken))) == [1]
    assert len(talk.told(TutorSpeechEnded)) == 1
    assert len(talk.voice.said) == 3


async def test_what_is_stopped_leaves_the_line_and_the_store_empty(talk: Talk) -> None:
    """Audio that waits for the socket is taken back; the event tells what was heard."""
    await talk.reply(TEXT)
    await talk.tell(SpeechPlayed(1, 600))
    await talk.tell(SpeechStop())
    (cancelled,) = talk.told(TutorSpeechCancelled)
    assert cancelled == TutorSpeechCancelled("u1", 1, 600, "Good morning to", "stopped")
    assert talk.line.frames == []
    assert talk.session.aloud.wanted_after is None


async def test_no_audio_is_held_of_a_reply_that_was_heard(talk: Talk) -> None:
    """Its first clause was sent to its end before the next one was written."""
    talk.session.effects.append(Emit(TutorReplyDelta("u1", TEXT[:30])))
    talk.session.receive_tick(talk.now)
    await talk.step()
    assert talk.line.frames
    await talk.reply(TEXT[30:])
    for ms in range(0, 8_000, 250):
        await talk.tell(SpeechPlayed(1, ms))
    assert talk.told(TutorSpeechEnded)
    assert talk.mouth.held_bytes == 0

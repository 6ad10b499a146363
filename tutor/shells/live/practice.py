"""`/v1/practice`: one learner's socket. It moves bytes; the session decides."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from starlette.websockets import WebSocket

from tutor.adapters.secrets.secrets import new_secret
from tutor.adapters.speech.resampler import Resampler
from tutor.adapters.speech.vad import VadStream
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.results import Inbox
from tutor.adapters.store.sessions import FencedError
from tutor.adapters.wire.practice import encode_event
from tutor.core.audio.samples import RATE, Samples, from_pcm16
from tutor.core.live.commands import Command
from tutor.core.live.effects import Close, Effect, Emit, Resample
from tutor.core.live.lifecycle import State
from tutor.core.live.session import Session
from tutor.core.protocol.errors import ERRORS, NORMAL_CLOSURE, ProtocolError, error_event
from tutor.core.protocol.messages import Resume, SessionAuthenticate, SessionStart, SessionUpdate
from tutor.core.queue.jobs import Result
from tutor.shells.http.ending import end_tasks
from tutor.shells.http.services import Services
from tutor.shells.live.absence import Absence, first_of
from tutor.shells.live.dialect import Dialect, PracticeDialect, commands_of
from tutor.shells.live.ear import Ear
from tutor.shells.live.handshake import Admission
from tutor.shells.live.journal import Frame, Journal
from tutor.shells.live.learner import Learner
from tutor.shells.live.mouth import Mouth
from tutor.shells.live.outgoing import Outgoing, SlowConsumerError
from tutor.shells.live.takeover import Taken, take_over
from tutor.shells.live.watch import SessionWatch
from tutor.shells.logs import about

log = logging.getLogger(__name__)

TICK_S = 0.5
"""Seconds between looks while a result or more audio is awaited, even when nothing woke us."""

IDLE_TICK_S = 5.0
"""Seconds between looks while nothing is awaited: the grain of idle time and of the length."""

REPLACED = 4409
"""Close code of a connection whose session was resumed on another one."""

REPLAYED = RATE
"""Samples of the stored audio that are heard again at once: one second."""


async def practise(
    socket: WebSocket, services: Services, admission: Admission, dialect: Dialect | None = None
) -> None:
    """Serve one accepted socket until it closes."""
    practice = Practice(socket, services, admission, dialect or PracticeDialect())
    services.practices.add(practice)
    socket.scope["headers"].clear()  # nobody asks for them again, and they hold credentials
    try:
        with about(session=practice.session.id) as practice.rename:
            await practice.run()
    finally:
        await practice.learner.close()
        services.practices.discard(practice)
        practice.watch.close()


class Practice:
    """A session, the socket it speaks on, and the tasks that move bytes between them.

    A connection that breaks does not end the session at once: its client may come back with
    `resume`, here or at another gateway, which takes the session over from the store.
    """

    def __init__(
        self, socket: WebSocket, services: Services, admission: Admission, dialect: Dialect
    ) -> None:
        self._dialect = dialect
        self._services = services
        self._now, patience_s = asyncio.get_running_loop().time, services.settings.store_patience_s
        config = replace(dialect.configure(services.session_config), resumable=dialect.resumable)
        self.session = Session(new_secret()[:16], new_secret(), config, self._now())
        self.learner = Learner(admission, socket.headers.get("origin", ""), self.session, services)
        self._ear, self._mouth = Ear(socket, self._now), Mouth(services, dialect)
        self._lock = asyncio.Lock()  # one step of the session at a time, its effects in order
        self._journal = Journal(services.records, dialect, self._now(), patience_s)
        self._inbox = Inbox(services.store, self.session.id)
        self._vad: VadStream | None = None  # an idle socket needs none
        self.seat, self._absence = admission.seat, Absence()
        self._stalled_s = services.stalls.total_s()  # what the session was told of
        self._resampler = Resampler(self.session.received.audio.sample_rate)
        self.watch = SessionWatch(services.metrics, services.tracing, self.session.id)
        self._outgoing = Outgoing(
            socket,
            room=services.settings.send_queue,
            timeout_s=services.settings.send_timeout_s,
            sent=self.watch.saw_sent,
        )
        self.rename: Callable[[str], None] = lambda _: None  # whom log lines are about

    @property
    def id(self) -> str:
        """The session's name; it changes when the connection takes another session over."""
        return self.session.id

    @property
    def unsent(self) -> int:
        """How many events wait for the socket to take them."""
        return len(self._outgoing)

    def give_way(self) -> None:
        """Wait no longer for the client to come back."""
        self._absence.end()

    def recheck(self) -> None:
        """Check at once whether the learner's login is still valid."""
        self.learner.recheck()

    async def run(self) -> None:
        """Run until the socket closes, and what no other gateway goes on with is dropped."""
        try:
            async with self._services.bus.inbox(self.session.id) as self._inbox:
                await self._run()
        except FencedError:
            self.learner.is_left_to_others = True
            await self._outgoing.close(REPLACED, "resumed elsewhere")
        except StoreError as error:
            log.warning("session %s: %s", self.session.id, error)
            self._services.metrics.errors.labels("unavailable").inc()
            await self._outgoing.close(ERRORS["unavailable"][0] or NORMAL_CLOSURE, "unavailable")
        except SlowConsumerError:
            self._services.metrics.drops.labels("slow_consumer").inc()
            await self._hang_up("slow_consumer")
        except Exception:
            log.exception("session %s failed", self.session.id)
            await self._hang_up("internal")
        finally:
            if not any(other.id == self.id for other in self._services.practices - {self}):
                self._services.dispatcher.forget(self.session.id)

    async def _run(self) -> None:
        self.learner.start(self._inbox.woken.set)
        await self._open()
        listening = asyncio.create_task(self._listen())
        reading = asyncio.create_task(self._read())
        writing = asyncio.create_task(self._outgoing.run())
        try:
            await first_of([reading, writing, listening])
            self._outgoing.is_attached = False
            if reading.done() and self.session.lifecycle.outlives(reading.result()):
                self._services.detach(self.seat)
                await self._absence.wait(listening, self._services.settings.resume_s)
                if not listening.done():
                    self._services.metrics.drops.labels("unresumed").inc()
        finally:
            self._outgoing.is_attached = False
            await end_tasks([reading, writing, listening])
        self.learner.is_left_to_others = self.session.lifecycle.is_left_to_others
        if not self.session.lifecycle.is_over:
            await self._drop()

    async def _open(self) -> None:
        for message in self._dialect.opening():
            await self._receive_message(message)
        await self._carry_out()

    async def _drop(self) -> None:
        """Drop the session, which its client has left for good."""
        self.session.receive_hangup()
        await self._carry_out()
        await self._journal.forget(self.session.id)

    # ------------------------------------------------------------ the three tasks

    async def _read(self) -> int:
        """Take what comes until the socket closes; return its close code."""
        while True:
            message = await self._ear.receive()
            self.watch.saw_frame()
            if message["type"] == "websocket.disconnect":
                return int(message.get("code") or 1005)
            async with self._lock:
                was_waiting = self.session.waiting
                await self._receive(message)
                await self._settle()
                if self.session.waiting and not was_waiting:
                    self._inbox.woken.set()  # from the idle tick to the quick one
            if (hold_s := self.watch.hold(self.session.received.hold_s(self._now()))) > 0:
                await asyncio.sleep(hold_s)  # the client's own sending stops, too

    async def _listen(self) -> None:
        while True:
            woken = await self._inbox.wait(TICK_S if self.session.waiting else IDLE_TICK_S)
            async with self._lock:
                began = self._now()
                self._tell_stall()
                if woken or self.session.waiting:  # late results, too: others may have their slots
                    await self._receive_results(await self._inbox.look())
                    await self._mouth.look(self.session, self._now())
                gone = not self._outgoing.is_attached
                held = await self._services.dispatcher.cares_for(self.session.id, away=gone)
                away = gone or self._ear.is_deaf()
                self.session.receive_tick(self._now(), away=away, held=held)
                await self._settle()
                if self._journal.is_stale(began, woken=woken):
                    await self._keep([], [])
            if self.session.lifecycle.is_over and not self._outgoing.is_attached:
                return  # no client is there to send to

    async def _receive_results(self, results: list[Result]) -> None:
        await self._services.dispatcher.release(results)
        for result in results:
            self.watch.saw_result(result)
            self.session.receive_result(result, self._now())

    async def _receive(self, frame: Any) -> None:
        try:
            heard = self._dialect.decode(frame)
        except ProtocolError as error:
            self.session.receive_unreadable(error, self._now())
            return
        if isinstance(heard, bytes):
            await self._receive_audio(heard)
        elif heard is not None:
            for command in commands_of(heard):
                await self._receive_message(command)

    async def _receive_message(self, message: Command) -> None:
        if isinstance(message, SessionAuthenticate):
            await self.learner.receive_credential(message, self._now())
            return
        await self._hear(self._resampler.flush())  # what was said before it, to the last sample
        if self.session.state is State.NEW and isinstance(message, SessionStart):
            if message.resume is not None and await self._resume(message, message.resume):
                return
            await self.learner.begin(message)
        if isinstance(message, SessionStart | SessionUpdate):
            await self._mouth.prepare(message, self.session)
        self.session.receive_message(message, self._now())

    async def _resume(self, message: SessionStart, wanted: Resume) -> bool:
        """Continue with the session that a client wants back; False: the client cannot have it."""
        taken = await take_over(self._services, wanted, self.learner.owner, self._now())
        if taken is not None:
            await self._continue_with(taken, wanted)
            await self.learner.continue_with(taken, message)
        return taken is not None

    async def _continue_with(self, taken: Taken, wanted: Resume) -> None:
        """Continue with a session that another connection had: first send what the client has
        missed."""
        after = wanted.after
        self.session, record = taken.session, taken.record
        self._journal.take_over(record)
        self._services.dispatcher.forget(self.session.id)  # what the old connection waited for
        self.rename(self.session.id)
        log.info("session %s taken over", self.session.id)
        self.watch.hand_over()
        self.watch = SessionWatch(
            self._services.metrics,
            self._services.tracing,
            self.session.id,
            record.snapshot.transcription.position * 1000 / RATE,
        )
        self._outgoing.sent = self.watch.saw_sent
        self.watch.follow_moved(spoken.id for spoken in record.snapshot.transcription.utterances)
        await self._services.bus.move(self._inbox, self.session.id, record.results_after)
        missed = taken.missed(after)
        self._outgoing.make_room(len(missed) + 1)
        answer = encode_event(after, self.session.started(recovered=True))
        self._outgoing.put([Frame(after, answer), *(Frame(after, text) for text in missed)])
        audio = from_pcm16(taken.audio)
        for begin in range(0, len(audio), REPLAYED):
            await self._hear(audio[begin : begin + REPLAYED])
        self.session.receive_resume(self._now(), wanted.speech)
        if self.session.lifecycle.is_over:
            self._outgoing.put([Close(*self.session.lifecycle.closing)])

    async def _receive_audio(self, data: bytes) -> None:
        self._tell_stall()
        if self.session.admit_frame(len(data), self._now()):
            samples = from_pcm16(data)
            self.watch.saw_audio(len(samples) / self.session.received.audio.sample_rate)
            await self._hear(self._resampler.feed(samples))

    def _tell_stall(self) -> None:
        before, self._stalled_s = self._stalled_s, self._services.stalls.total_s()
        self.session.receive_stall(self._stalled_s - before)

    async def _hear(self, samples: Samples) -> None:
        if not len(samples):
            return
        windows = self.session.receive_samples(samples)
        self._vad = self._vad or self._services.vad.stream()
        probabilities = await self._services.vad.probabilities(self._vad, windows)
        self.watch.saw_probabilities(probabilities, self._services.settings.vad_onset)
        self.session.receive_probabilities(probabilities, self._now())

    async def _settle(self) -> None:
        if self._services.draining:
            self.session.receive_drain(
                self._now(), at_once=self._services.overdue, alone=self._services.ends_sessions
            )
        await self._carry_out()

    async def _carry_out(self) -> None:
        effects = self.session.collect()
        frames = self._journal.number(effects)
        if not self._journal.has_news(self.session, effects, frames):
            return
        self.watch.saw_effects(effects)
        await self._keep(effects, frames)
        self.learner.receive_effects(effects)  # what another gateway does instead is not noted
        for effect in effects:
            if isinstance(effect, Resample):
                self._resampler = Resampler(effect.sample_rate)
            result = await self._services.dispatcher.carry_out(self.session.id, effect, self.watch)
            if result is not None:
                self.watch.saw_result(result)
                self.session.receive_result(result, self._now())
        self._outgoing.put(frames)
        await self._mouth.carry(effects, self.session, self._outgoing, self._now())
        self._outgoing.put([effect for effect in effects if isinstance(effect, Close)])

    async def _keep(self, effects: Sequence[Effect], frames: Sequence[Frame]) -> None:
        await self._journal.keep(
            self.session,
            effects,
            frames,
            owner=self.learner.owner,
            results_after=self._inbox.after,
            now=self._now(),
        )

    async def _hang_up(self, code: str) -> None:
        """End the session here; say why, once, and close."""
        self._services.metrics.errors.labels(code).inc()
        with suppress(Exception):  # the reason is known already
            await self._drop()
        await self._outgoing.say(f.text for f in self._journal.number([Emit(error_event(code))]))
        await self._outgoing.close(ERRORS[code][0] or NORMAL_CLOSURE, code)

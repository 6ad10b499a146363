"""`/v1/practice`: one learner's socket. It moves bytes; the session decides."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from redis.exceptions import RedisError
from starlette.websockets import WebSocket, WebSocketDisconnect

from tutor.adapters.secrets.secrets import new_secret
from tutor.adapters.speech.resampler import Resampler
from tutor.adapters.speech.vad import VadStream
from tutor.adapters.store.queue import QueueError
from tutor.adapters.store.results import Inbox
from tutor.adapters.store.sessions import Record, TakenError
from tutor.adapters.wire.practice import encode_event
from tutor.core.audio.samples import RATE, Samples, from_pcm16
from tutor.core.live.commands import Command
from tutor.core.live.effects import Cancel, Close, Confirm, Dispatch, Effect, Emit
from tutor.core.live.jobs import Result
from tutor.core.live.session import Session
from tutor.core.protocol.errors import ERRORS, NORMAL_CLOSURE, ProtocolError, error_event
from tutor.core.protocol.messages import Resume, SessionAuthenticate, SessionStart
from tutor.shells.http.services import Services
from tutor.shells.http.tasks import end_tasks
from tutor.shells.live.dialect import Dialect, PracticeDialect
from tutor.shells.live.handshake import Admission
from tutor.shells.live.learner import Learner
from tutor.shells.live.send_queue import SendQueue
from tutor.shells.live.takeover import Taken, take_over
from tutor.shells.live.watch import SessionWatch
from tutor.shells.logs import about

log = logging.getLogger(__name__)

TICK_S = 0.5
"""While a result is awaited: the grain of deadlines, and how often results are looked for even
when nothing woke us."""

IDLE_TICK_S = 5.0
"""While nothing is awaited: the grain of the idle time and of the session's length."""

RENEW_S = 30.0
"""A session that brings nothing new is kept again after it: its keys must live as long. It is
looked at sooner when somebody wakes us: perhaps another gateway has it now."""

LAST_WORD_S = 1.0
"""How long a close may take on a socket that does not read."""


REPLACED = 4409
"""Close code of a connection whose session was resumed on another one."""

LEFT = frozenset({1000, 1001})
"""Close codes of a learner who has left (1001: a closed tab). With any other, or none (uvicorn says
1005 when a connection breaks), the session may be resumed."""

REPLAYED = RATE
"""Samples in one piece of audio that is heard again: one second."""


class SlowConsumerError(Exception):
    """The client does not take its events."""


async def practise(
    socket: WebSocket, services: Services, admission: Admission, dialect: Dialect | None = None
) -> None:
    """Serve one accepted socket until it closes."""
    practice = Practice(socket, services, admission, dialect or PracticeDialect())
    services.practices.add(practice)
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
        self._socket = socket
        self._dialect = dialect
        self._services = services
        self._now = asyncio.get_running_loop().time
        config = dialect.configure(services.session_config)
        self.session = Session(new_secret()[:16], new_secret(), config, self._now())
        origin = socket.headers.get("origin", "")
        self.learner = Learner(admission, origin, self.session, services)
        self._lock = asyncio.Lock()  # one step of the session at a time, its effects in order
        self._outbox = SendQueue[str | Close]()
        self._room = services.settings.send_queue  # events that may wait in it
        self._attached = True  # whether there is a socket to send on
        self._epoch = 1
        self._seq = 0
        self._messages_kept = 0
        self._kept_at = self._now()
        self._inbox = Inbox(services.redis, self.session.id)
        self._vad: VadStream | None = None  # an idle socket needs none
        self._resampler = Resampler(self.session.audio.sample_rate)
        self.watch = SessionWatch(services.metrics, services.tracing, self.session.id)
        self.rename: Callable[[str], None] = lambda _: None
        """Lets log lines tell of another session from now on."""

    @property
    def id(self) -> str:
        """The session's name; it changes when the connection takes another session over."""
        return self.session.id

    @property
    def unsent(self) -> int:
        """Events that wait for the socket to take them."""
        return len(self._outbox)

    def recheck(self) -> None:
        """Look at once whether the learner's login still stands."""
        self.learner.recheck()

    async def run(self) -> None:
        """Run until the socket closes, and what others do not go on with is dropped."""
        try:
            async with self._services.bus.inbox(self.session.id) as self._inbox:
                await self._run()
        except TakenError:
            self.learner.is_left_to_others = True
            await self._close(REPLACED, "resumed elsewhere")
        except (RedisError, OSError, QueueError) as error:
            # Nobody knows what the store has kept: an event now might take a number that is used.
            log.warning("session %s: %s", self.session.id, error)
            self._services.metrics.errors.labels("unavailable").inc()
            await self._close(ERRORS["unavailable"][0] or NORMAL_CLOSURE, "unavailable")
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
        writing = asyncio.create_task(self._write())
        try:
            await _first([reading, writing, listening])
            self._attached = False
            if reading.done() and reading.result() not in LEFT and self._may_come_back:
                await _first([listening], self._services.settings.resume_s)
                if not listening.done():
                    self._services.metrics.drops.labels("unresumed").inc()
        finally:
            self._attached = False
            await end_tasks([reading, writing, listening])
        self.learner.is_left_to_others = self.session.is_left_to_others
        if not self.session.is_left_to_others and self.session.state != "closed":
            await self._drop()

    @property
    def _may_come_back(self) -> bool:
        return self._dialect.resumable and self.session.state in ("open", "ending")

    async def _open(self) -> None:
        for message in self._dialect.opening():
            await self._receive_message(message)
        await self._carry_out()

    async def _drop(self) -> None:
        """Its client does not want the session any more."""
        self.session.receive_hangup()
        await self._carry_out()
        await self._services.records.forget(self.session.id, self._epoch)

    # ------------------------------------------------------------ the three tasks

    async def _read(self) -> int:
        """Take what comes until the socket closes; return its close code."""
        while True:
            message = await self._socket.receive()
            self.watch.receive_frame()
            if message["type"] == "websocket.disconnect":
                return int(message.get("code") or 1005)
            async with self._lock:
                was_waiting = self.session.waiting
                await self._receive(message)
                await self._settle()
                if self.session.waiting and not was_waiting:
                    self._inbox.woken.set()  # from the idle tick to the quick one

    async def _listen(self) -> None:
        while True:
            woken = await self._inbox.wait(TICK_S if self.session.waiting else IDLE_TICK_S)
            async with self._lock:
                began = self._now()
                if woken or self.session.waiting:  # late results, too: others may have their slots
                    await self._receive_results(await self._inbox.read())
                self.session.receive_tick(self._now())
                await self._settle()
                if self._seq and self._kept_at < (began if woken else began - RENEW_S):
                    await self._keep([], [])
            if self._is_over and not self._attached:
                return  # nobody is there to be told

    async def _write(self) -> None:
        while True:
            item = await self._outbox.get()
            try:
                async with asyncio.timeout(self._services.settings.send_timeout_s):
                    if isinstance(item, Close):
                        await self._socket.close(item.code, item.reason)
                        return
                    await self._socket.send_text(item)
                    self.watch.sent(item)
            except TimeoutError as error:
                raise SlowConsumerError from error
            except (WebSocketDisconnect, RuntimeError, OSError):
                await asyncio.Event().wait()  # the socket broke: the reader hears of it

    @property
    def _is_over(self) -> bool:
        return self.session.state == "closed" or self.session.is_left_to_others

    # ------------------------------------------------------------ in

    async def _receive_results(self, results: list[Result]) -> None:
        await self._services.dispatcher.release(results)
        for result in results:
            self.watch.receive_result(result)
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
            await self._receive_message(heard)

    async def _receive_message(self, message: Command) -> None:
        if isinstance(message, SessionAuthenticate):
            await self.learner.receive_credential(message, self._now())
            return
        await self._hear(self._resampler.flush())  # what was said before it, to the last sample
        if self.session.state == "new" and isinstance(message, SessionStart):
            if message.resume is not None and await self._resume(message, message.resume):
                return
            await self.learner.begin(message)
        rate = self.session.audio.sample_rate
        self.session.receive_message(message, self._now())
        if self.session.audio.sample_rate != rate:
            self._resampler = Resampler(self.session.audio.sample_rate)

    async def _resume(self, message: SessionStart, wanted: Resume) -> bool:
        """Go on with another connection's session; False: it cannot be had."""
        taken = await take_over(self._services, wanted, self.learner.owner, self._now())
        if taken is not None:
            await self._go_on(taken, wanted.after)
            await self.learner.go_on(taken, message)
        return taken is not None

    async def _go_on(self, taken: Taken, after: int) -> None:
        """Go on with a session that another connection had: first tell what it has missed."""
        self.session, record = taken.session, taken.record
        self._epoch, self._seq = record.epoch, record.seq
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
        self.watch.go_on(spoken.id for spoken in record.snapshot.transcription.utterances)
        self._resampler = Resampler(self.session.audio.sample_rate)
        await self._services.bus.move(self._inbox, self.session.id, record.results_after)
        missed = taken.events[after - record.seq :] if after < record.seq else []
        self._room += len(missed) + 1
        self._send([encode_event(after, self.session.recovered()), *missed])
        audio = from_pcm16(taken.audio)
        for begin in range(0, len(audio), REPLAYED):
            await self._hear(audio[begin : begin + REPLAYED])
        self.session.receive_resume(self._now())
        if self.session.state == "closed":
            self._send([self.session.closing])

    async def _receive_audio(self, data: bytes) -> None:
        if self.session.admit_frame(len(data), self._now()):
            samples = from_pcm16(data)
            self.watch.receive_audio(len(samples) / self.session.audio.sample_rate)
            await self._hear(self._resampler.feed(samples))

    async def _hear(self, samples: Samples) -> None:
        if not len(samples):
            return
        windows = self.session.receive_samples(samples)
        self._vad = self._vad or self._services.vad.stream()
        probabilities = await self._services.vad.probabilities(self._vad, windows)
        self.watch.receive_probabilities(probabilities, self._services.settings.vad_onset)
        self.session.receive_probabilities(probabilities, self._now())

    # ------------------------------------------------------------ out

    async def _settle(self) -> None:
        if self._services.draining:
            self._drain()
        await self._carry_out()

    def _drain(self) -> None:
        """This gateway is told to stop."""
        is_unused = self.session.state == "new"
        ends = self._services.ends_sessions or not self._dialect.resumable
        if is_unused or (ends and self.session.state == "open"):
            self.session.receive_error(ProtocolError("going_away"), self._now())
        elif not ends:
            self.session.receive_drain(at_once=self._services.overdue)

    async def _carry_out(self) -> None:
        effects = self.session.collect()
        numbered = self._number(effects)
        if not effects and not numbered and self.session.messages == self._messages_kept:
            return
        await self._keep(effects, numbered)
        self.learner.receive_effects(effects)  # what another gateway does instead is not noted
        for effect in effects:
            await self._forward(effect)
        self._send([text for _, text in numbered])
        self._send([effect for effect in effects if isinstance(effect, Close)])

    async def _forward(self, effect: Effect) -> None:
        """Let the dispatcher know what a session wants of the workers."""
        dispatcher = self._services.dispatcher
        match effect:
            case Dispatch(job, ahead):
                await dispatcher.dispatch(job, self.watch, ahead=ahead)
            case Confirm(utterance, revision):
                await dispatcher.confirm((self.session.id, utterance, revision))
            case Cancel(utterance, revision):
                result = dispatcher.cancel((self.session.id, utterance, revision))
                if result is not None:
                    self.watch.receive_result(result)
                    self.session.receive_result(result, self._now())

    def _number(self, effects: list[Effect]) -> list[tuple[int, str]]:
        texts: list[str] = []
        first = self._seq + 1
        for effect in effects:
            if isinstance(effect, Emit):
                told = self._dialect.encode(first + len(texts), effect.event)
                texts += told
                self.watch.emit(effect.event, told[-1] if told else "")
        texts += self._dialect.collect()
        self._seq += len(texts)
        return list(enumerate(texts, first))

    async def _keep(self, effects: list[Effect], events: list[tuple[int, str]]) -> None:
        """Keep audio, events and where we are before anyone hears of them: one round trip."""
        record = None
        is_asked = any(isinstance(effect, Dispatch) for effect in effects)
        if not self._dialect.resumable:
            events = []
        elif events or is_asked or self.session.messages != self._messages_kept:
            snapshot = self.session.snapshot(self._now())
            owner = self.learner.owner
            record = Record(self._epoch, self._seq, self._inbox.after, owner, snapshot)
        await self._services.records.keep(self.session.id, self._epoch, record, events, effects)
        self._messages_kept, self._kept_at = self.session.messages, self._now()

    def _send(self, items: Sequence[str | Close]) -> None:
        if not self._attached:
            return  # who comes back reads the events from the store
        for item in items:
            if len(self._outbox) >= self._room:
                raise SlowConsumerError
            self._outbox.put([item])

    async def _hang_up(self, code: str) -> None:
        """End the session here; say why, once, and close."""
        self._services.metrics.errors.labels(code).inc()
        with suppress(Exception):  # the reason is known already
            await self._drop()
        self._seq += 1
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            async with asyncio.timeout(LAST_WORD_S):
                for text in self._dialect.encode(self._seq, error_event(code)):
                    await self._socket.send_text(text)
        await self._close(ERRORS[code][0] or NORMAL_CLOSURE, code)

    async def _close(self, code: int, reason: str) -> None:
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            async with asyncio.timeout(LAST_WORD_S):
                await self._socket.close(code, reason)


async def _first(tasks: Iterable[asyncio.Task[Any]], within_s: float | None = None) -> None:
    """Wait for one of the tasks; raise what it raised."""
    done, _ = await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()

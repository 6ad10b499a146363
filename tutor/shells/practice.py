"""`/v1/practice`: one learner's socket. It moves bytes; the session decides."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from redis.exceptions import RedisError
from starlette.websockets import WebSocket, WebSocketDisconnect

from tutor.adapters import keys
from tutor.adapters.bus import Inbox, keep_events, read_events
from tutor.adapters.queue import QueueError
from tutor.adapters.resampler import Resampler
from tutor.adapters.store import append_audio, cancel_job, drop_audio
from tutor.adapters.vad import VadStream
from tutor.adapters.wire import encode_event
from tutor.core.audio import Samples, from_pcm16
from tutor.core.effects import (
    AppendAudio,
    Cancel,
    Close,
    Confirm,
    Dispatch,
    DropAudio,
    Effect,
    Emit,
)
from tutor.core.jobs import Result
from tutor.core.protocol import (
    ERRORS,
    NORMAL_CLOSURE,
    ProtocolError,
    Resume,
    SessionAuthenticate,
    SessionStart,
    error_event,
)
from tutor.core.session import Session
from tutor.core.turns import Command
from tutor.shells.dialect import Dialect, PracticeDialect
from tutor.shells.handshake import Admission
from tutor.shells.learner import Learner
from tutor.shells.logs import about
from tutor.shells.services import Services, new_secret
from tutor.shells.session_watch import SessionWatch

log = logging.getLogger(__name__)

TICK_S = 0.5
"""While a result is awaited: the grain of deadlines, and how often results are looked for even
when nothing woke us."""

IDLE_TICK_S = 5.0
"""While nothing is awaited: the grain of the idle time and of the session's length."""

LAST_WORD_S = 1.0
"""How long a close may take on a socket that does not read."""


REPLACED = 4409
"""Close code of a connection whose session was resumed on another one."""


class SlowConsumerError(Exception):
    """The client does not take its events."""


class TakenOverError(Exception):
    """The client wants another session back, and it is here."""

    def __init__(self, practice: Practice, after: int) -> None:
        super().__init__()
        self.practice = practice
        self.after = after


LEFT = frozenset({1000, 1001})
"""Close codes of a learner who has left (1001: a closed tab). With any other, or none (uvicorn says
1005 when a connection breaks), the session may be resumed."""


async def practise(
    socket: WebSocket, services: Services, admission: Admission, dialect: Dialect | None = None
) -> None:
    """Serve one accepted socket until it closes."""
    practice = Practice(socket, services, admission, dialect or PracticeDialect())
    services.practices[practice.session.id] = practice
    try:
        with about(session=practice.session.id):
            await practice.run()
    except TakenOverError as taken:
        practice.watch.hand_over()
        taken.practice.learner.continue_as(practice.learner)
        await taken.practice.attach(socket, taken.after)
    finally:
        await practice.learner.close()
        del services.practices[practice.session.id]
        practice.watch.close()


class Connection:
    """A socket on which a session speaks, and what is to be sent on it."""

    def __init__(self, socket: WebSocket, size: int) -> None:
        self.socket = socket
        self.outbox: asyncio.Queue[str | Close] = asyncio.Queue(size)
        self.over = asyncio.Event()


class Practice:
    """A session, the socket it speaks on now, and the tasks that move bytes between them.

    A connection that breaks does not end the session at once: the client may come back with
    `resume` on another socket, is sent what it has missed, and goes on.
    """

    def __init__(
        self, socket: WebSocket, services: Services, admission: Admission, dialect: Dialect
    ) -> None:
        self._connection = Connection(socket, services.settings.send_queue)
        self._dialect = dialect
        self._services = services
        self._now = asyncio.get_running_loop().time
        config = dialect.configure(services.session_config)
        self.session = Session(new_secret()[:16], new_secret(), config, self._now())
        origin = socket.headers.get("origin", "")
        self.learner = Learner(admission, origin, self.session, services)
        self._lock = asyncio.Lock()  # one step of the session at a time, its effects in order
        self._replaced = asyncio.Event()  # another connection has taken the session
        self._attached = True  # whether there is a socket to send on
        self._ended = False
        self._seq = 0
        self._woken = asyncio.Event()
        self._vad: VadStream | None = None  # an idle socket needs none
        self._resampler = Resampler(self.session.audio.sample_rate)
        self.watch = SessionWatch(services.metrics, services.tracing, self.session.id)

    async def run(self) -> None:
        """Run until the socket closes, then drop what nobody waits for any more."""
        try:
            async with self._services.bus.inbox(self.session.id) as inbox:
                await self._run(inbox)
        except TakenOverError:
            raise
        except SlowConsumerError:
            self._services.metrics.drops.labels("slow_consumer").inc()
            await self._hang_up("slow_consumer")
        except (RedisError, OSError, QueueError) as error:
            log.warning("session %s: %s", self.session.id, error)
            await self._hang_up("unavailable")
        except Exception:
            log.exception("session %s failed", self.session.id)
            await self._hang_up("internal")
        finally:
            self._ended, self._attached = True, False
            self._connection.over.set()
            self.session.receive_hangup()
            self._services.dispatcher.forget(self.session.id)
            with suppress(RedisError, OSError):
                await self._carry_out()

    @property
    def unsent(self) -> int:
        """Events that wait for the socket to take them."""
        return self._connection.outbox.qsize()

    async def attach(self, socket: WebSocket, after: int) -> None:
        """Go on with the session on another socket, whose client has seen all events to `after`."""
        async with self._lock:
            missed = await read_events(self._services.redis, self.session.id, after)
            if self._ended:  # it waited long enough just now; the client begins anew
                await socket.close(ERRORS["going_away"][0] or NORMAL_CLOSURE, "too late")
                return
            connection = Connection(socket, self._services.settings.send_queue + len(missed) + 1)
            connection.outbox.put_nowait(encode_event(after, self.session.recovered()))
            for text in missed:
                connection.outbox.put_nowait(text)
            self._connection, self._attached = connection, True
            self.session.receive_resume(self._now())
            await self._carry_out()
        self._replaced.set()
        await connection.over.wait()

    def may_resume(self, token: str, after: int) -> bool:
        """Whether a client with this token, which has seen all events to `after`, may have it."""
        return (
            self.session.state == "open"
            and self.session.is_token(token)
            and self._seq - keys.EVENTS_KEPT < after <= self._seq
        )

    async def _run(self, inbox: Inbox) -> None:
        self.learner.start(inbox.woken.set)
        await self._open()
        listening = asyncio.create_task(self._listen(inbox))
        try:
            while await self._serve(self._connection, listening):
                self._replaced.clear()
        finally:
            await _end([listening])

    async def _open(self) -> None:
        for message in self._dialect.opening():
            await self._receive_message(message)
        await self._carry_out()

    async def _serve(self, connection: Connection, listening: asyncio.Task[None]) -> bool:
        """Serve a connection until it is over; whether another has taken its place."""
        reading = asyncio.create_task(self._read(connection))
        writing = asyncio.create_task(self._write(connection))
        replaced = asyncio.create_task(self._replaced.wait())
        try:
            await _first([reading, writing, listening, replaced])
            broke = reading.done() and reading.result() not in LEFT
            if broke and self._dialect.resumable and self.session.state == "open":
                self._attached = False
                await _first([listening, replaced], self._services.settings.resume_s)
                if not replaced.done() and not listening.done():
                    self._services.metrics.drops.labels("unresumed").inc()
            if replaced.done() and not reading.done():
                with suppress(WebSocketDisconnect, RuntimeError, OSError):
                    await connection.socket.close(REPLACED, "resumed elsewhere")
            return replaced.done()
        finally:
            connection.over.set()
            await _end([reading, writing, replaced])

    # ------------------------------------------------------------ the three tasks

    async def _read(self, connection: Connection) -> int:
        """Take what comes until the socket closes; return its close code."""
        while True:
            message = await connection.socket.receive()
            self.watch.receive_frame()
            if message["type"] == "websocket.disconnect":
                return int(message.get("code") or 1005)
            async with self._lock:
                if connection is not self._connection:
                    return NORMAL_CLOSURE  # another took over; the client sends this again there
                was_waiting = self.session.waiting
                await self._receive(message)
                await self._carry_out()
                if self.session.waiting and not was_waiting:
                    self._woken.set()  # from the idle tick to the quick one

    async def _listen(self, inbox: Inbox) -> None:
        self._woken = inbox.woken
        while True:
            await inbox.wait(TICK_S if self.session.waiting else IDLE_TICK_S)
            async with self._lock:
                if self.session.waiting:
                    await self._receive_results(await inbox.read())
                if self._services.draining and self.session.state in ("new", "open"):
                    self.session.receive_error(ProtocolError("going_away"), self._now())
                self.session.receive_tick(self._now())
                await self._carry_out()
            if self.session.state == "closed" and not self._attached:
                return  # nobody is there to be told

    async def _write(self, connection: Connection) -> None:
        while True:
            item = await connection.outbox.get()
            try:
                async with asyncio.timeout(self._services.settings.send_timeout_s):
                    if isinstance(item, Close):
                        await connection.socket.close(item.code, item.reason)
                        return
                    await connection.socket.send_text(item)
                    self.watch.sent(item)
            except TimeoutError as error:
                raise SlowConsumerError from error
            except (WebSocketDisconnect, RuntimeError, OSError):
                await asyncio.Event().wait()  # the socket broke: the reader hears of it

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
            self.session.receive_error(error, self._now())
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
            if message.resume is not None:
                self._find(message.resume)
            await self.learner.begin(message)
        rate = self.session.audio.sample_rate
        self.session.receive_message(message, self._now())
        if self.session.audio.sample_rate != rate:
            self._resampler = Resampler(self.session.audio.sample_rate)

    def _find(self, wanted: Resume) -> None:
        """Hand the socket over to the session that its client wants back, if it is here."""
        practice = self._services.practices.get(wanted.session)
        if (
            practice is not None
            and practice.learner.is_same(self.learner)
            and practice.may_resume(wanted.token, wanted.after)
        ):
            raise TakenOverError(practice, wanted.after)

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

    async def _carry_out(self) -> None:
        effects = self.session.collect()
        self.learner.receive_effects(effects)
        numbered = self._number(effects)
        if not effects and not numbered:
            return
        await self._store(effects, numbered)
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

    async def _store(self, effects: list[Effect], events: list[tuple[int, str]]) -> None:
        """Keep audio and events before anyone hears of them: one round trip."""
        async with self._services.redis.pipeline(transaction=False) as pipe:
            for effect in effects:
                if isinstance(effect, AppendAudio):
                    append_audio(pipe, self.session.id, effect.utterance, effect.pcm)
                elif isinstance(effect, DropAudio):
                    drop_audio(pipe, self.session.id, effect.utterance)
                elif isinstance(effect, Cancel):
                    cancel_job(pipe, self.session.id, effect.utterance, effect.revision)
            if events and self._dialect.resumable:
                keep_events(pipe, self.session.id, events)
            if pipe.command_stack:
                await pipe.execute()

    def _send(self, items: list[str] | list[Close]) -> None:
        if not self._attached:
            return  # who comes back reads the events from the store
        try:
            for item in items:
                self._connection.outbox.put_nowait(item)
        except asyncio.QueueFull as error:
            raise SlowConsumerError from error

    async def _hang_up(self, code: str) -> None:
        """Say why, once, and close: the last word on a socket or a store that failed."""
        self._services.metrics.errors.labels(code).inc()
        self._seq += 1
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            async with asyncio.timeout(LAST_WORD_S):
                socket = self._connection.socket
                for text in self._dialect.encode(self._seq, error_event(code)):
                    await socket.send_text(text)
                await socket.close(ERRORS[code][0] or NORMAL_CLOSURE, code)


async def _first(tasks: Iterable[asyncio.Task[Any]], within_s: float | None = None) -> None:
    """Wait for one of the tasks; raise what it raised."""
    done, _ = await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

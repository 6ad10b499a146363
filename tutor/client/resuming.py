"""A practice session that outlives its connections: reconnect, resume, send again what was lost.

The policy is that of the JavaScript client (web/sdk/client.js): full-jitter back-off, the session
is asked for again with the last event's number, events that were seen are passed over, and what the
server has not acknowledged is sent again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

from tutor.client.backoff import full_jitter
from tutor.client.connection import PracticeClient, PracticeError
from tutor.client.outbox import Item, Outbox
from tutor.core.audio.pace import Pace
from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.protocol.messages import (
    AudioAck,
    ClientMessage,
    Error,
    Resume,
    ServerEvent,
    SessionAuthenticate,
    SessionEnd,
    SessionStart,
    SessionSummary,
    SessionUpdate,
    SpeechPlayed,
)

log = logging.getLogger(__name__)

Open = Callable[[SessionStart], Awaitable[PracticeClient]]
"""Opens a connection; raises PracticeError."""

GIVE_UP_S = 300.0
"""Seconds without a connection after which the client gives up."""

ANSWER_S = 30.0
"""Seconds without a connection after which it gives up once `end` was sent: nobody waits longer for
a last answer."""

STABLE_S = 5.0
"""Seconds that a connection must last to reset the back-off."""

RESUME_S = 3.0
"""Seconds to wait until a recovered session says from where to send again."""

SETTLE_S = 0.1
"""Seconds to wait after each such answer for a later one: acknowledgements are replayed, too."""

SPEED_SHARE, BURST_SHARE = 0.95, 0.8
"""Shares of the speed and the burst that the server allows: two clocks never agree."""

PASSING = {
    "busy",
    "unavailable",
    "going_away",
    "internal",
    "slow_consumer",
    "session_too_long",
    "audio_too_fast",  # it was held back on its way: from here it goes slowly enough
}
"""Fatal errors after which another try may succeed; after all others it would fail again."""

PASSING_CLOSE = {None, 1001, 1005, 1006, 1011, 1012, 1013, 4408}
"""Close codes after which another try may succeed."""


class ResumingClient(PracticeClient):
    """A session that continues over one connection after another.

    Iterating yields `session.started` again only if a new session had to begin, because the old one
    was lost: what was not acknowledged was sent to the new one.
    """

    def __init__(self, connection: PracticeClient, open_connection: Open) -> None:
        self.start = self._before_update = connection.start
        self.close_code: int | None = None
        self._open = open_connection
        self._connection = connection
        self.inbox, self.owns_inbox = connection.inbox, True
        self._outbox = Outbox(self.start.audio.sample_rate)
        self._changed = asyncio.Event()  # there is something to send, or room for it
        self._events: asyncio.Queue[tuple[int, ServerEvent] | None] = asyncio.Queue()
        self._seq = 1
        self._held_until = 0.0  # nothing is sent before
        self._attempt = 0
        self._fatal: Error | None = None
        self._played: SpeechPlayed | None = None  # the last that was told of the tutor's speech
        self._played_again: SpeechPlayed | None = None  # to be told on this connection, too
        self._ending_at: float | None = None
        self._summed_up = False
        self._over = False
        self._now = asyncio.get_running_loop().time
        self._begin_connection()
        self._running = asyncio.create_task(self._run())

    async def send_audio(self, pcm: bytes) -> None:
        """Send mono PCM16; what the server has not acknowledged is kept.

        Waits while 30 s of audio are kept.

        Raises:
            PracticeError: the session is over.
        """
        while not self._outbox.has_room and not self._over:
            self._changed.clear()
            await self._changed.wait()
        await self._put(pcm)

    async def send_message(self, message: ClientMessage) -> None:
        """Send a message; what the server has not acknowledged is kept.

        Raises:
            PracticeError: the session is over.
        """
        if isinstance(message, SpeechPlayed):  # only the last one counts
            self._played = message
            with suppress(PracticeError):
                await self._connection.send_message(message)
            return
        if isinstance(message, SessionAuthenticate):  # this connection's, and not acknowledged
            await self._connection.send_message(message)
            return
        if isinstance(message, SessionEnd):
            self._ending_at = self._now()
        await self._put(message)

    async def __aiter__(self) -> AsyncIterator[tuple[int, ServerEvent]]:
        """Yield each event with its number, once, until the session is over."""
        while (numbered := await self._events.get()) is not None:
            yield numbered

    async def close(self) -> None:
        """Leave the session at once, without its last answers."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        await self._connection.close()

    async def _put(self, item: Item) -> None:
        if self._over:
            raise PracticeError(f"the server closed the session ({self._close_reason})")
        self._outbox.add(item)
        self._changed.set()
        await asyncio.sleep(0)

    @property
    def _close_reason(self) -> str:
        return self._fatal.code if self._fatal else str(self.close_code)

    # ------------------------------------------------------------ connections

    async def _run(self) -> None:
        try:
            while True:
                connected_at = self._now()
                sending = asyncio.create_task(self._send_outbox())
                try:
                    async for seq, event in self._connection:
                        self._receive(seq, event)
                finally:
                    sending.cancel()
                    await asyncio.gather(sending, return_exceptions=True)
                if self._now() - connected_at > STABLE_S:
                    self._attempt = 0
                if self._is_over(self._connection) or not await self._reconnect():
                    return
        finally:
            self._over = True
            self.close_code = self._connection.close_code
            self.inbox.end()
            self._events.put_nowait(None)
            self._changed.set()

    def _is_over(self, connection: PracticeClient) -> bool:
        if self._summed_up:
            return True
        if self._fatal is not None:
            return self._fatal.code not in PASSING
        is_passing = connection.close_code in PASSING_CLOSE
        return not is_passing and connection.socket.close_reason not in PASSING

    async def _reconnect(self) -> bool:
        """Try until there is a connection; whether there is one."""
        away_since = self._now()
        log.warning("connection lost (%s), trying again", self._connection.close_code)
        at_once = self._connection.close_code == 1012 and self._attempt == 0  # it said good-bye
        await self._connection.close()
        while self._now() - away_since < (GIVE_UP_S if self._ending_at is None else ANSWER_S):
            delay_s = 0.0 if at_once else full_jitter(self._attempt, random.random())  # noqa: S311
            self._attempt, at_once = self._attempt + 1, False
            await asyncio.sleep(delay_s)
            try:
                self._connection = await self._open(self._first_message())
            except PracticeError as error:
                log.info("not connected: %s", error)
                if error.code is not None and error.code not in PASSING:
                    return False
            else:
                self._begin_connection()
                return True
        return False

    def _first_message(self) -> SessionStart:
        if self._fatal is not None and self._fatal.code == "session_too_long":
            return self.start
        started = self.started
        at = self.inbox.position
        return replace(self.start, resume=Resume(started.session, started.token, self._seq, at))

    def _begin_connection(self) -> None:
        """Begin with a new connection: send on it what is not safe, once the server has said what
        is."""
        self.socket, self.started = self._connection.socket, self._connection.started
        self._connection.inbox, self._connection.owns_inbox = self.inbox, False
        limits, self._fatal = self.started.limits, None
        self._pace = Pace(
            limits.max_speed * SPEED_SHARE, limits.speed_burst_ms / 1000 * BURST_SHARE
        )
        recovered = self.started.recovered is True
        self._outbox.rewind(is_new_session=not recovered)
        self._played_again = self._played if recovered else None
        if recovered:
            self._held_until = self._now() + RESUME_S
        elif self.started.recovered is False:
            self._begin_new_session()

    def _begin_new_session(self) -> None:
        self._seq = 1
        self.inbox.begin_anew()
        self._played = None
        self._events.put_nowait((1, self.started))
        is_kept = any(isinstance(item, SessionEnd) for item in self._outbox.items)
        if self._ending_at is not None and not is_kept:  # the session that had it is gone
            self._outbox.add(SessionEnd())

    # ------------------------------------------------------------ in and out

    def _receive(self, seq: int, event: ServerEvent) -> None:
        if seq <= self._seq:
            return  # replayed, and seen before
        self._seq = seq
        match event:
            case AudioAck():
                self._outbox.acknowledge(event.received_ms, event.messages)
                if self._held_until > self._now():
                    self._held_until = self._now() + SETTLE_S
                self._changed.set()
            case Error(fatal=True):
                self._fatal = event
            case Error(about=SessionUpdate.type):
                self.start = self._before_update
            case SessionSummary():
                self._summed_up = self._ending_at is not None
        self._events.put_nowait((seq, event))

    async def _send_outbox(self) -> None:
        """Send the outbox's items until the connection breaks."""
        with suppress(PracticeError):
            while True:
                await asyncio.sleep(max(0.0, self._held_until - self._now()))
                if self._held_until > self._now():
                    continue
                if self._played_again is not None:  # it may have been on its way
                    played, self._played_again = self._played_again, None
                    await self._connection.send_message(played)
                item = self._outbox.peek()
                if item is None or self._fatal is not None:
                    self._changed.clear()
                    await self._changed.wait()
                    continue
                await self._send_item(item)
                self._changed.set()

    async def _send_item(self, item: Item) -> None:
        if isinstance(item, bytes):
            audio_s = len(item) / BYTES_PER_SAMPLE / self.start.audio.sample_rate
            while (wait_s := self._pace.wait_s(audio_s, self._now())) > 0:
                await asyncio.sleep(wait_s)
            self._pace.admits(audio_s, self._now())
            self._outbox.advance()
            await self._connection.send_audio(item)
            return
        self._outbox.advance()
        await self._connection.send_message(item)
        if isinstance(item, SessionUpdate):  # so would the next session begin
            self._before_update = self.start
            wishes = {name: value for name, value in vars(item).items() if value is not None}
            self.start = replace(self.start, **wishes)

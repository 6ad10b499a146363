"""An open practice session as a program sees it, and the plain one: a session on one socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from tutor.adapters.wire.practice import decode_event, encode_message
from tutor.client.speech import SpeechInbox
from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.protocol.frames import SpeechFrame, decode_frame
from tutor.core.protocol.messages import (
    ClientMessage,
    ConversationHint,
    ConversationSay,
    Error,
    ServerEvent,
    SessionAuthenticate,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionUpdate,
    SpeechPlayed,
    SpeechStop,
    TurnHold,
    TutorSpeechCancelled,
    TutorSpeechStarted,
    UtteranceCommit,
)

log = logging.getLogger(__name__)

FRAME_MS = 96
"""Milliseconds of audio in one binary frame: three of the server's windows of voice activity.
Shorter frames cost the server more (each is kept), longer ones tell the end of speech later."""


class PracticeError(Exception):
    """The server cannot be reached, or refused the session; the message is one line."""

    code: str | None = None
    """Code of the error with which the server refused the session, if it sent one."""
    events: Sequence[ServerEvent] = ()
    """All that a recording's session has told, where it is not the whole."""


class PracticeClient(Protocol):
    """An open session. Send audio from one task and iterate over the events in another.

    Iterating yields each event with its number until the session is over.
    """

    socket: ClientConnection
    """The session's socket; of a session that outlives its sockets, the newest."""
    start: SessionStart
    """The message that began the session, with what `update` changed since."""
    started: SessionStarted
    """The server's answer to `start`."""
    close_code: int | None
    """The socket's close code, as soon as the session is over; before, None."""
    inbox: SpeechInbox
    """The tutor's audio that was not taken yet."""
    owns_inbox: bool
    """Whether no more of it comes when this connection is over."""

    async def send_audio(self, pcm: bytes) -> None:
        """Send mono PCM16 at the session's sample rate; waits while the server is slow to read.

        Raises:
            PracticeError: the session is over.
        """

    async def send_message(self, message: ClientMessage) -> None:
        """Send a message.

        Raises:
            PracticeError: the session is over.
        """

    async def close(self) -> None:
        """Leave the session at once, without its last answers."""

    def __aiter__(self) -> AsyncIterator[tuple[int, ServerEvent]]: ...

    async def commit(self) -> None:
        """End the utterance that is being spoken."""
        await self.send_message(UtteranceCommit())

    async def hold(self, ms: int) -> None:
        """Let the learner think: no silence ends the utterance for so long; 0: no more."""
        await self.send_message(TurnHold(ms))

    async def update(self, message: SessionUpdate) -> None:
        """Change exercise, language, silence, patience or vocabulary between utterances."""
        await self.send_message(message)

    async def hint(self) -> None:
        """Ask what could be said now in a conversation; a `ConversationState` is the answer."""
        await self.send_message(ConversationHint())

    async def say(self, text: str) -> None:
        """Say something in a conversation by typing, 500 characters at most."""
        await self.send_message(ConversationSay(text))

    async def authenticate(self, token: str) -> None:
        """Show a newer access token before the old one expires."""
        await self.send_message(SessionAuthenticate(token))

    async def speech(self) -> AsyncIterator[SpeechFrame]:
        """Yield the tutor's audio chunk by chunk, each once and in order, as it comes.

        Play a chunk, then ask for the next one: asking tells the server that it was heard. What
        was broken off (`tutor.speech.cancelled`) does not come. The events must be read meanwhile,
        by another task.
        """
        while (frame := await self.inbox.take()) is not None:
            yield frame
            with suppress(PracticeError):
                await self.played(frame.reply, self.inbox.to_ms(frame.end))

    async def played(self, reply: int, position_ms: int) -> None:
        """Tell up to where a reply was heard; `speech` does it by itself.

        Raises:
            PracticeError: the session is over.
        """
        await self.send_message(SpeechPlayed(reply, position_ms))

    async def hush(self) -> None:
        """Let the tutor be silent: what it says is cancelled."""
        await self.send_message(SpeechStop())

    async def end(self) -> None:
        """Say that no more audio comes; the last finals and the summary follow."""
        await self.send_message(SessionEnd())

    async def play(self, pcm: bytes, speed: float = 1.0) -> None:
        """Send audio in small frames, `speed` times as fast as it was spoken."""
        rate = self.start.audio.sample_rate
        size = rate * FRAME_MS // 1000 * BYTES_PER_SAMPLE
        loop = asyncio.get_running_loop()
        began = loop.time()
        for offset in range(0, len(pcm), size):
            # A microphone hands a frame over when it is full, not before.
            due = began + (offset + size) / (BYTES_PER_SAMPLE * rate * speed)
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self.send_audio(pcm[offset : offset + size])


@dataclass
class Connection(PracticeClient):
    """A session on one socket: it is over when the socket closes."""

    socket: ClientConnection
    start: SessionStart
    started: SessionStarted
    inbox: SpeechInbox
    close_code: int | None = None
    owns_inbox: bool = True

    async def send_audio(self, pcm: bytes) -> None:
        """Send mono PCM16 at the session's sample rate; waits while the server is slow to read.

        Raises:
            PracticeError: the session is over.
        """
        await self._send(pcm)

    async def send_message(self, message: ClientMessage) -> None:
        """Send a message.

        Raises:
            PracticeError: the session is over.
        """
        await self._send(encode_message(message))

    async def close(self) -> None:
        """Leave the session at once, without its last answers."""
        await self.socket.close()

    async def __aiter__(self) -> AsyncIterator[tuple[int, ServerEvent]]:
        """Yield each event with its number until the server closes the socket."""
        try:
            async for data in self.socket:
                try:
                    if isinstance(data, bytes):
                        self.inbox.receive(decode_frame(data))
                        continue
                    seq, event = decode_event(data)
                except ValueError as error:  # a newer server may say more than we know
                    log.warning("event passed over: %s", error)
                    continue
                match event:
                    case TutorSpeechStarted():
                        self.inbox.rate = event.sample_rate
                    case TutorSpeechCancelled():
                        self.inbox.hush(event.reply)
                yield seq, event
        except ConnectionClosed:
            pass
        self.close_code = self.socket.close_code
        if self.owns_inbox:
            self.inbox.end()

    async def _send(self, data: str | bytes) -> None:
        try:
            await self.socket.send(data)
        except ConnectionClosed as error:
            raise PracticeError(f"the server closed the session ({error})") from error


async def open_connection(address: str, start: SessionStart, options: dict[str, Any]) -> Connection:
    """Open a session on a new socket; `options` are those of `websockets.connect`.

    Raises:
        PracticeError: the server cannot be reached, or refused the session.
    """
    try:
        socket = await connect(address, compression=None, max_size=None, **options)
        try:
            await socket.send(encode_message(start))
            started = await _started(socket)
            return Connection(socket, start, started, SpeechInbox())
        except BaseException:
            await socket.close()
            raise
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
        raise PracticeError(f"cannot practise at {address}: {error}") from error


async def _started(socket: ClientConnection) -> SessionStarted:
    try:
        _, event = decode_event(str(await socket.recv()))
    except ConnectionClosed as error:
        raise PracticeError(f"the server closed the session ({error})") from error
    if isinstance(event, Error):
        refusal = PracticeError(f"{event.code}: {event.message}")
        refusal.code = event.code
        raise refusal
    if not isinstance(event, SessionStarted):
        raise PracticeError(f"the server began with {event.type}")
    return event

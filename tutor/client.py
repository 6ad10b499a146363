"""A Python client of the practice protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.wire.practice import decode_event, encode_message
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE
from tutor.core.protocol.errors import NORMAL_CLOSURE
from tutor.core.protocol.messages import (
    AudioFormat,
    ClientMessage,
    Error,
    ServerEvent,
    SessionAuthenticate,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionUpdate,
    UtteranceCommit,
)

log = logging.getLogger(__name__)

FRAME_MS = 40
"""Audio in one binary frame, milliseconds."""


class PracticeError(Exception):
    """The server cannot be reached, or refused the session; the message is one line."""

    code: str | None = None
    """Of the error with which the server refused."""


@dataclass
class PracticeClient:
    """An open session. Send audio from one task and iterate over the events in another."""

    socket: ClientConnection
    start: SessionStart
    started: SessionStarted
    close_code: int | None = None
    """Set when the session is over."""

    async def send_audio(self, pcm: bytes) -> None:
        """Send mono PCM16 at the session's sample rate; waits while the server is behind."""
        await self._send(pcm)

    async def commit(self) -> None:
        """End the utterance now."""
        await self.send_message(UtteranceCommit())

    async def update(self, message: SessionUpdate) -> None:
        """Change exercise, language or endpoint silence between utterances."""
        await self.send_message(message)

    async def authenticate(self, token: str) -> None:
        """Show a newer access token before the old one expires."""
        await self._send(encode_message(SessionAuthenticate(token)))

    async def end(self) -> None:
        """Say that no more audio comes; the last finals and the summary follow."""
        await self.send_message(SessionEnd())

    async def send_message(self, message: ClientMessage) -> None:
        """Send any message."""
        await self._send(encode_message(message))

    async def close(self) -> None:
        """Leave at once."""
        await self.socket.close()

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

    async def __aiter__(self) -> AsyncIterator[tuple[int, ServerEvent]]:
        """Yield the number and the event of each, until the server closes."""
        try:
            async for text in self.socket:
                try:
                    yield decode_event(str(text))
                except ValueError as error:  # a newer server may say more than we know
                    log.warning("event passed over: %s", error)
        except ConnectionClosed:
            pass
        self.close_code = self.socket.close_code

    async def _send(self, data: str | bytes) -> None:
        try:
            await self.socket.send(data)
        except ConnectionClosed as error:
            raise PracticeError(f"the server closed the session ({error})") from error


@asynccontextmanager
async def practise(
    url: str,
    start: SessionStart,
    *,
    token: str | None = None,
    resume: bool = False,
    **options: Any,
) -> AsyncIterator[PracticeClient]:
    """Open a session at a server such as `http://127.0.0.1:8000`.

    `token`: an access token or an API key. `resume`: go on with the session on another connection,
    as often as one breaks; else it is over then.

    Raises:
        PracticeError: it cannot be reached, or it refused the session.
    """
    if token:
        options["additional_headers"] = {"Authorization": f"Bearer {token}"}

    async def open_connection(start: SessionStart) -> PracticeClient:
        return await _open(practice_url(url), start, options)

    client = await open_connection(start)
    if resume:
        from tutor.resuming import ResumingClient

        client = ResumingClient(client, open_connection)
    try:
        yield client
    finally:
        await client.close()


async def _open(address: str, start: SessionStart, options: dict[str, Any]) -> PracticeClient:
    try:
        socket = await connect(address, compression=None, max_size=None, **options)
        try:
            await socket.send(encode_message(start))
            return PracticeClient(socket, start, await _started(socket))
        except BaseException:
            await socket.close()
            raise
    except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
        raise PracticeError(f"cannot practise at {address}: {error}") from error


# ---------------------------------------------------------------- without asyncio


def practise_file(
    url: str,
    path: Path,
    start: SessionStart,
    *,
    speed: float = 1.0,
    token: str | None = None,
) -> list[ServerEvent]:
    """Practise with a recording of any format, and return all events after `session.started`.

    `token`: an access token or an API key, where the server needs one.

    Raises:
        PracticeError: the server cannot be reached, or refused the session.
        tutor.adapters.speech.media.MediaError: the recording cannot be read.
    """
    start = replace(start, audio=AudioFormat(sample_rate=RATE))
    return practise_pcm(url, read_audio_file(path).tobytes(), start, speed=speed, token=token)


def practise_pcm(
    url: str,
    pcm: bytes,
    start: SessionStart,
    *,
    speed: float = 1.0,
    token: str | None = None,
) -> list[ServerEvent]:
    """The same with mono PCM16 at the sample rate that `start` names.

    It takes as long as the recording lasts, divided by `speed`, and a moment for the last answers.
    The server says in `limits` how fast it lets audio come.
    """
    return asyncio.run(_practise_pcm(url, pcm, start, speed, token))


async def _practise_pcm(
    url: str, pcm: bytes, start: SessionStart, speed: float, token: str | None
) -> list[ServerEvent]:
    async with practise(url, start, token=token, resume=True) as client:
        playing = asyncio.create_task(_play_and_end(client, pcm, speed))
        events = [event async for _, event in client]
        playing.cancel()  # it is over by now, unless the server refused the rest
        await asyncio.gather(playing, return_exceptions=True)
    if client.close_code != NORMAL_CLOSURE:
        fatal = [event for event in events if isinstance(event, Error) and event.fatal]
        raise PracticeError(
            f"{fatal[-1].code}: {fatal[-1].message}"
            if fatal
            else f"the server was lost ({client.close_code})"
        )
    return events


async def _play_and_end(client: PracticeClient, pcm: bytes, speed: float) -> None:
    await client.play(pcm, speed)
    await client.end()


def practice_url(url: str) -> str:
    """The practice socket of a server, from its web address."""
    scheme, _, rest = url.partition("://")
    scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
    return f"{scheme}://{rest.rstrip('/')}/v1/practice"


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

"""Practise at a server: an open session for asyncio, or one plain call for a whole recording."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tutor.client.connection import PracticeClient, PracticeError, open_connection
from tutor.client.resuming import ResumingClient
from tutor.core.audio.samples import RATE
from tutor.core.protocol.errors import NORMAL_CLOSURE
from tutor.core.protocol.messages import (
    AudioFormat,
    Error,
    ServerEvent,
    SessionStart,
    SessionStarted,
    SpeechStarted,
    TranscriptFinal,
)


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

    `token`: an access token or an API key. `resume`: whether the session continues on another
    connection each time one breaks; else it is over then. `options`: those of `websockets.connect`.

    Raises:
        PracticeError: the server cannot be reached, or refused the session.
    """
    if token:
        options["additional_headers"] = {"Authorization": f"Bearer {token}"}

    async def connect(start: SessionStart) -> PracticeClient:
        return await open_connection(practice_url(url), start, options)

    client = await connect(start)
    if resume:
        client = ResumingClient(client, connect)
    try:
        yield client
    finally:
        await client.close()


def practise_file(
    url: str,
    path: Path,
    start: SessionStart,
    *,
    speed: float = 1.0,
    token: str | None = None,
) -> list[ServerEvent]:
    """Practise with a recording of any format, and return all events after `session.started`.

    `speed`: how many times as fast as it was spoken. `token`: an access token or an API key, where
    the server needs one. Decoding needs PyAV, which the extra `audio` brings.

    Raises:
        PracticeError: the server cannot be reached, or refused the session; or a part of the
            recording was lost, as when the server's store died (the error's `events` are what
            there is); or there is no PyAV.
        tutor.adapters.speech.media.MediaError: the recording cannot be read.
    """
    start = replace(start, audio=AudioFormat(sample_rate=RATE))
    return practise_pcm(url, _decoded(path), start, speed=speed, token=token)


def practise_pcm(
    url: str,
    pcm: bytes,
    start: SessionStart,
    *,
    speed: float = 1.0,
    token: str | None = None,
) -> list[ServerEvent]:
    """Practise with mono PCM16 at the sample rate of `start`, and return all events likewise.

    The call takes as long as the recording lasts, divided by `speed`, and a moment for the last
    answers. The server says in `limits` how fast it lets audio come.

    Raises:
        PracticeError: the server cannot be reached, or refused the session; or a part of the
            recording was lost (the error's `events` are what there is).
    """
    return asyncio.run(_practise_pcm(url, pcm, start, speed, token))


def practice_url(url: str) -> str:
    """The address of a server's practice socket, from its web address."""
    scheme, _, rest = url.partition("://")
    scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
    return f"{scheme}://{rest.rstrip('/')}/v1/practice"


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
    if (lost := lost_part(events)) is not None:
        error = PracticeError(lost)
        error.events = events
        raise error
    return events


def lost_part(events: Sequence[ServerEvent]) -> str | None:
    """What of a recording was lost on the way to its words; None: nothing."""
    open_ones: list[str] = []
    for event in events:
        match event:
            case SpeechStarted():
                open_ones.append(event.utterance)
            case Error(code="recognition_failed"):
                return f"{event.code}: {event.utterance} of the recording has no words"
            case TranscriptFinal() if event.utterance in open_ones:
                open_ones.remove(event.utterance)
            case SessionStarted() if open_ones:
                break
    if open_ones:
        return f"session_lost: {', '.join(open_ones)} of the recording has no end"
    return None


async def _play_and_end(client: PracticeClient, pcm: bytes, speed: float) -> None:
    await client.play(pcm, speed)
    await client.end()


def _decoded(path: Path) -> bytes:
    try:
        from tutor.adapters.speech.media import read_audio_file
    except ModuleNotFoundError as error:
        raise PracticeError(
            f"recordings need {error.name}: pip install 'voice-tutor[audio]'"
        ) from error
    return read_audio_file(path).tobytes()

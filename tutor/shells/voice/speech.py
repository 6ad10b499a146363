"""`/v1/audio/speech` for OpenAI's clients, and `/v1/voices`."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, Field

from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.speech import read_voices
from tutor.adapters.voice.encoder import MEDIA_TYPES, Encoder, Format
from tutor.core.voice.request import SpeechRequest, UnspeakableError, speakable_text
from tutor.core.voice.speakable import NOTHING_TO_SAY, TEXT_TOO_LONG, WRONG_SCRIPT
from tutor.core.voice.voices import OPENAI_MODELS, VoiceFacts, find_voice
from tutor.shells.http.auth import OpenAICaller
from tutor.shells.http.openapi import OPTIONAL_LOGIN, problem_docs
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services
from tutor.shells.voice.speaking import Speaking, SpeechFailedError

log = logging.getLogger(__name__)

RATE = 24_000
"""Samples in a second of what is sent, as OpenAI's clients expect of `pcm`."""

RETRY_AFTER_S = 5


class SpeechForm(BaseModel):
    """The fields of OpenAI's endpoint; its `instructions` are ignored."""

    input: str = Field(description="what is spoken", examples=["How was your day?"])
    model: str = Field(max_length=200, description="`tts-1`, `tts-1-hd` or `gpt-4o-mini-tts`")
    voice: str = Field(
        "",
        max_length=200,
        description="an id of `/v1/voices`; OpenAI's names (`alloy` …) and none are the first one",
    )
    speed: float = Field(1.0, description="1 is the voice's own")
    response_format: Format = "mp3"
    stream_format: Literal["audio", "sse"] = Field(
        "audio", description="`sse`: events with base64, as OpenAI's"
    )


class Voice(BaseModel):
    """A voice that a client can name."""

    id: str = Field(examples=["en_US-joe-medium"])
    object: Literal["voice"] = "voice"
    language: str | None = Field(description="BCP-47; null: it speaks what it is given")
    engine: str = Field(examples=["piper"])
    licence: str
    source: str
    default: bool = Field(description="whether it speaks when no voice is named")


class VoiceList(BaseModel):
    """The voices that a client can name."""

    object: Literal["list"] = "list"
    data: list[Voice]


_NO_WORKER = (503, "no speech worker is ready")

PROBLEMS = problem_docs(
    model_not_found=(404, "there is no model 'gpt-4o' that speaks; there is 'tts-1'"),
    voice_not_found=(404, "there is no voice 'bob'; there is 'en_US-joe-medium'"),
    invalid=(422, "speed: from 0.25 to 4"),
    text_too_long=(422, "a text may have 4096 characters, and as many again as it is spoken"),
    nothing_to_say=(422, "there is no word in the text"),
    wrong_script=(422, "en_US-joe-medium speaks en-US: it cannot read most of these letters"),
    too_many_speeches=(429, "32 texts are being spoken; wait for one of them"),
    unavailable=_NO_WORKER,
)

CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The speech, in the format that was asked for, while it is made",
        "content": {
            **{kind: {} for kind in MEDIA_TYPES.values()},
            "text/event-stream": {},
        },
    }
}

SSE = "text/event-stream"


def add_speech(app: FastAPI, services: Services) -> None:
    """Add the routes by which the tutor speaks."""
    router = APIRouter(prefix="/v1", tags=["openai"])
    open_speeches: set[Speaking] = set()

    @router.get(
        "/voices",
        summary="The voices that can be named",
        responses=problem_docs(unavailable=_NO_WORKER),
    )
    async def voices() -> VoiceList:
        """The voices of the speech workers that are ready, with licence and source."""
        found = await _voices(services)
        first = find_voice(found, "")
        return VoiceList(data=[_shown(voice, voice == first) for voice in found])

    @router.post(
        "/audio/speech",
        summary="Speak a text, as OpenAI's endpoint does",
        response_class=Response,
        responses={**CONTENT, **PROBLEMS},
        openapi_extra=OPTIONAL_LOGIN,
    )
    async def speak(form: SpeechForm, caller: OpenAICaller) -> Response:  # noqa: ARG001 - who may
        """Answers with the first clause while the next is made."""
        request = await _request(services, form)
        most = services.settings.max_speeches
        if len(open_speeches) >= most:
            raise _too_many(most)
        speaking = Speaking(services, request)
        open_speeches.add(speaking)
        clauses = speaking.clauses()
        try:
            first = await anext(clauses)
        except SpeechFailedError as error:
            open_speeches.discard(speaking)
            raise Problem(503, "unavailable", str(error)) from error
        except BaseException:
            open_speeches.discard(speaking)
            raise

        async def sound() -> AsyncIterator[bytes]:
            try:
                async with aclosing(clauses):  # or the workers would go on for nobody
                    async for part in _encoded(first, clauses, form):
                        yield part
            finally:
                open_speeches.discard(speaking)

        kind = SSE if form.stream_format == "sse" else MEDIA_TYPES[form.response_format]
        return StreamingResponse(sound(), media_type=kind, headers={"X-Accel-Buffering": "no"})

    app.include_router(router)


async def _voices(services: Services) -> list[VoiceFacts]:
    try:
        found = await read_voices(services.store)
    except StoreError as error:
        raise Problem(503, "unavailable", "the store does not answer") from error
    if not found:
        raise Problem(503, "unavailable", _NO_WORKER[1], headers=_RETRY)
    return found


_RETRY = {"Retry-After": str(RETRY_AFTER_S)}


def _shown(voice: VoiceFacts, is_first: bool) -> Voice:
    return Voice(
        id=voice.id,
        language=voice.language or None,
        engine=voice.engine,
        licence=voice.licence,
        source=voice.source,
        default=is_first,
    )


async def _request(services: Services, form: SpeechForm) -> SpeechRequest:
    """What a form asks for.

    Raises:
        Problem: it cannot be had.
    """
    settings = services.settings
    if form.model not in OPENAI_MODELS:
        there = ", ".join(OPENAI_MODELS)
        detail = f"there is no model {form.model[:60]!r} that speaks; there is {there}"
        raise Problem(404, "model_not_found", detail, param="model")
    slowest, fastest = settings.speech_slowest, settings.speech_fastest
    if not slowest <= form.speed <= fastest:
        detail = f"speed: from {slowest:g} to {fastest:g}, not {form.speed:g}"
        raise Problem(422, "invalid", detail, param="speed")
    found = await _voices(services)
    voice = find_voice(found, form.voice)
    if voice is None:
        there = ", ".join(repr(one.id) for one in found)
        detail = f"there is no voice {form.voice[:60]!r}; there is {there}"
        raise Problem(404, "voice_not_found", detail, param="voice")
    try:
        most = settings.speech_max_chars
        text = await asyncio.to_thread(speakable_text, form.input, voice, most)
    except UnspeakableError as error:
        detail = _why(error.code, voice, settings.speech_max_chars)
        raise Problem(422, error.code, detail, param="input") from error
    return SpeechRequest(text, voice.id, form.speed, RATE)


def _why(code: str, voice: VoiceFacts, most: int) -> str:
    return {
        TEXT_TOO_LONG: f"a text may have {most} characters, and as many again as it is spoken",
        NOTHING_TO_SAY: "there is no word in the text",
        WRONG_SCRIPT: f"{voice.id} speaks {voice.language}: it cannot read most of these letters",
    }[code]


def _too_many(most: int) -> Problem:
    detail = f"{most} texts are being spoken; wait for one of them"
    return Problem(429, "too_many_speeches", detail, headers=_RETRY)


async def _encoded(
    first: bytes, clauses: AsyncIterator[bytes], form: SpeechForm
) -> AsyncIterator[bytes]:
    """The speech as it was asked for; what fails midway breaks the answer off."""
    framed = _event if form.stream_format == "sse" else bytes
    async for part in _in_format(first, clauses, form.response_format):
        if part:
            yield framed(part)
    if form.stream_format == "sse":
        usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
        done = {"type": "speech.audio.done", "usage": usage}
        yield format_sse_event(data_str=json.dumps(done))


async def _in_format(
    first: bytes, clauses: AsyncIterator[bytes], to: Format
) -> AsyncIterator[bytes]:
    encoder = Encoder(to, RATE)
    yield await asyncio.to_thread(encoder.feed, first)
    async for pcm in clauses:
        yield await asyncio.to_thread(encoder.feed, pcm)
    yield await asyncio.to_thread(encoder.end)


def _event(part: bytes) -> bytes:
    data = {"type": "speech.audio.delta", "audio": base64.b64encode(part).decode()}
    return format_sse_event(data_str=json.dumps(data))

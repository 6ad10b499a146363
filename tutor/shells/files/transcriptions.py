"""`/v1/audio/transcriptions` and `/v1/models`: what OpenAI's clients ask for.

A transcription is a job that is waited for; it is deleted when it was answered.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field, field_validator

from tutor.adapters.sql.jobs import UNFINISHED, JobRow
from tutor.core.files.errors import JOB_ERRORS
from tutor.core.files.transcript import Segment, Transcript
from tutor.core.text.languages import AUTO, whisper_language
from tutor.shells.files.intake import Order, take_in
from tutor.shells.files.jobs import UPLOAD_CODES, IdempotencyKey, forget
from tutor.shells.files.views import render, transcript_of
from tutor.shells.http.auth import OpenAICaller, OwnOrigin
from tutor.shells.http.openapi import OPTIONAL_LOGIN, problem_docs
from tutor.shells.http.problems import Problem, openai_error
from tutor.shells.http.services import Services
from tutor.shells.http.uploads import form_docs, received

FIRST_LOOK_S, LONGEST_LOOK_S = 0.05, 1.0
"""Between two looks at a job that is waited for; it grows by a fifth each time."""

ALIAS = "whisper-1"
"""The name that OpenAI's clients know."""

Format = Literal["json", "text", "srt", "verbose_json", "vtt"]


class TranscriptionForm(BaseModel):
    """What OpenAI's endpoint takes beside the file; its other fields are ignored."""

    model: str = Field(max_length=200, description=f"`{ALIAS}`, or a name from `/v1/models`")
    language: str = Field(AUTO, max_length=35, description="ISO 639-1; left out: found")
    prompt: str = Field("", max_length=5_000, description="words that are likely to come")
    response_format: Format = "json"
    temperature: float = Field(
        0, ge=0, le=1, description="taken, and without effect: decoding does not sample"
    )
    granularities: list[Literal["word", "segment"]] = Field(
        ["segment"], alias="timestamp_granularities[]", description="of `verbose_json`"
    )
    stream: bool = Field(False, description="server-sent events, text as it is recognised")

    @field_validator("language")
    @classmethod
    def _is_known(cls, value: str) -> str:
        code = whisper_language(value or AUTO)
        if code is None:
            raise ValueError("not a language that the recogniser knows")
        return code


class Model(BaseModel):
    """A model that can be named."""

    id: str = Field(examples=[ALIAS])
    object: Literal["model"] = "model"
    created: int = Field(description="when this server started, seconds since 1970")
    owned_by: str = "voice-tutor"


class ModelList(BaseModel):
    """The models that can be named."""

    object: Literal["list"] = "list"
    data: list[Model]


PROBLEMS = problem_docs(
    **UPLOAD_CODES,
    **{code: JOB_ERRORS[code] for code in ("not_audio", "audio_too_long", "recognition_failed")},
    model_not_found=(404, "there is no model 'gpt-4o'; there is 'whisper-1'"),
    gone=(410, "the transcription was deleted"),
    timeout=(504, "not done within 600 s; use /v1/jobs for long recordings"),
)

CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The transcript, in the format that was asked for",
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["text"]},
                "example": {"text": "Hello.", "usage": {"type": "duration", "seconds": 2}},
            },
            "text/plain": {},
            "text/vtt": {},
            "application/x-subrip": {},
            "text/event-stream": {},
        },
    }
}


def add_transcriptions(app: FastAPI, services: Services) -> None:
    """Add the routes that OpenAI's clients ask."""
    router = APIRouter(prefix="/v1", tags=["openai"])
    _add_models(router, services)

    @router.post(
        "/audio/transcriptions",
        summary="Transcribe a recording, as OpenAI's endpoint does",
        response_class=Response,
        dependencies=[OwnOrigin],
        responses={**CONTENT, **PROBLEMS},
        openapi_extra=OPTIONAL_LOGIN
        | form_docs(TranscriptionForm, {"model": ALIAS, "language": "en"}),
    )
    async def transcribe(
        request: Request, caller: OpenAICaller, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Answers when the whole recording is transcribed, or piece by piece with `stream`."""
        limit = services.settings.max_upload_bytes
        async with received(request, TranscriptionForm, limit) as (form, file):
            _check_model(form.model, services)
            parameters = {"language": form.language, "prompt": form.prompt}
            name = file.filename or ""
            order = Order("transcription", parameters, name, file.file, idempotency_key)
            row, _ = await asyncio.to_thread(take_in, services, caller, order)
        keeps = idempotency_key is not None
        if form.stream:
            events = _events(services, row.id, keeps=keeps)
            return StreamingResponse(events, media_type="text/event-stream")
        async with _waited_for(services, row.id, keeps=keeps):
            ended = await _ended(services, row.id, request)
        return _rendered(ended, form)

    app.include_router(router)


def _add_models(router: APIRouter, services: Services) -> None:
    started = int(time.time())

    @router.get("/models", summary="The models that can be named")
    async def models() -> ModelList:
        """All names mean the one recogniser that this server has."""
        names = model_names(services)
        return ModelList(data=[Model(id=name, created=started) for name in names])

    @router.get(
        "/models/{model}",
        summary="A model by its name",
        responses=problem_docs(model_not_found=(404, "there is no model 'gpt-4o'")),
    )
    async def model_by_name(model: str) -> Model:
        """Whether a name can be used."""
        _check_model(model, services)
        return Model(id=model, created=started)


def model_names(services: Services) -> list[str]:
    """The names of the one model: OpenAI's, and its own (a folder's last part)."""
    own = Path(services.settings.model).name
    return [ALIAS, own]


def _check_model(name: str, services: Services) -> None:
    names = model_names(services)
    if name not in names:
        there = " and ".join(repr(known) for known in names)
        detail = f"there is no model {name[:60]!r}; there is {there}"
        raise Problem(404, "model_not_found", detail, param="model")


# ---------------------------------------------------------------- waiting


@asynccontextmanager
async def _waited_for(services: Services, job: str, *, keeps: bool) -> AsyncIterator[None]:
    """Nobody asks for the job again after the block, unless it has an idempotency key."""
    try:
        yield
    finally:
        if not keeps:
            # Not awaited: when the client has gone, this task is being cancelled.
            asyncio.get_running_loop().run_in_executor(None, forget, services, job)


async def _ended(services: Services, job: str, request: Request) -> JobRow:
    """The job when it is done.

    Raises:
        Problem: it failed, or takes too long.
    """
    async for row in _looks(services, job):
        if row.state not in UNFINISHED:
            return _done(row)
        if await request.is_disconnected():
            raise Problem(400, "disconnected", "the client has gone")
    raise AssertionError("a job is looked at until it ends")


async def _looks(services: Services, job: str) -> AsyncIterator[JobRow]:
    """The job now, and again and again.

    Raises:
        Problem: 504, it takes too long; 410, somebody deleted it.
    """
    longest = services.settings.transcription_timeout_s
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + longest, FIRST_LOOK_S
    while True:
        row = await asyncio.to_thread(services.jobs.find, job)
        if row is None:
            raise Problem(410, "gone", "the transcription was deleted")
        yield row
        if loop.time() > deadline:
            detail = f"not done within {longest:g} s; use /v1/jobs for long recordings"
            raise Problem(504, "timeout", detail)
        await asyncio.sleep(pause)
        pause = min(LONGEST_LOOK_S, pause * 1.2)


def _done(row: JobRow) -> JobRow:
    if row.state == "done":
        return row
    code = row.error or "internal"
    status, message = JOB_ERRORS[code]
    raise Problem(status, code, row.detail or message, param="file" if status < 500 else None)


# ---------------------------------------------------------------- answers


def _rendered(row: JobRow, form: TranscriptionForm) -> Response:
    transcript = transcript_of(row)
    match form.response_format:
        case "json":
            return JSONResponse({"text": transcript.text, "usage": _usage(transcript)})
        case "verbose_json":
            return JSONResponse(_verbose(transcript, form.granularities))
        case plain:
            return render(row, plain)


def _usage(transcript: Transcript) -> dict[str, object]:
    return {"type": "duration", "seconds": math.ceil(transcript.duration_s)}


def _verbose(transcript: Transcript, granularities: Sequence[str]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "task": "transcribe",
        "language": transcript.language,
        "duration": transcript.duration_s,
        "text": transcript.text,
        "usage": _usage(transcript),
    }
    if "segment" in granularities:
        answer["segments"] = [_segment(n, s) for n, s in enumerate(transcript.segments)]
    if "word" in granularities:
        answer["words"] = [
            {"word": word.text, "start": word.start_s, "end": word.end_s}
            for word in transcript.words
        ]
    return answer


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    """A segment with what is known of it; `tokens` and `no_speech_prob` are not."""
    return {
        "id": number,
        "seek": round(segment.piece_s * 100),  # frames of 10 ms
        "start": segment.start_s,
        "end": segment.end_s,
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": _mean_log(segment),
        "compression_ratio": _compression(segment.text),
        "no_speech_prob": None,
    }


def _mean_log(segment: Segment) -> float | None:
    """The words' mean log-probability."""
    if not segment.words:
        return None
    logs = [math.log(max(1e-6, word.confidence)) for word in segment.words]
    return round(sum(logs) / len(logs), 4)


def _compression(text: str) -> float:
    data = text.encode()
    return round(len(data) / len(zlib.compress(data)), 3) if data else 0.0


async def _events(services: Services, job: str, *, keeps: bool) -> AsyncIterator[str]:
    """Server-sent events: the text of each piece in order, then all of it."""
    following, said = 0, False
    async with _waited_for(services, job, keeps=keeps):
        try:
            async for row in _looks(services, job):
                for finished in await asyncio.to_thread(services.jobs.pieces, job, following):
                    if finished.piece.index != following:
                        break
                    following += 1
                    if text := finished.recognition.text:
                        yield _event("transcript.text.delta", delta=f" {text}" if said else text)
                        said = True
                if row.state not in UNFINISHED:
                    yield _event("transcript.text.done", text=transcript_of(_done(row)).text)
                    break
        except Problem as problem:
            yield f"data: {json.dumps({'error': openai_error(problem)})}\n\n"
    yield "data: [DONE]\n\n"


def _event(kind: str, **fields: str) -> str:
    return f"data: {json.dumps({'type': kind, **fields})}\n\n"

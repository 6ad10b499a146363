"""`/v1/audio/transcriptions` and `/v1/models`, for OpenAI's clients.

A transcription is a job that its client waits for; it is deleted when it was answered.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from pydantic import BaseModel, BeforeValidator, Field

from tutor.adapters.sql.job_tables import JobRow
from tutor.core.audio.guards import compression
from tutor.core.files.errors import JOB_ERRORS
from tutor.core.files.transcript import Segment, Transcript
from tutor.core.text.languages import AUTO
from tutor.core.voice.voices import OPENAI_MODELS
from tutor.shells.files.intake import Order, take_in
from tutor.shells.files.jobs import UPLOAD_CODES, IdempotencyKey
from tutor.shells.files.views import Language, render, transcript_of
from tutor.shells.files.waiting import looks, transcribed, waited_for
from tutor.shells.http.auth import OpenAICaller
from tutor.shells.http.openapi import OPTIONAL_LOGIN, problem_docs
from tutor.shells.http.problems import Problem, openai_error
from tutor.shells.http.services import Services
from tutor.shells.http.uploads import form_docs, received

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Headers by which neither a cache nor a proxy holds events back."""

ALIAS = "whisper-1"
"""The model's name that OpenAI's clients know."""

Format = Literal["json", "text", "srt", "verbose_json", "vtt"]


class TranscriptionForm(BaseModel):
    """The fields of OpenAI's endpoint beside the file; its other fields are ignored."""

    model: str = Field(max_length=200, description=f"`{ALIAS}`, or a name from `/v1/models`")
    language: Annotated[Language, BeforeValidator(lambda value: value or AUTO)] = Field(
        AUTO, description="ISO 639-1; left out: found"
    )
    prompt: str = Field("", max_length=5_000, description="words that are likely to come")
    response_format: Format = "json"
    temperature: float = Field(
        0, ge=0, le=1, description="taken, and without effect: decoding does not sample"
    )
    granularities: list[Literal["word", "segment"]] = Field(
        ["segment"], alias="timestamp_granularities[]", description="of `verbose_json`"
    )
    stream: bool = Field(False, description="server-sent events, text as it is recognised")


class Model(BaseModel):
    """A model that a client can name."""

    id: str = Field(examples=[ALIAS])
    object: Literal["model"] = "model"
    created: int = Field(description="when this server started, seconds since 1970")
    owned_by: str = "voice-tutor"


class ModelList(BaseModel):
    """The models that a client can name."""

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
    """Add the routes of OpenAI's clients."""
    router = APIRouter(prefix="/v1", tags=["openai"])
    _add_models(router, services)

    @router.post(
        "/audio/transcriptions",
        summary="Transcribe a recording, as OpenAI's endpoint does",
        response_class=Response,
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
            events = _events(services, row.id, request, keeps=keeps)
            return EventSourceResponse(events, headers=STREAM_HEADERS)
        async with waited_for(services, row.id, keeps=keeps):
            return _rendered(await transcribed(services, row.id, request), form)

    app.include_router(router)


def _add_models(router: APIRouter, services: Services) -> None:
    started = int(time.time())

    @router.get("/models", summary="The models that can be named")
    async def models() -> ModelList:
        """The names of the one recogniser that this server has, and those under which it speaks."""
        names = [*model_names(services), *_speaking(services)]
        return ModelList(data=[Model(id=name, created=started) for name in names])

    @router.get(
        "/models/{model}",
        summary="A model by its name",
        responses=problem_docs(model_not_found=(404, "there is no model 'gpt-4o'")),
    )
    async def model_by_name(model: str) -> Model:
        """The model of a name; 404 if no model has it."""
        if model not in _speaking(services):
            _check_model(model, services)
        return Model(id=model, created=started)


def model_names(services: Services) -> list[str]:
    """The names of the one model: OpenAI's, and its own (a folder's last part)."""
    own = Path(services.settings.model).name
    return [ALIAS, own]


def _speaking(services: Services) -> tuple[str, ...]:
    """The models' names under which this server speaks."""
    return OPENAI_MODELS if services.settings.speech else ()


def _check_model(name: str, services: Services) -> None:
    names = model_names(services)
    if name not in names:
        there = " and ".join(repr(known) for known in names)
        detail = f"there is no model {name[:60]!r}; there is {there}"
        raise Problem(404, "model_not_found", detail, param="model")


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
        "compression_ratio": round(compression(segment.text), 3),
        "no_speech_prob": None,
    }


def _mean_log(segment: Segment) -> float | None:
    """The words' mean log-probability; None without words."""
    if not segment.words:
        return None
    logs = [math.log(max(1e-6, word.confidence)) for word in segment.words]
    return round(sum(logs) / len(logs), 4)


# ---------------------------------------------------------------- the stream


async def _events(
    services: Services, job: str, request: Request, *, keeps: bool
) -> AsyncIterator[bytes]:
    """Server-sent events: a job's news, pings where there is none for a while, and the end.

    FastAPI's own pings are for routes that always stream; this one answers with JSON, too.
    """
    loop, interval = asyncio.get_running_loop(), services.settings.ping_interval_s
    async with waited_for(services, job, keeps=keeps):
        try:
            silent_since = loop.time()
            async for event in _news(services, job, request):
                if event is not None or loop.time() >= silent_since + interval:
                    yield KEEPALIVE_COMMENT if event is None else _event(event)
                    silent_since = loop.time()
        except Problem as problem:
            yield _event({"error": openai_error(problem)})
    yield format_sse_event(data_str="[DONE]")


async def _news(
    services: Services, job: str, request: Request
) -> AsyncIterator[dict[str, str] | None]:
    """A job's text events: at each look those of new pieces, at last the whole; then None.

    Raises:
        Problem: the job failed, takes too long, or its client is gone.
    """
    following, space = 0, ""
    async for row in looks(services, job, request):
        for finished in await asyncio.to_thread(services.jobs.pieces, job, following):
            if finished.piece.index != following:
                break
            following += 1
            if text := finished.recognition.text:
                yield {"type": "transcript.text.delta", "delta": space + text}
                space = " "
        if row.state == "done":
            yield {"type": "transcript.text.done", "text": transcript_of(row).text}
        yield None


def _event(data: Mapping[str, object]) -> bytes:
    return format_sse_event(data_str=json.dumps(data))

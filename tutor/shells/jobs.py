"""`/v1/jobs`: recognition of uploaded files, to be asked for or called back about later."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field, TypeAdapter, field_validator

from tutor.adapters.job_table import JobRow, JobState
from tutor.adapters.store import forget_job
from tutor.adapters.webhook import check_secret, check_url, new_webhook_secret
from tutor.adapters.webhook_table import WebhookTable
from tutor.core.job_errors import JOB_ERRORS
from tutor.core.languages import AUTO, whisper_language
from tutor.core.principal import Principal
from tutor.core.reading import check_text
from tutor.core.transcript import Transcript, as_srt, as_vtt
from tutor.core.webhook import MAX_URL, WebhookError, WebhookState
from tutor.shells.api_docs import MISSING, OPTIONAL_LOGIN, problem_docs
from tutor.shells.auth import Caller, OwnOrigin
from tutor.shells.intake import Order, take_in
from tutor.shells.problems import Problem
from tutor.shells.services import Services
from tutor.shells.uploads import form_docs, received

MOST_PER_PAGE = 100

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A repetition with the same key makes no second job.",
    ),
]
JobId = Annotated[str, Field(description="as `POST /v1/jobs` gave it")]
ResultFormat = Literal["json", "text", "srt", "vtt"]

_TRANSCRIPT = TypeAdapter(Transcript)


class JobForm(BaseModel):
    """What `POST /v1/jobs` takes beside the file."""

    language: str = Field(AUTO, max_length=35, description="BCP-47, or `auto`")
    prompt: str = Field("", max_length=5_000, description="words that are likely to come")
    reference_text: str | None = Field(
        None, max_length=100_000, description="what was to be read: the reading is assessed"
    )
    callback_url: str | None = Field(
        None, max_length=MAX_URL, description="told when the job has ended (Standard Webhooks)"
    )
    webhook_secret: str | None = Field(
        None, max_length=200, description="to sign with, `whsec_…`; else one is made"
    )

    @field_validator("language")
    @classmethod
    def _is_known(cls, value: str) -> str:
        code = whisper_language(value)
        if code is None:
            raise ValueError("not a language that the recogniser knows")
        return code

    def check(self, *, allow_private: bool) -> None:
        """Refuse what the fields alone do not show.

        Raises:
            Problem: 422.
        """
        if self.reference_text is not None:
            _check_reference(self.reference_text, self.language)
        try:
            if self.callback_url is not None:
                check_url(self.callback_url, allow_private=allow_private)
            if self.webhook_secret is not None:
                check_secret(self.webhook_secret)
        except WebhookError as error:
            raise Problem(422, "bad_webhook", str(error)) from error


class JobFailure(BaseModel):
    """Why a job failed."""

    code: str = Field(examples=["not_audio"])
    message: str


class Webhook(BaseModel):
    """How far the callback is."""

    url: str
    state: WebhookState
    tries: int
    error: str | None = Field(description="why the last delivery failed")


class JobView(BaseModel):
    """A job as it stands."""

    id: str
    status: JobState
    progress: float = Field(description="0 to 1", examples=[0.4])
    filename: str
    bytes: int
    language: str | None = Field(description="as found, or as given", examples=["en"])
    duration_s: float | None = Field(description="known at the end")
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    expires_at: datetime = Field(description="then it is deleted with its result")
    error: JobFailure | None
    webhook: Webhook | None
    result_url: str | None = Field(description="once it is done")


class NewJob(JobView):
    """A job that was just made."""

    webhook_secret: str | None = Field(description="made for you, shown this once")


class JobPage(BaseModel):
    """Some of the caller's jobs, the newest first."""

    data: list[JobView]
    next: str | None = Field(description="`after` of the next page; null: there is none")


class WordView(BaseModel):
    """A word with its time in the recording."""

    text: str
    start_s: float
    end_s: float
    confidence: float


class SegmentView(BaseModel):
    """A sentence, or as much of one as a subtitle shows."""

    text: str
    start_s: float
    end_s: float
    words: list[WordView]


class ResultView(BaseModel):
    """What was said, and how well it was read."""

    text: str
    language: str
    duration_s: float
    segments: list[SegmentView]
    warning: str | None = Field(description="what was wrong with the file, if it was read in part")
    assessment: dict[str, Any] | None = Field(description="as `tutor assess --json` gives it")


def _check_reference(text: str, language: str) -> None:
    if language == AUTO:
        raise Problem(422, "language_needed", "a reference_text needs its language")
    try:
        check_text(text, language)
    except ValueError as error:
        raise Problem(422, "bad_reference_text", str(error)) from error


UPLOAD_CODES: dict[str, tuple[int, str]] = {
    "bad_request": (400, "the body is no multipart form"),
    "foreign_origin": (403, "pages of this origin may not do this here"),
    "too_large": (413, "a file may have 26214400 bytes at most"),
    "invalid": (422, "body.file: Field required"),
    "empty_file": (422, "the file is empty"),
    "bad_webhook": (422, "callback_url must begin with https://"),
    "bad_reference_text": (422, "the text has no words"),
    "language_needed": (422, "a reference_text needs its language"),
    "idempotency_key_reused": (422, "this Idempotency-Key was used for another request"),
    "too_many_jobs": (429, "10 jobs are not finished yet; wait for one of them"),
    "quota_exhausted": (429, "0 s of today's 7200 s of audio are left"),
    "unauthenticated": (401, "this server needs an access token or an API key"),
}
"""What may be wrong with an upload."""

RESULT_PROBLEMS = problem_docs(
    not_done=(409, "the job is not done yet"), job_failed=(409, JOB_ERRORS["not_audio"][1])
)

RESULT_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/plain": {"example": "I went to the market.\n"},
            "application/x-subrip": {},
            "text/vtt": {},
        }
    }
}


class _Desk:
    """Finds and shows jobs to those whose they are."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def view(self, row: JobRow) -> JobView:
        """A job as it stands."""
        return JobView(**_facts(row, self._services.webhooks))

    def owned(self, job: str, caller: Principal) -> JobRow:
        """The caller's job; one of somebody else is as good as none.

        Raises:
            Problem: 404.
        """
        row = self._services.jobs.find(job) if job.isalnum() and job.isascii() else None
        if row is None or row.owner != caller.user or row.purpose != "job":
            raise Problem(404, "not_found", "there is no such job")
        return row


def add_jobs(app: FastAPI, services: Services) -> None:
    """Add the routes of jobs."""
    router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
    desk = _Desk(services)
    _add_creation(router, services)
    _add_views(router, services, desk)
    _add_result(router, desk)
    _add_removal(router, services, desk)
    app.include_router(router)


def _add_creation(router: APIRouter, services: Services) -> None:
    @router.post(
        "",
        status_code=202,
        dependencies=[OwnOrigin],
        summary="Have a recording transcribed, and assessed against a text",
        response_model=NewJob,
        responses={
            200: {"description": "The job that this Idempotency-Key made", "model": JobView},
            **problem_docs(**UPLOAD_CODES),
        },
        openapi_extra=OPTIONAL_LOGIN
        | form_docs(JobForm, {"language": "en", "reference_text": "I went to the market."}),
    )
    async def create(
        request: Request, caller: Caller, idempotency_key: IdempotencyKey = None
    ) -> Response:
        """Takes the file and answers at once; `Location` is where the job's state can be had.

        With a `callback_url` the end is told by a signed webhook, too. `DELETE` forgets all.
        """
        settings = services.settings
        async with received(request, JobForm, settings.max_upload_bytes) as (form, file):
            form.check(allow_private=settings.webhook_allow_private)
            if form.reference_text is not None and not settings.feedback:
                raise Problem(422, "no_assessment", "this server does not assess")
            generated = new_webhook_secret() if form.callback_url else None
            order = Order(
                "job",
                form.model_dump(include={"language", "prompt", "reference_text"}),
                file.filename or "",
                file.file,
                idempotency_key,
                form.callback_url,
                form.webhook_secret or generated,
            )
            row, is_new = await asyncio.to_thread(take_in, services, caller, order)
        shown = generated if is_new and not form.webhook_secret else None
        facts = await asyncio.to_thread(_facts, row, services.webhooks)
        made = NewJob(**facts, webhook_secret=shown) if is_new else JobView(**facts)
        return JSONResponse(
            made.model_dump(mode="json"),
            202 if is_new else 200,
            {"Location": f"/v1/jobs/{row.id}"},
        )


def _add_views(router: APIRouter, services: Services, desk: _Desk) -> None:
    @router.get("", summary="One's own jobs", openapi_extra=OPTIONAL_LOGIN)
    def index(
        caller: Caller,
        limit: Annotated[int, Query(ge=1, le=MOST_PER_PAGE)] = 20,
        after: Annotated[str | None, Query(description="a job's id: those behind it")] = None,
    ) -> JobPage:
        """The newest first."""
        last = None if after is None else desk.owned(after, caller)
        rows = services.jobs.page(caller.user, limit + 1, last)
        return JobPage(
            data=[desk.view(row) for row in rows[:limit]],
            next=rows[limit - 1].id if len(rows) > limit else None,
        )

    @router.get(
        "/{job}", summary="How far a job is", responses=MISSING, openapi_extra=OPTIONAL_LOGIN
    )
    def show(job: JobId, caller: Caller) -> JobView:
        """`queued`, `running` with its progress, `done` or `failed` with the reason."""
        return desk.view(desk.owned(job, caller))


def _add_result(router: APIRouter, desk: _Desk) -> None:
    @router.get(
        "/{job}/result",
        summary="What was said",
        response_model=ResultView,
        responses={**RESULT_CONTENT, **MISSING, **RESULT_PROBLEMS},
        openapi_extra=OPTIONAL_LOGIN,
    )
    def result(
        job: JobId,
        caller: Caller,
        format: Annotated[ResultFormat, Query()] = "json",  # noqa: A002 - the query's name
    ) -> Response:
        """As JSON with segments, words and the assessment, as plain text, or as subtitles."""
        row = desk.owned(job, caller)
        if row.state == "failed":
            raise Problem(409, "job_failed", row.detail or "", reason=row.error)
        if row.result is None:
            raise Problem(409, "not_done", "the job is not done yet", headers={"Retry-After": "1"})
        return render(row, format)


def _add_removal(router: APIRouter, services: Services, desk: _Desk) -> None:
    @router.delete(
        "/{job}",
        status_code=204,
        dependencies=[OwnOrigin],
        summary="Forget a job and all of it",
        responses=MISSING,
        openapi_extra=OPTIONAL_LOGIN,
    )
    def remove(job: JobId, caller: Caller) -> None:
        """Stops it where it is; the file, the pieces and the result are gone."""
        desk.owned(job, caller)
        forget(services, job)


def forget(services: Services, job: str) -> None:
    """Delete a job and what of it is in Redis. Blocking."""
    services.jobs.remove(job)
    with services.blocking_redis() as redis:
        forget_job(redis, job)


def transcript_of(row: JobRow) -> Transcript:
    """A finished job's transcript."""
    assert row.result is not None
    return _TRANSCRIPT.validate_python(row.result["transcript"])


def render(row: JobRow, form: ResultFormat) -> Response:
    """A finished job's result in a format."""
    transcript = transcript_of(row)
    if form == "text":
        return PlainTextResponse(transcript.text + "\n")
    if form == "srt":
        return Response(as_srt(transcript), media_type="application/x-subrip")
    if form == "vtt":
        return Response(as_vtt(transcript), media_type="text/vtt")
    assert row.result is not None
    shown = ResultView(**row.result["transcript"], assessment=row.result["assessment"])
    return JSONResponse(shown.model_dump(mode="json"))


def _facts(row: JobRow, webhooks: WebhookTable) -> dict[str, Any]:
    webhook = webhooks.of(row.id)
    code = row.error
    return {
        "id": row.id,
        "status": row.state,
        "progress": row.progress,
        "filename": row.filename,
        "bytes": row.size,
        "language": row.language or _given(row),
        "duration_s": row.duration_s,
        "created_at": _moment(row.created_at),
        "updated_at": _moment(row.updated_at),
        "finished_at": None if row.finished_at is None else _moment(row.finished_at),
        "expires_at": _moment(row.expires_at),
        "error": code and JobFailure(code=code, message=row.detail or JOB_ERRORS[code][1]),
        "webhook": webhook and Webhook(**_webhook_facts(webhook)),
        "result_url": f"/v1/jobs/{row.id}/result" if row.state == "done" else None,
    }


def _webhook_facts(webhook: Any) -> dict[str, Any]:
    return {name: getattr(webhook, name) for name in Webhook.model_fields}


def _given(row: JobRow) -> str | None:
    language: str = row.parameters["language"]
    return None if language == AUTO else language


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""`/v1/jobs`: recognition of uploaded files, whose result is fetched or called back later."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.store.pieces import forget_job
from tutor.adapters.webhook_sender import new_webhook_secret
from tutor.core.accounts.principal import Principal
from tutor.core.files.errors import JOB_ERRORS
from tutor.shells.files.intake import Order, take_in
from tutor.shells.files.views import (
    JobForm,
    JobPage,
    JobView,
    NewJob,
    ResultFormat,
    ResultView,
    facts_of,
    render,
)
from tutor.shells.http.auth import Caller
from tutor.shells.http.openapi import MISSING, OPTIONAL_LOGIN, problem_docs
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services
from tutor.shells.http.uploads import form_docs, received

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

UPLOAD_CODES: dict[str, tuple[int, str]] = {
    "bad_request": (400, "the body is no multipart form"),
    "foreign_origin": (403, "pages of this origin may not do this here"),
    "too_large": (413, "a file may have 26214400 bytes at most"),
    "invalid": (422, "body.file: Field required"),
    "empty_file": (422, "the file is empty"),
    "bad_webhook": (422, "callback_url must begin with https://"),
    "no_text": (422, "the text has no words to read"),
    "text_too_long": (422, "the text has 5001 words; at most 5000 can be read"),
    "language_needed": (422, "a reference_text needs its language"),
    "idempotency_key_reused": (422, "this Idempotency-Key was used for another request"),
    "too_many_jobs": (429, "10 jobs are not finished yet; wait for one of them"),
    "quota_exhausted": (429, "0 s of today's 7200 s of audio are left"),
    "unauthenticated": (401, "this server needs an access token or an API key"),
}
"""What may be wrong with an upload: code, status and an example of the text."""

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
    """Finds and shows jobs to their owners."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def view(self, row: JobRow) -> JobView:
        """A job's present state."""
        return JobView(**facts_of(row, self._services.webhooks))

    def owned(self, job: str, caller: Principal) -> JobRow:
        """The caller's job; one of another caller is as good as none.

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
        """Takes the file and answers at once; `Location` is the address of the job's state.

        With a `callback_url` a signed webhook tells the job's end, too. `DELETE` forgets
        everything.
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
        facts = await asyncio.to_thread(facts_of, row, services.webhooks)
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
        """The caller's jobs, the newest first."""
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
        """The job: `queued`, `running` with its progress, `done` or `failed` with the reason."""
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
        """The result as JSON with segments, words and the assessment, as plain text, or as
        subtitles."""
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
        summary="Forget a job and all of it",
        responses=MISSING,
        openapi_extra=OPTIONAL_LOGIN,
    )
    def remove(job: JobId, caller: Caller) -> None:
        """Stops the job where it is, and deletes its file, its pieces and its result."""
        desk.owned(job, caller)
        forget(services, job)


def forget(services: Services, job: str) -> None:
    """Delete a job and what Redis holds of it. Blocks."""
    services.jobs.remove(job)
    with services.blocking_store() as store:
        forget_job(store, job)

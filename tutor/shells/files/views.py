"""What `/v1/jobs` takes and gives: the form, a job's state, its result in each format."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter

from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.sql.jobs import JobState
from tutor.adapters.sql.webhooks import WebhookTable
from tutor.adapters.webhook_sender import check_secret, check_url
from tutor.core.feedback.reading.reading import TextError, check_text
from tutor.core.files.errors import JOB_ERRORS
from tutor.core.files.subtitles import as_srt, as_vtt
from tutor.core.files.transcript import Transcript
from tutor.core.files.webhook import MAX_URL, WebhookError, WebhookState
from tutor.core.text.languages import AUTO, whisper_language
from tutor.shells.http.problems import Problem

ResultFormat = Literal["json", "text", "srt", "vtt"]

_TRANSCRIPT = TypeAdapter(Transcript)


def _code_of(language: str) -> str:
    code = whisper_language(language)
    if code is None:
        raise ValueError("not a language that the recogniser knows")
    return code


Language = Annotated[str, Field(max_length=35), AfterValidator(_code_of)]
"""A language field of a form; its value becomes the recogniser's code."""


class JobForm(BaseModel):
    """The fields of `POST /v1/jobs` beside the file."""

    language: Language = Field(AUTO, description="BCP-47, or `auto`")
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
    """How far the webhook is."""

    url: str
    state: WebhookState
    tries: int
    error: str | None = Field(description="why the last delivery failed")


class JobView(BaseModel):
    """A job's present state."""

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
    except TextError as error:
        raise Problem(422, error.reason, str(error)) from error


def transcript_of(row: JobRow) -> Transcript:
    """The transcript of a finished job."""
    assert row.result is not None
    return _TRANSCRIPT.validate_python(row.result["transcript"])


def render(row: JobRow, form: ResultFormat) -> Response:
    """The result of a finished job in a format."""
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


def facts_of(row: JobRow, webhooks: WebhookTable) -> dict[str, Any]:
    """The facts of a job that its owner sees. Blocks."""
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

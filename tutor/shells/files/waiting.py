"""Waiting until an uploaded recording is transcribed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from tutor.adapters.sql.job_tables import JobRow
from tutor.core.files.errors import JOB_ERRORS
from tutor.shells.files.jobs import forget
from tutor.shells.http.problems import Problem
from tutor.shells.http.services import Services

FIRST_LOOK_S, LONGEST_LOOK_S = 0.05, 1.0
"""Seconds between the first two looks at a job that is waited for, which grow by a fifth each time,
and the most that they grow to."""


@asynccontextmanager
async def waited_for(services: Services, job: str, *, keeps: bool) -> AsyncIterator[None]:
    """Delete the job after the block, unless its client keeps it to ask again."""
    try:
        yield
    finally:
        if not keeps:
            # Not awaited: when the client has gone, this task is being cancelled.
            asyncio.get_running_loop().run_in_executor(None, forget, services, job)


async def transcribed(services: Services, job: str, request: Request) -> JobRow:
    """The job when it is done.

    Raises:
        Problem: as `looks` raises it.
    """
    async for row in looks(services, job, request):
        if row.state == "done":
            return row
    raise AssertionError("a job is looked at until it is done")


async def looks(services: Services, job: str, request: Request) -> AsyncIterator[JobRow]:
    """The job's row again and again, until it is done.

    Raises:
        Problem: the job failed; 400, the client has gone; 410, the job was deleted; 504, it takes
            too long.
    """
    longest = services.settings.transcription_timeout_s
    loop = asyncio.get_running_loop()
    deadline, pause = loop.time() + longest, FIRST_LOOK_S
    while True:
        row = await asyncio.to_thread(services.jobs.find, job)
        if row is None:
            raise Problem(410, "gone", "the transcription was deleted")
        yield row
        if row.state == "failed":
            raise _failure(row)
        if row.state == "done":
            return
        if await request.is_disconnected():
            raise Problem(400, "disconnected", "the client has gone")
        if loop.time() > deadline:
            detail = f"not done within {longest:g} s; use /v1/jobs for long recordings"
            raise Problem(504, "timeout", detail)
        await asyncio.sleep(pause)
        pause = min(LONGEST_LOOK_S, pause * 1.2)


def _failure(row: JobRow) -> Problem:
    code = row.error or "internal"
    status, message = JOB_ERRORS[code]
    return Problem(status, code, row.detail or message, param="file" if status < 500 else None)

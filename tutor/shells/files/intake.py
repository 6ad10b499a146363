"""How an uploaded file becomes a job: once for each idempotency key, and within the limits."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.sql.jobs import (
    BLOCK_BYTES,
    JobTable,
    KeyUsedError,
    OwnerGoneError,
    Purpose,
    TooManyJobsError,
)
from tutor.adapters.sql.webhooks import WebhookRow
from tutor.adapters.store.broker.queue import QueueError
from tutor.core.accounts.principal import Principal
from tutor.shells.http.auth import invalid_token
from tutor.shells.http.problems import Problem
from tutor.shells.http.quota import allowance, exhausted
from tutor.shells.http.services import Services

log = logging.getLogger(__name__)

TRANSCRIPTION_TTL_S = 3600.0
"""Seconds after which a transcription that its client did not fetch is deleted."""

RETRY_AFTER_S = 30

MOST_NAME_CHARS = 200


@dataclass(frozen=True)
class Order:
    """What is to be done with an uploaded file."""

    purpose: Purpose
    parameters: Mapping[str, Any]
    filename: str
    file: BinaryIO
    idempotency_key: str | None = None
    callback_url: str | None = None
    webhook_secret: str | None = None


def take_in(services: Services, caller: Principal, order: Order) -> tuple[JobRow, bool]:
    """Keep a job and put it in the queue; the job, and whether it is new. Blocks.

    Raises:
        Problem: 422, the key was used for something else; 429, too many jobs, or too much audio.
    """
    jobs = services.jobs
    row = _new_row(services, caller, order)
    known = row.idempotency and jobs.find_repetition(row.idempotency)
    if known:
        return _repeated(known, row), False
    left = allowance(services, caller)
    if left.is_exhausted:  # a files worker, who knows how long it is, counts it
        raise exhausted(left)
    most = services.settings.max_jobs_per_user
    try:
        jobs.add(row, _blocks(order.file), most, _webhooks(row, order))
    except TooManyJobsError as error:
        raise _too_many(most) from error
    except OwnerGoneError as error:
        raise invalid_token("there is no such account any more") from error
    except KeyUsedError as error:  # the same request, at the same time
        return _repeated(error.job, row), False
    _enqueue(services, jobs, row.id)
    return row, True


def _enqueue(services: Services, jobs: JobTable, job: str) -> None:
    try:
        services.queue.send_file(job)
    except QueueError as error:
        log.warning("job %s must wait: %s", job, error)
        jobs.mark_dispatched(job, 0.0)  # a files worker finds it


def _too_many(most: int) -> Problem:
    return Problem(
        429,
        "too_many_jobs",
        f"{most} jobs are not finished yet; wait for one of them",
        headers={"Retry-After": str(RETRY_AFTER_S)},
        max_jobs=most,
    )


def _repeated(known: JobRow, row: JobRow) -> JobRow:
    if known.fingerprint != row.fingerprint:
        raise Problem(
            422, "idempotency_key_reused", "this Idempotency-Key was used for another request"
        )
    return known


def _new_row(services: Services, caller: Principal, order: Order) -> JobRow:
    now = time.time()
    ttl_s = services.settings.job_ttl_days * 86_400
    size = order.file.seek(0, 2)
    return JobRow(
        id=secrets.token_hex(16),
        owner=caller.user,
        purpose=order.purpose,
        state="queued",
        progress=0.0,
        parameters={**order.parameters, "plan": caller.plan},
        filename=_plain_name(order.filename),
        size=size,
        idempotency=_key(caller, order),
        fingerprint=_fingerprint(order),
        charged_s=0.0,
        runs=0,
        lease_until=0.0,
        dispatched_at=now,
        created_at=now,
        updated_at=now,
        expires_at=now + (ttl_s if order.purpose == "job" else TRANSCRIPTION_TTL_S),
    )


def _key(caller: Principal, order: Order) -> str | None:
    """The caller's idempotency key, hashed with its owner and route: for others it names other
    jobs."""
    if order.idempotency_key is None:
        return None
    whole = json.dumps([caller.user, order.purpose, order.idempotency_key])
    return hashlib.sha256(whole.encode()).hexdigest()


def _fingerprint(order: Order) -> str:
    whole = json.dumps([dict(order.parameters), order.callback_url], sort_keys=True)
    digest = hashlib.sha256(whole.encode())
    for block in _blocks(order.file):
        digest.update(block)
    return digest.hexdigest()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(BLOCK_BYTES):
        yield block


def _webhooks(row: JobRow, order: Order) -> list[WebhookRow]:
    if order.callback_url is None or order.webhook_secret is None:
        return []
    return [
        WebhookRow(
            job=row.id,
            url=order.callback_url,
            secret=order.webhook_secret,
            state="waiting",
            tries=0,
            next_at=0.0,
        )
    ]


def _plain_name(name: str) -> str:
    """A file's name without what a database or a terminal would trip over."""
    plain = "".join(sign for sign in name if sign.isprintable())
    return plain[:MOST_NAME_CHARS] or "upload"

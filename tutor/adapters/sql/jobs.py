"""Jobs of uploaded files in the database: the truth about each, whatever process dies.

A worker on a job holds a lease of it and renews it; a job whose lease ran out is free again. Times
are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from tutor.adapters.sql.account_tables import User as User  # its table is referred to
from tutor.adapters.sql.database import Base, Database
from tutor.adapters.sql.errors import ConflictError
from tutor.adapters.sql.job_tables import JobRow, PieceRow, UploadBlock
from tutor.adapters.sql.webhooks import WebhookRow
from tutor.core.audio.recognition import Recognition
from tutor.core.feedback.assessment import Assessment
from tutor.core.files.pieces import FinishedPiece
from tutor.core.files.transcript import Piece

JobState = Literal["queued", "running", "done", "failed"]
Purpose = Literal["job", "transcription"]

UNFINISHED = ("queued", "running")

BLOCK_BYTES = 2**20
"""Bytes of the blocks in which uploads are kept, so that no process holds a whole one in memory."""

LEASE_S = 15.0
"""Seconds after which a job whose worker has not renewed its lease is free again."""

DISPATCH_AGAIN_S = 60.0
"""Seconds after which a queued job that no worker took is put in the queue again."""


class KeyUsedError(Exception):
    """There is a job with this idempotency key already."""

    def __init__(self, job: JobRow) -> None:
        self.job = job
        super().__init__(f"the idempotency key is job {job.id}'s")


class OwnerGoneError(Exception):
    """The account that a new job should belong to was deleted."""


class LeaseLostError(Exception):
    """The worker has lost its job: it was deleted, or another worker has its lease."""


class TooManyJobsError(Exception):
    """The owner has as many unfinished jobs as there may be."""


_RECOGNITION = TypeAdapter(Recognition)
_ASSESSMENT = TypeAdapter(Assessment)


class JobTable:
    """What gateways and files workers do with jobs; every method blocks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------ for callers

    def add(
        self, row: JobRow, blocks: Iterable[bytes], most: int, extra: Iterable[Base] = ()
    ) -> None:
        """Keep a new job with its file, unless its owner has `most` that are not finished.

        Raises:
            KeyUsedError: another job has its idempotency key.
            OwnerGoneError: the owner's account is gone.
            TooManyJobsError: nothing was kept.
        """
        try:
            with self._database.turn(f"jobs {row.owner}") as session:
                session.add(row)
                session.flush()
                if _unfinished(session, row.owner) > most:
                    raise TooManyJobsError
                session.add_all(extra)
                for number, data in enumerate(blocks):
                    session.add(UploadBlock(job=row.id, number=number, data=data))
                    session.flush()
                    session.expunge_all()
        except ConflictError as error:
            used = row.idempotency and self.find_repetition(row.idempotency)
            raise KeyUsedError(used) if used else OwnerGoneError from error

    def find(self, job: str) -> JobRow | None:
        """A job by its id, or None."""
        with self._database.transaction() as session:
            return session.get(JobRow, job)

    def find_repetition(self, idempotency: str) -> JobRow | None:
        """The job that was made with an idempotency key, or None."""
        with self._database.transaction() as session:
            return session.scalar(select(JobRow).where(JobRow.idempotency == idempotency))

    def names(self, owner: str) -> list[str]:
        """The ids of all jobs of a user, finished or not, the oldest first."""
        with self._database.transaction() as session:
            wanted = select(JobRow.id).where(JobRow.owner == owner)
            return list(session.scalars(wanted.order_by(JobRow.created_at, JobRow.id)))

    def page(self, owner: str | None, limit: int, after: JobRow | None) -> list[JobRow]:
        """An owner's jobs, the newest first, older than `after`; at most `limit`."""
        wanted = select(JobRow).where(_owned(owner), JobRow.purpose == "job")
        if after is not None:
            older = JobRow.created_at < after.created_at
            same = and_(JobRow.created_at == after.created_at, JobRow.id < after.id)
            wanted = wanted.where(or_(older, same))
        wanted = wanted.order_by(JobRow.created_at.desc(), JobRow.id.desc()).limit(limit)
        with self._database.transaction() as session:
            return list(session.scalars(wanted))

    def remove(self, job: str) -> bool:
        """Delete a job with all that belongs to it; whether it was there."""
        with self._database.transaction() as session:
            removed = session.execute(delete(JobRow).where(JobRow.id == job))
        self._database.purge()
        return bool(removed.rowcount)  # type: ignore[attr-defined]

    # ------------------------------------------------------------ for workers

    def take(self, job: str, lease: str, now: float) -> JobRow | None:
        """Take the lease of a job; None when it is finished or another worker has it."""
        free = and_(JobRow.state.in_(UNFINISHED), JobRow.lease_until < now)
        taken = self._change(
            and_(JobRow.id == job, free),
            state="running",
            lease=lease,
            lease_until=now + LEASE_S,
            runs=JobRow.runs + 1,
            updated_at=now,
        )
        return self.find(job) if taken else None

    def renew(self, job: str, lease: str, now: float, **facts: Any) -> bool:
        """Renew a job's lease, and note its progress; False: it was deleted or taken over."""
        return self._change(_held(job, lease), lease_until=now + LEASE_S, updated_at=now, **facts)

    def give_back(self, job: str, lease: str, now: float) -> bool:
        """Let another worker go on with a job at once; this worker's run does not count."""
        return self._change(
            _held(job, lease),
            state="queued",
            lease_until=0.0,
            dispatched_at=0.0,
            runs=JobRow.runs - 1,
            updated_at=now,
        )

    def finish(self, job: str, lease: str, state: JobState, now: float, **facts: Any) -> bool:
        """End a job, forget its file, let its webhook go; False: this worker lost the lease."""
        with self._database.transaction() as session:
            ended = session.execute(
                update(JobRow)
                .where(_held(job, lease))
                .values(state=state, finished_at=now, updated_at=now, lease_until=0.0, **facts)
            )
            if not ended.rowcount:  # type: ignore[attr-defined]
                return False
            session.execute(delete(UploadBlock).where(UploadBlock.job == job))
            waiting = and_(WebhookRow.job == job, WebhookRow.state == "waiting")
            session.execute(update(WebhookRow).where(waiting).values(state="due", next_at=now))
        self._database.purge()
        return True

    def upload(self, job: str) -> Iterator[bytes]:
        """A job's file, block by block."""
        number = 0
        while (block := self._block(job, number)) is not None:
            yield block
            number += 1

    def _block(self, job: str, number: int) -> bytes | None:
        with self._database.transaction() as session:
            block = session.get(UploadBlock, (job, number))
            return None if block is None else block.data

    def add_piece(self, job: str, finished: FinishedPiece) -> None:
        """Keep what is known of a piece.

        Raises:
            LeaseLostError: the job is gone, or another worker has kept this piece.
        """
        assessment = finished.assessment
        row = PieceRow(
            job=job,
            index=finished.piece.index,
            start=finished.piece.start,
            end=finished.piece.end,
            recognition=asdict(finished.recognition),
            assessment=None if assessment is None else asdict(assessment),
        )
        try:
            with self._database.transaction() as session:
                session.add(row)
        except ConflictError as error:
            raise LeaseLostError from error

    def pieces(self, job: str, first: int = 0) -> list[FinishedPiece]:
        """The finished pieces of a job from an index on, in order."""
        wanted = select(PieceRow).where(PieceRow.job == job, PieceRow.index >= first)
        with self._database.transaction() as session:
            return [_finished(row) for row in session.scalars(wanted.order_by(PieceRow.index))]

    def remove_piece(self, job: str, index: int) -> None:
        """Forget a piece: the recording is cut differently now."""
        with self._database.transaction() as session:
            session.execute(delete(PieceRow).where(PieceRow.job == job, PieceRow.index == index))

    # ------------------------------------------------------------ for the sweeper

    def to_dispatch(self, now: float) -> list[str]:
        """Unfinished jobs that no worker has and that were not queued lately, the oldest first.

        The sweeper queues them, and then marks each with `mark_dispatched`.
        """
        free = and_(
            JobRow.state.in_(UNFINISHED),
            JobRow.lease_until < now,
            JobRow.dispatched_at < now - DISPATCH_AGAIN_S,
        )
        order = select(JobRow.id).where(free).order_by(JobRow.created_at)
        with self._database.transaction() as session:
            return list(session.scalars(order))

    def mark_dispatched(self, job: str, now: float) -> None:
        """Note that a job is in the queue."""
        self._change(JobRow.id == job, dispatched_at=now)

    def forget_dispatches(self) -> None:
        """Forget that jobs were queued: the queue may have lost them, and the sweeper queues them
        again."""
        self._change(JobRow.state.in_(UNFINISHED), dispatched_at=0.0)

    def remove_expired(self, now: float) -> list[str]:
        """Delete the jobs that have expired; their ids."""
        with self._database.transaction() as session:
            expired = list(session.scalars(select(JobRow.id).where(JobRow.expires_at < now)))
            session.execute(delete(JobRow).where(JobRow.id.in_(expired)))
        if expired:
            self._database.purge()
        return expired

    def _change(self, which: ColumnElement[bool], **values: Any) -> bool:
        with self._database.transaction() as session:
            changed = session.execute(update(JobRow).where(which).values(**values))
            return bool(changed.rowcount)  # type: ignore[attr-defined]


def _owned(owner: str | None) -> ColumnElement[bool]:
    return JobRow.owner.is_(None) if owner is None else JobRow.owner == owner


def _unfinished(session: Session, owner: str | None) -> int:
    mine = and_(_owned(owner), JobRow.state.in_(UNFINISHED))
    return session.scalar(select(func.count()).select_from(JobRow).where(mine)) or 0


def _held(job: str, lease: str) -> ColumnElement[bool]:
    return and_(JobRow.id == job, JobRow.lease == lease, JobRow.state == "running")


def _finished(row: PieceRow) -> FinishedPiece:
    assessment = row.assessment and _ASSESSMENT.validate_python(row.assessment)
    return FinishedPiece(
        Piece(row.index, row.start, row.end),
        _RECOGNITION.validate_python(row.recognition),
        assessment or None,
    )

"""The tables of uploaded files: jobs, the blocks of their recordings, their pieces."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tutor.adapters.sql.account_tables import User as User  # its table is referred to
from tutor.adapters.sql.database import Base


class JobRow(Base):
    """One uploaded file, and what became of it."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_owner", "owner", "created_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("users.id", ondelete="CASCADE")
    )
    """The owner's user id; None: a guest."""
    purpose: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), index=True)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    filename: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    language: Mapped[str | None] = mapped_column(String(10))
    """The language as found; None while nothing was understood."""
    duration_s: Mapped[float | None] = mapped_column(Float)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None] = mapped_column(String(40))
    detail: Mapped[str | None] = mapped_column(Text)
    idempotency: Mapped[str | None] = mapped_column(String(64), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """Digest of the request, to tell a repetition from another use of the same key."""
    charged_s: Mapped[float] = mapped_column(Float, default=0.0)
    """Seconds of the recording that were counted in its owner's usage."""
    runs: Mapped[int] = mapped_column(default=0)
    """How often a worker took the job up and did not give it back."""
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[float] = mapped_column(Float, default=0.0)
    dispatched_at: Mapped[float] = mapped_column(Float, default=0.0)
    created_at: Mapped[float] = mapped_column(Float)
    updated_at: Mapped[float] = mapped_column(Float)
    finished_at: Mapped[float | None] = mapped_column(Float)
    expires_at: Mapped[float] = mapped_column(Float, index=True)


def _of_job() -> Mapped[str]:
    return mapped_column(String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)


class UploadBlock(Base):
    """A block of a job's file; gone when the job is done."""

    __tablename__ = "job_uploads"

    job: Mapped[str] = _of_job()
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PieceRow(Base):
    """A piece of a job's recording that was recognised."""

    __tablename__ = "job_pieces"

    job: Mapped[str] = _of_job()
    index: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[int]
    end: Mapped[int]
    recognition: Mapped[dict[str, Any]] = mapped_column(JSON)
    assessment: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

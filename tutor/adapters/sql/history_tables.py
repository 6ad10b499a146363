"""The tables of what learners have practised: sessions, utterances, recordings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    exists,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from tutor.adapters.sql.columns import Moment, utc_now
from tutor.adapters.sql.database import Base


class PracticeSession(Base):
    """One session of a learner."""

    __tablename__ = "practice_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(35))
    exercise: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The exercise that the session began with."""
    started_at: Mapped[datetime] = mapped_column(Moment, default=utc_now, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    audio_s: Mapped[float] = mapped_column(default=0.0)


class Recording(Base):
    """An utterance's audio, kept because its speaker agreed."""

    __tablename__ = "recordings"

    utterance_id: Mapped[int] = mapped_column(
        ForeignKey("utterances.id", ondelete="CASCADE"), primary_key=True
    )
    flac: Mapped[bytes] = mapped_column(LargeBinary)


class PracticeUtterance(Base):
    """One utterance with its words, scores and reply."""

    __tablename__ = "utterances"
    __table_args__ = (UniqueConstraint("session_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("practice_sessions.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(20))
    """The utterance's name in the session's events."""
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(35))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    words: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    scores: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The fields of the feedback events, by event type without the prefix `feedback.`."""
    reply: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=utc_now)
    has_audio: Mapped[bool] = column_property(
        exists().where(Recording.utterance_id == id).correlate_except(Recording)  # noqa: A003 - ours
    )
    """Whether the utterance's recording was kept when the row was read."""

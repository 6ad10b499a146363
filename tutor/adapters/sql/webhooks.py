"""Webhooks in the database: which are due, whatever process dies. Times are seconds since 1970."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Float, ForeignKey, String, Text, and_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tutor.adapters.sql.database import Base, Database

TAKEN_S = 60.0
"""Seconds that a worker has for a delivery it took; longer than any request may take."""


class WebhookRow(Base):
    """The webhook of a job."""

    __tablename__ = "job_webhooks"

    job: Mapped[str] = mapped_column(
        String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20), default="waiting", index=True)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[float] = mapped_column(Float, default=0.0)
    error: Mapped[str | None] = mapped_column(Text)
    """Why the last delivery failed."""


class WebhookTable:
    """What a files worker does with webhooks; every method blocks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, job: str) -> WebhookRow | None:
        """A job's webhook, or None."""
        with self._database.transaction() as session:
            return session.get(WebhookRow, job)

    def take_due(self, now: float, limit: int) -> list[WebhookRow]:
        """Take some deliveries whose time has come; no other worker gets them for `TAKEN_S`."""
        is_due = and_(WebhookRow.state == "due", WebhookRow.next_at <= now)
        with self._database.transaction() as session:
            rows = list(session.scalars(select(WebhookRow).where(is_due).limit(limit)))
        return [row for row in rows if self._take(row, now)]

    def _take(self, row: WebhookRow, now: float) -> bool:
        """Take a delivery; whether no other worker was faster."""
        untaken = and_(_due(row.job), WebhookRow.next_at == row.next_at)
        return self._change(untaken, next_at=now + TAKEN_S)

    def note_delivered(self, webhook: WebhookRow) -> None:
        """Note that the receiver has a webhook."""
        tries = webhook.tries + 1
        self._change(_due(webhook.job), state="delivered", tries=tries, error=None)

    def note_failed(self, webhook: WebhookRow, error: str, next_at: float | None) -> None:
        """Note that a delivery failed, to be tried again at `next_at`; None: never."""
        facts: dict[str, Any] = {"tries": webhook.tries + 1, "error": error}
        if next_at is None:
            self._change(_due(webhook.job), state="failed", **facts)
        else:
            self._change(_due(webhook.job), next_at=next_at, **facts)

    def _change(self, which: ColumnElement[bool], **values: Any) -> bool:
        with self._database.transaction() as session:
            changed = session.execute(update(WebhookRow).where(which).values(**values))
            return bool(changed.rowcount)  # type: ignore[attr-defined]


def _due(job: str) -> ColumnElement[bool]:
    return and_(WebhookRow.job == job, WebhookRow.state == "due")

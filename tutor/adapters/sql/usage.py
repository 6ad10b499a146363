"""How much audio each user has had recognised, by day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CursorResult, ForeignKey, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from tutor.adapters.sql.columns import utc_now
from tutor.adapters.sql.database import Base, Database
from tutor.adapters.sql.history_tables import PracticeSession


class Usage(Base):
    """The audio of one user on one day (UTC)."""

    __tablename__ = "usage"

    user_id: Mapped[str] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    audio_s: Mapped[float] = mapped_column(default=0.0)


class Meter:
    """Counts audio; every method is one transaction and blocks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def used(self, user: str) -> float:
        """Seconds of audio that a user has used today."""
        with self._database.transaction() as session:
            return _used(session, user)

    def days(self, user: str) -> list[Usage]:
        """All days of a user, the oldest first."""
        with self._database.transaction() as session:
            query = select(Usage).where(Usage.user_id == user).order_by(Usage.day)
            return list(session.scalars(query))

    def add(self, user: str, audio_s: float, quota_s: float = 0) -> bool:
        """Count audio; False, and nothing, when it would exceed a quota (0: unlimited).

        The database counts and compares in one step: two uploads at once cannot both take what is
        left.

        Raises:
            ConflictError: the user is gone.
        """
        today = (Usage.user_id == user) & (Usage.day == _today())
        query = update(Usage).where(today).values(audio_s=Usage.audio_s + audio_s)
        if quota_s:
            query = query.where(Usage.audio_s + audio_s <= quota_s)
        with self._database.transaction() as session:
            _begin_day(session, user)
            result = session.execute(query.execution_options(synchronize_session=False))
            assert isinstance(result, CursorResult)
            return bool(result.rowcount)

    def bill(self, user: str, session_id: str, audio_s: float) -> bool:
        """Count the audio of a practice session, `audio_s` by now; False: there is no such session.

        What was counted of it before, by whichever gateway, is not counted again.

        Raises:
            ConflictError: the user is gone.
        """
        today = (Usage.user_id == user) & (Usage.day == _today())
        with self._database.turn(f"usage {session_id}") as session:
            row = session.get(PracticeSession, session_id)
            if row is None:
                return False
            if (more := audio_s - row.audio_s) > 0:
                # The user's row before the session's, as a deletion of the user takes them.
                _begin_day(session, user)
                session.execute(update(Usage).where(today).values(audio_s=Usage.audio_s + more))
                row.audio_s = audio_s
            return True


def _today() -> date:
    return utc_now().date()


def _used(session: Session, user: str) -> float:
    row = session.get(Usage, (user, _today()))
    return 0.0 if row is None else row.audio_s


def _begin_day(session: Session, user: str) -> None:
    if session.get(Usage, (user, _today())) is None:
        try:
            with session.begin_nested():
                session.add(Usage(user_id=user, day=_today(), audio_s=0.0))
        except IntegrityError:  # another has begun it in this moment, or the user is gone
            if session.get(Usage, (user, _today())) is None:
                raise

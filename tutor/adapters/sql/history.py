"""What learners have practised: sessions, utterances and, with consent, recordings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    case,
    delete,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.columns import utc_now
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.errors import ConflictError
from tutor.adapters.sql.history_tables import PracticeSession, PracticeUtterance, Recording
from tutor.core.accounts.notes import UtteranceRecord
from tutor.core.protocol.messages import SessionStart


@dataclass(frozen=True)
class MeanScores:
    """Mean scores of a session's utterances, 0 to 100; None where nothing was scored."""

    accuracy: float | None = None
    pronunciation: float | None = None
    """Mean of the calibrated scores only: others say nothing on their own."""
    fluency: float | None = None


_feedback = PracticeUtterance.scores
_SCORES = (
    _feedback["accuracy"]["accuracy"].as_float(),
    case(
        (
            _feedback["pronunciation"]["calibrated"].as_boolean(),
            _feedback["pronunciation"]["total"].as_float(),
        )
    ),
    _feedback["fluency"]["score"].as_float(),
)
"""Expressions of the scores, in the order of `MeanScores`."""


class History:
    """What is written while a learner practises, and read afterwards; every method blocks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------ writing

    def begin(self, user: str, session_id: str, start: SessionStart) -> None:
        """Note a session, once; one that continues at another gateway has no end again.

        Raises:
            ConflictError: the user is gone.
        """
        with self._database.transaction() as session:
            row = session.get(PracticeSession, session_id)
            if row is not None:
                row.ended_at = None
            else:
                given = asdict(start.exercise)
                exercise = _storable({k: v for k, v in given.items() if v is not None})
                session.add(
                    PracticeSession(
                        id=session_id, user_id=user, language=start.language, exercise=exercise
                    )
                )

    def add(self, session_id: str, record: UtteranceRecord, flac: bytes | None) -> None:
        """Keep an utterance; its recording only where the learner still agrees.

        A row that is there already gets what is known of the utterance now.

        Raises:
            ConflictError: the session is gone.
        """
        facts = _storable(vars(record))
        with self._database.turn(f"utterances {session_id}") as session:
            # The user's row before the session's, as a deletion of the user takes them.
            agrees = flac is not None and _agrees(session, session_id)
            utterance = session.scalar(_named(session_id, record.name))
            if utterance is None:
                utterance = PracticeUtterance(session_id=session_id, **facts)
                session.add(utterance)
            for fact, value in facts.items():
                setattr(utterance, fact, value)
            session.flush()
            if agrees and session.get(Recording, utterance.id) is None:
                session.add(Recording(utterance_id=utterance.id, flac=flac))

    def add_missing(self, session_id: str, records: Sequence[UtteranceRecord]) -> None:
        """Keep the utterances that have no row: the gateway that had them died.

        Raises:
            ConflictError: the session is gone.
        """
        query = select(PracticeUtterance.name).where(PracticeUtterance.session_id == session_id)
        with self._database.turn(f"utterances {session_id}") as session:
            known = set(session.scalars(query))
            session.add_all(
                PracticeUtterance(session_id=session_id, **_storable(vars(record)))
                for record in records
                if record.name not in known
            )

    def end(self, session_id: str) -> None:
        """Note that a session has ended."""
        with self._database.transaction() as session:
            row = session.get(PracticeSession, session_id)
            if row is not None:
                row.ended_at = utc_now()

    def take_over(
        self, user: str, given: PracticeSession, records: Sequence[UtteranceRecord]
    ) -> set[str]:
        """Keep a session that a learner had before there was an account, or more of it.

        Returns the names of its utterances that were not known yet.

        Raises:
            ConflictError: the user is gone, or the session is another one's.
        """
        query = select(PracticeUtterance.name).where(PracticeUtterance.session_id == given.id)
        with self._database.turn(f"utterances {given.id}") as session:
            known = session.get(PracticeSession, given.id)
            if known is None:
                session.add(given)
            elif known.user_id != user:
                raise ConflictError("the session is another user's")
            names = set(session.scalars(query))
            new = [record for record in records if record.name not in names]
            session.flush()
            session.add_all(
                PracticeUtterance(
                    session_id=given.id, created_at=given.started_at, **_storable(vars(record))
                )
                for record in new
            )
            return {record.name for record in new}

    def forget_audio(self, user: str) -> None:
        """Delete all recordings of a user."""
        mine = (
            select(PracticeUtterance.id)
            .join(PracticeSession, PracticeSession.id == PracticeUtterance.session_id)
            .where(PracticeSession.user_id == user)
        )
        with self._database.transaction() as session:
            session.execute(delete(Recording).where(Recording.utterance_id.in_(mine)))
        self._database.purge()

    # ------------------------------------------------------------ reading

    def sessions(
        self, user: str, limit: int, before: str | None = None
    ) -> list[tuple[PracticeSession, int]]:
        """Sessions with their number of utterances, the latest first, older than `before`."""
        count = (
            select(func.count())
            .where(PracticeUtterance.session_id == PracticeSession.id)
            .scalar_subquery()
        )
        query = select(PracticeSession, count).where(PracticeSession.user_id == user)
        place = tuple_(PracticeSession.started_at, PracticeSession.id)
        with self._database.transaction() as session:
            if before is not None:
                last = _owned(session, user, before)
                if last is None:
                    return []
                query = query.where(place < tuple_(last.started_at, last.id))
            query = query.order_by(PracticeSession.started_at.desc(), PracticeSession.id.desc())
            return [(row[0], row[1]) for row in session.execute(query.limit(limit))]

    def scores(self, sessions: Sequence[str]) -> dict[str, MeanScores]:
        """The mean scores of each session whose utterances have scores."""
        query = (
            select(PracticeUtterance.session_id, *(func.avg(score) for score in _SCORES))
            .where(PracticeUtterance.session_id.in_(sessions))
            .group_by(PracticeUtterance.session_id)
        )
        with self._database.transaction() as session:
            return {row[0]: MeanScores(*row[1:]) for row in session.execute(query)}

    def since(
        self, user: str, moment: datetime
    ) -> list[tuple[PracticeSession, list[dict[str, Any]]]]:
        """A user's sessions that began since a moment, each with its utterances' scores."""
        mine = (
            select(PracticeSession)
            .where(PracticeSession.user_id == user, PracticeSession.started_at >= moment)
            .order_by(PracticeSession.started_at)
        )
        told = (
            select(PracticeUtterance.session_id, PracticeUtterance.scores)
            .join(PracticeSession, PracticeSession.id == PracticeUtterance.session_id)
            .where(PracticeSession.user_id == user, PracticeSession.started_at >= moment)
            .order_by(PracticeUtterance.id)
        )
        with self._database.transaction() as session:
            scores: dict[str, list[dict[str, Any]]] = {}
            for name, found in session.execute(told):
                scores.setdefault(name, []).append(found)
            return [(row, scores.get(row.id, [])) for row in session.scalars(mine)]

    def session(
        self, user: str, session_id: str
    ) -> tuple[PracticeSession, list[PracticeUtterance]] | None:
        """A session of this user with its utterances in order; None when there is no such
        session."""
        with self._database.transaction() as session:
            found = _owned(session, user, session_id)
            return None if found is None else (found, _utterances(session, found))

    def recording(self, user: str, session_id: str, name: str) -> bytes | None:
        """The recording of an utterance of this user, as FLAC; None when there is none."""
        query = (
            select(Recording.flac)
            .join(PracticeUtterance, PracticeUtterance.id == Recording.utterance_id)
            .join(PracticeSession, PracticeSession.id == PracticeUtterance.session_id)
            .where(
                PracticeSession.user_id == user,
                PracticeSession.id == session_id,
                PracticeUtterance.name == name,
            )
        )
        with self._database.transaction() as session:
            return session.scalar(query)

    def utterances(self, user: str) -> int:
        """How many utterances of a user are kept."""
        query = (
            select(func.count(PracticeUtterance.id))
            .join(PracticeSession, PracticeSession.id == PracticeUtterance.session_id)
            .where(PracticeSession.user_id == user)
        )
        with self._database.transaction() as session:
            return session.scalar(query) or 0

    def names(self, user: str) -> list[str]:
        """The ids of all sessions of a user, the latest first."""
        query = select(PracticeSession.id).where(PracticeSession.user_id == user)
        with self._database.transaction() as session:
            return list(session.scalars(query.order_by(PracticeSession.started_at.desc())))

    def recordings(self, user: str, session_id: str) -> Iterator[tuple[str, bytes]]:
        """The recordings of a session, one at a time: all of them need not fit into memory."""
        found = self.session(user, session_id)
        for utterance in found[1] if found else ():
            flac = utterance.has_audio and self.recording(user, session_id, utterance.name)
            if flac:
                yield utterance.name, flac


def _agrees(session: Session, session_id: str) -> bool:
    """Whether a session's learner agrees to recordings; a change of that waits for this
    transaction."""
    query = (
        select(User.keep_audio)
        .join(PracticeSession, PracticeSession.user_id == User.id)
        .where(PracticeSession.id == session_id)
        .with_for_update(read=True, of=User)
    )
    return bool(session.scalar(query))


def _owned(session: Session, user: str, session_id: str) -> PracticeSession | None:
    found = session.get(PracticeSession, session_id)
    return found if found is not None and found.user_id == user else None


def _named(session_id: str, name: str) -> Select[PracticeUtterance]:
    return select(PracticeUtterance).where(
        PracticeUtterance.session_id == session_id, PracticeUtterance.name == name
    )


def _utterances(session: Session, found: PracticeSession) -> list[PracticeUtterance]:
    query = select(PracticeUtterance).where(PracticeUtterance.session_id == found.id)
    return list(session.scalars(query.order_by(PracticeUtterance.id)))


def _storable(value: Any) -> Any:
    """A value without NUL characters, which PostgreSQL does not take."""
    match value:
        case str():
            return value.replace("\0", "")
        case dict():
            return {name: _storable(part) for name, part in value.items()}
        case list() | tuple():
            return [_storable(part) for part in value]
    return value

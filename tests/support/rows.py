"""Rows of a learner's, for tests of the database."""

from datetime import timedelta

from sqlalchemy import MetaData, func, select

from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Database
from tutor.adapters.sql.history import History
from tutor.adapters.sql.job_tables import JobRow, PieceRow, UploadBlock
from tutor.adapters.sql.usage import Meter
from tutor.adapters.sql.webhooks import WebhookRow
from tutor.core.accounts.notes import UtteranceRecord
from tutor.core.coach.review import ReviewDeck
from tutor.core.protocol.messages import Exercise, SessionStart

RECORD = UtteranceRecord(
    "u1",
    "The weather is nice.",
    "en",
    480,
    2_760,
    ({"text": "The", "start_ms": 480, "end_ms": 600, "confidence": 0.9},),
    {"accuracy": {"accuracy": 100.0}},
    "Well read!",
)


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    found = MetaData()
    found.reflect(database.engine)
    with database.transaction() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }


def agree(database: Database, user: User, keep_audio: bool = True) -> None:
    """Let a user have agreed to recordings, or have taken that back."""
    Accounts(database, timedelta()).change(user.id, keep_audio=keep_audio)


def practised(database: Database, user: User, name: str = "s1") -> History:
    """A session with one recorded utterance, of somebody who agreed to that."""
    agree(database, user)
    history = History(database)
    history.begin(user.id, name, SessionStart("en", Exercise("read_aloud", "The weather\0!", "A2")))
    history.add(name, RECORD, b"fLaC")
    Meter(database).bill(user.id, name, 3.5)
    history.end(name)
    return history


def with_job(database: Database, user: User) -> None:
    """An uploaded file of a user, with all that belongs to it."""
    common = {"purpose": "job", "state": "running", "parameters": {}, "filename": "a.flac"}
    times = dict.fromkeys(("created_at", "updated_at", "expires_at"), 1.0)
    with database.transaction() as session:
        session.add(JobRow(id="j1", owner=user.id, size=4, fingerprint="f", **common, **times))
        session.flush()
        session.add(UploadBlock(job="j1", number=0, data=b"fLaC"))
        session.add(PieceRow(job="j1", index=0, start=0, end=1, recognition={}))
        session.add(WebhookRow(job="j1", url="https://school.example", secret="s"))


def deck_with(*scores: tuple[str, float]) -> ReviewDeck:
    """A deck that has heard these words."""
    deck = ReviewDeck()
    for now, (word, score) in enumerate(scores):
        deck.receive_score(word, score, float(now))
    return deck

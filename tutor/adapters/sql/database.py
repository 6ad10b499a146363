"""The SQL database: SQLite in the data folder by default, PostgreSQL for many gateways.

Blocking: routes are plain functions (FastAPI runs them in threads), coroutines use
`asyncio.to_thread`.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from tutor.adapters.settings import SettingsError
from tutor.adapters.sql.errors import DatabaseError, StorageFullError, database_errors

MIGRATIONS = Path(__file__).parent / "migrations"

OWN = 0o600
"""The mode of the database's files: for their owner alone."""

BUSY_S = 10
"""Seconds that a writer waits for another one of SQLite."""

MIGRATION_LOCK = 7_203_114_001
"""PostgreSQL's advisory lock: one process migrates, the others wait for it."""


logging.getLogger("alembic").setLevel(logging.WARNING)


class Base(DeclarativeBase):
    """The base of all tables. Constraints have names, so that both databases can change them
    later."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """A pool of connections and the door to transactions."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.full_at: float | None = None
        """When there was no room for a row the last time, on this process's clock."""
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def open(cls, url: str) -> Database:
        """Connect, and bring the tables to the newest version.

        Raises:
            DatabaseError: the database is away, refuses us, or has tables of a newer version.
        """
        try:
            with database_errors():
                database = cls(_engine(url))
                database._migrate()
        except (OSError, CommandError) as error:
            raise DatabaseError(str(error)) from error
        return database

    @classmethod
    def reach(cls, url: str) -> None:
        """Connect, and hang up: no table is looked at.

        Raises:
            DatabaseError: the database is away, or refuses us.
        """
        with database_errors():
            database = cls(_engine(url))
            try:
                database.engine.connect().close()
            finally:
                database.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A unit of work: committed at the end of the block, rolled back by an exception.

        Raises:
            DatabaseError: the database is away, or refuses the work.
        """
        try:
            with database_errors(), self._sessions.begin() as session:
                yield session
        except StorageFullError:
            self.full_at = time.monotonic()
            raise

    @contextmanager
    def turn(self, name: str) -> Iterator[Session]:
        """A unit of work that waits for all others of this name, in whatever process.

        Needed where a write must fit what was read before it. In SQLite there is one turn for all.
        """
        with self.transaction() as session:
            if self.engine.dialect.name == "sqlite":
                session.execute(text("BEGIN IMMEDIATE"))
            else:
                lock = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
            yield session

    def purge(self) -> None:
        """Remove what was deleted from SQLite's log beside the file, too.

        PostgreSQL overwrites deleted rows when it vacuums.
        """
        if self.engine.dialect.name == "sqlite":
            with database_errors(), self.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _migrate(self) -> None:
        with self._alone() as connection:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A connection while no other process migrates."""
        if self.engine.dialect.name == "sqlite":
            lock = FileLock(f"{self.engine.url.database}.lock", mode=OWN)
            with lock, self.engine.begin() as connection:
                yield connection
        else:
            with self.engine.begin() as connection:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                yield connection


def open_database(url: str) -> Database:
    """The database of a part that starts: connected, its tables at the newest version.

    Raises:
        SettingsError: the database cannot be opened; one line says why.
    """
    try:
        shown = make_url(url).render_as_string(hide_password=True)
    except (ArgumentError, ValueError) as error:
        raise SettingsError("TUTOR_DATABASE_URL is no database's URL") from error
    try:
        return Database.open(url)
    except DatabaseError as error:
        raise SettingsError(f"cannot open the database {shown}: {error}") from error


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
        )
    _keep_to_oneself(Path(parsed.database or ""))
    engine = create_engine(
        parsed,
        connect_args={"timeout": BUSY_S},
        hide_parameters=True,  # what learners say does not belong into a log
    )
    event.listen(engine, "connect", _configure_sqlite)
    return engine


def _keep_to_oneself(path: Path) -> None:
    """Let nobody else read the database, whatever the umask and whoever made the folder; SQLite
    gives the files beside it the same mode."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, OWN)
    os.close(descriptor)
    for name in ("", "-wal", "-shm"):  # those of an earlier version, too
        with suppress(FileNotFoundError):
            path.with_name(path.name + name).chmod(OWN)


def _configure_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # readers do not wait for the writer
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what was deleted is not left in free pages
    cursor.close()

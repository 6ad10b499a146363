"""The tables, in SQLite and in PostgreSQL: the same tests on both."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests.support.databases import fill, register_until_full
from tests.support.rows import RECORD, counts, deck_with, practised, with_job
from tutor.adapters.settings import SettingsError
from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Base, Database
from tutor.adapters.sql.decks import Decks
from tutor.adapters.sql.errors import ConflictError, StorageFullError
from tutor.adapters.sql.history import History
from tutor.adapters.sql.usage import Meter
from tutor.core.coach.review import ReviewDeck
from tutor.core.protocol.messages import SessionStart

# ---------------------------------------------------------------- the tables


def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    """What Alembic would change in a migrated database to fit the classes: nothing."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_gateways_that_start_together_migrate_once(database_url: str) -> None:
    """Eight at once open the database, and none fails."""
    with ThreadPoolExecutor(8) as pool:
        for opened in pool.map(Database.open, [database_url] * 8):
            opened.close()


def test_every_row_of_a_user_goes_with_the_user() -> None:
    """Each table but `users` has a foreign key that deletes its rows with their owner.

    A guest's jobs have none.
    """
    tables = Base.metadata.tables.values()
    owned = {
        table.name
        for table in tables
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and (not key.parent.nullable or table.name == "jobs")
    }
    assert owned == {table.name for table in tables} - {"users"}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_the_database_is_its_owners_alone(umask: int, tmp_path: Path) -> None:
    """Its files, those beside it and the lock are 0600 under any umask, and those that an earlier
    version has left open become so."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "tutor.db").touch(mode=0o644)
    before = os.umask(umask)
    try:
        for name in ("tutor.db", "new.db"):
            database = Database.open(f"sqlite:///{folder / name}")
            Accounts(database, timedelta(1)).register("anna@school.example", "correct horse")
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
            assert set(modes.values()) == {0o600}, modes
            assert f"{name}-wal" in modes
            database.close()
    finally:
        os.umask(before)


def test_a_full_disk_has_an_error_of_its_own(tmp_path: Path) -> None:
    """SQLite's own word for it; what was kept before stays readable."""
    database = Database.open(f"sqlite:///{tmp_path / 'tutor.db'}")
    accounts = Accounts(database, timedelta(1))
    anna = accounts.register("anna@school.example", "correct horse")
    fill(database)
    with pytest.raises(StorageFullError, match="full"):
        register_until_full(accounts)
    assert database.full_at is not None
    assert accounts.find(anna.id) is not None
    database.close()


def test_a_time_keeps_its_zone(accounts: Accounts, user: User) -> None:
    """What comes back is UTC, on either database."""
    found = accounts.find(user.id)
    assert found is not None
    assert found.created_at.utcoffset() == timedelta(0)
    assert found.created_at == user.created_at


def test_a_database_that_is_away_is_one_clear_line(tmp_path: Path) -> None:
    """A start that cannot open its database names it, without the password."""
    from tutor.adapters.sql.database import open_database

    url = f"postgresql://tutor:hunter2@/nothing?host={tmp_path}"
    with pytest.raises(SettingsError, match="cannot open the database") as failed:
        open_database(url)
    assert "hunter2" not in str(failed.value)
    assert "\n" not in str(failed.value)


# ---------------------------------------------------------------- deletion


def test_deletion_leaves_nothing(database: Database, accounts: Accounts, user: User) -> None:
    """After it every table is as empty as before, and what still comes in is refused."""
    accounts.open_login(user)
    accounts.create_key(user.id, "server")
    history = practised(database, user)
    Meter(database).add(user.id, 5)
    Decks(database).keep(
        user.id, "en", ReviewDeck().to_dict(), deck_with(("weather", 20)).to_dict()
    )
    with_job(database, user)
    assert all(counts(database).values())
    accounts.delete(user.id)
    assert not any(counts(database).values())
    with pytest.raises(ConflictError):
        history.add("s1", RECORD, None)
    with pytest.raises(ConflictError):
        history.begin(user.id, "s2", SessionStart("en"))


def test_what_fails_says_nothing_of_what_was_said(database: Database) -> None:
    """An error of the database may be logged: it quotes no parameters."""
    with pytest.raises(ConflictError) as failed:
        History(database).add("nowhere", RECORD, None)
    assert "weather" not in str(failed.value)

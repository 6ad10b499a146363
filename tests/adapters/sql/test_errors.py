"""Whatever goes wrong with the database, it is said in one way."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from tutor.adapters.settings import SettingsError
from tutor.adapters.sql.database import Database, open_database
from tutor.adapters.sql.errors import ConflictError, DatabaseError
from tutor.adapters.sql.usage import Meter


def test_what_the_database_refuses_is_one_line(database: Database) -> None:
    """Nothing of SQLAlchemy's own comes out, but as the cause: neither does the query."""
    with pytest.raises(DatabaseError) as failed, database.transaction() as session:
        session.execute(text("SELECT secret FROM nowhere"))
    assert "nowhere" in str(failed.value)
    assert "\n" not in str(failed.value)
    assert "SELECT" not in str(failed.value)
    assert isinstance(failed.value.__cause__, SQLAlchemyError)


def test_rows_that_belong_to_nobody_are_a_conflict(database: Database) -> None:
    """It can be told from a database that is away."""
    with pytest.raises(ConflictError) as failed:
        Meter(database).add("nobody", 1.0)
    assert isinstance(failed.value.__cause__, IntegrityError)


def test_a_turn_fails_as_a_transaction_does(database: Database) -> None:
    """Who waits for others is told the same."""
    with pytest.raises(DatabaseError), database.turn("a name") as session:
        session.execute(text("SELECT secret FROM nowhere"))


def test_an_error_of_the_caller_stays_its_own(database: Database) -> None:
    """A transaction that is broken off for another reason says that reason."""
    with pytest.raises(OSError, match="disk"), database.transaction():
        raise OSError("disk")


def test_tables_of_a_newer_version_are_one_clear_line(tmp_path: Path) -> None:
    """A program that is older than its database does not start, and says why."""
    url = f"sqlite:///{tmp_path / 'tutor.db'}"
    database = open_database(url)
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(SettingsError, match=r"cannot open the database .*9999") as failed:
        open_database(url)
    assert "\n" not in str(failed.value)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    """Where SQLite's file has no place, the start says so."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot open the database"):
        open_database(f"sqlite:///{tmp_path}/file/tutor.db")

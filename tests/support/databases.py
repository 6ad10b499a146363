"""Empty databases, of each kind that the product takes."""

from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from sqlalchemy import event

from tests.support.postgres import new_database
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Database


def empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a database of the kind that a fixture's parameter names."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'tutor.db'}"
    return new_database(request.getfixturevalue("postgres"), f"t{token_hex(4)}")


def fill(database: Database) -> None:
    """Let an SQLite database have no more pages than it has: its disk is full."""
    database.close()
    event.listen(database.engine, "connect", _allow_no_page)


def _allow_no_page(connection: Any, _: object) -> None:
    connection.execute("PRAGMA max_page_count=1")


def register_until_full(accounts: Accounts) -> None:
    """Open accounts until there is no room for one more.

    Raises:
        StorageFullError: there is none.
    """
    for number in range(500):
        accounts.register(f"{number}@school.example", "correct horse")

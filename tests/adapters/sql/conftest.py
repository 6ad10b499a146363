"""A migrated database of each kind, and Anna."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.support.gateway import PASSWORD
from tutor.adapters.sql.account_tables import User
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Database


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    database = Database.open(database_url)
    yield database
    database.close()


@pytest.fixture
def accounts(database: Database) -> Iterator[Accounts]:
    """Its accounts; there are none after the test."""
    accounts = Accounts(database, timedelta(days=30))
    yield accounts
    with database.transaction() as session:
        for user in session.scalars(select(User)):
            session.delete(user)


@pytest.fixture
def user(accounts: Accounts) -> User:
    """Anna."""
    return accounts.register("Anna@School.example", PASSWORD, "ru")

"""A gateway that takes guests, on both databases, and Anna."""

from collections.abc import Iterator
from secrets import token_hex

import pytest

from tests.support.accounts import (
    ACCOUNT_TRIES,
    ADDRESS_TRIES,
    GRACE_S,
    MAX_BODY,
    MAX_KEYS,
    MAX_LOGINS,
)
from tests.support.databases import empty_database
from tests.support.gateway import Gateway, Person, enter, running_gateway
from tests.support.store import running_store
from tutor.adapters.sql.database import Database


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of each kind."""
    return empty_database(request, tmp_path_factory.mktemp("database"))


@pytest.fixture(scope="package")
def accounts_gateway(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that takes guests, and believes a proxy on this machine."""
    folder = tmp_path_factory.mktemp("gateway")
    with (
        running_store(folder) as url,
        running_gateway(
            folder,
            url,
            database_url=database_url,
            trusted_proxies="127.0.0.1",
            login_tries="4",
            account_tries=str(ACCOUNT_TRIES),
            address_tries=str(ADDRESS_TRIES),
            refresh_grace_s=str(GRACE_S),
            max_request_bytes=str(MAX_BODY),
            max_logins=str(MAX_LOGINS),
            max_api_keys=str(MAX_KEYS),
        ) as gateway,
    ):
        yield gateway


@pytest.fixture
def gateway(accounts_gateway: Gateway) -> Gateway:
    """The gateway, at which nobody has tried anything yet."""
    accounts_gateway.forget_tries()
    return accounts_gateway


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The gateway's database."""
    database = Database.open(database_url)
    yield database
    database.close()


@pytest.fixture
def anna(gateway: Gateway) -> Person:
    """Somebody with an account, another one in each test."""
    return enter(gateway.url, f"Anna-{token_hex(4)}@school.example".lower())

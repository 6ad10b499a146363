"""A gateway that takes guests, on both databases, and Anna."""

from collections.abc import Iterator
from secrets import token_hex

import pytest
import redis

from tests.support.accounts import ADDRESS_TRIES, GRACE_S, MAX_BODY, MAX_KEYS, MAX_LOGINS
from tests.support.gateway import Gateway, Person, enter, running_gateway
from tutor.adapters.settings import Settings
from tutor.adapters.sql.database import Database


@pytest.fixture(scope="module")
def gateway(
    store: Settings, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway that takes guests, and believes a proxy on this machine."""
    with running_gateway(
        tmp_path_factory.mktemp("gateway"),
        store.redis_url,
        database_url=database_url,
        trusted_proxies="127.0.0.1",
        login_tries="4",
        address_tries=str(ADDRESS_TRIES),
        refresh_grace_s=str(GRACE_S),
        max_request_bytes=str(MAX_BODY),
        max_logins=str(MAX_LOGINS),
        max_api_keys=str(MAX_KEYS),
    ) as gateway:
        yield gateway


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


@pytest.fixture(autouse=True)
def unthrottled(store: Settings) -> None:
    """Tries of one test do not count in the next."""
    client = redis.Redis.from_url(store.redis_url)
    for name in client.scan_iter("tutor:tries:*"):
        assert client.ttl(name) > 0
        client.delete(name)

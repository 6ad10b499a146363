"""Gateways that nobody passes without leave."""

from collections.abc import Iterator
from secrets import token_hex

import pytest
import redis

from tests.support.doors import KEY
from tests.support.gateway import Gateway, Person, enter, running_gateway
from tutor.adapters.settings import Settings


@pytest.fixture(scope="module")
def guarded(store: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that takes nobody without an account, with narrow limits."""
    with running_gateway(
        tmp_path_factory.mktemp("guarded"),
        store.redis_url,
        accounts="required",
        secret_key=KEY,
        account_check_s="0.3",
        ticket_s="5",
        quota_free_s="8",
        user_sockets="2",
        address_handshakes="40",
        address_tries="0",
        trusted_proxies="127.0.0.1",
    ) as gateway:
        yield gateway


@pytest.fixture(scope="module")
def brief(store: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway that takes three guests, and whose access tokens live for ten seconds."""
    with running_gateway(
        tmp_path_factory.mktemp("brief"),
        store.redis_url,
        secret_key=KEY,
        access_token_s="10",
        store_timeout_s="1",
        account_check_s="0.3",
        max_sessions="3",
    ) as gateway:
        yield gateway


@pytest.fixture(autouse=True)
def unthrottled(store: Settings) -> None:
    """Tries of one test do not count in the next."""
    client = redis.Redis.from_url(store.redis_url)
    client.delete(*client.scan_iter("tutor:tries:*"), "nothing")


@pytest.fixture
def anna(guarded: Gateway) -> Person:
    """Somebody with an account at the guarded gateway."""
    return enter(guarded.url, f"anna-{token_hex(4)}@school.example")

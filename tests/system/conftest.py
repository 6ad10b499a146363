"""The whole product, or a part of it, in processes of its own: every test here is `live`."""

from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from tests.support.doors import KEY
from tests.support.gateway import Gateway, Person, enter, running_gateway
from tests.support.store import running_store

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before `-m` looks for it
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs the product."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("live")


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gateway, Gateway]]:
    """Two gateways on one store: one that nobody passes without an account, one for guests."""
    folder = tmp_path_factory.mktemp
    with (
        running_store(folder("doors")) as url,
        running_gateway(
            folder("guarded"),
            url,
            accounts="required",
            secret_key=KEY,
            account_check_s="0.3",
            ticket_s="5",
            quota_free_s="8",
            user_sockets="2",
            address_handshakes="40",
            address_tries="0",
            trusted_proxies="127.0.0.1",
        ) as guarded,
        running_gateway(
            folder("brief"),
            url,
            secret_key=KEY,
            access_token_s="10",
            store_timeout_s="1",
            store_patience_s="0",
            account_check_s="0.3",
            max_sessions="3",
        ) as brief,
    ):
        yield guarded, brief


@pytest.fixture
def guarded(doors: tuple[Gateway, Gateway]) -> Gateway:
    """A gateway that takes nobody without an account, with narrow limits."""
    doors[0].forget_tries()
    return doors[0]


@pytest.fixture
def brief(doors: tuple[Gateway, Gateway]) -> Gateway:
    """A gateway that takes three guests, and whose access tokens live for ten seconds."""
    doors[1].forget_tries()
    return doors[1]


@pytest.fixture
def anna(guarded: Gateway) -> Person:
    """Somebody with an account at the guarded gateway."""
    return enter(guarded.url, f"anna-{token_hex(4)}@school.example")

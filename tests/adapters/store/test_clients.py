import pytest

from tutor.adapters.settings import Settings
from tutor.adapters.store.client import BlockingStore, open_blocking_store
from tutor.adapters.store.clients import cut_connections
from tutor.adapters.store.errors import StoreError


def connected(url: str) -> tuple[BlockingStore, int, int]:
    """A client that has connected, its number at the store, and its port."""
    client = open_blocking_store(url)
    number = int(client.execute_command("CLIENT", "ID"))
    ((_, port),) = [
        client_of["addr"].rsplit(":", 1)
        for client_of in client.client_list()
        if int(client_of["id"]) == number
    ]
    return client, number, int(port)


def numbers(url: str) -> set[int]:
    """The connections that the store has."""
    with open_blocking_store(url) as client:
        return {int(one["id"]) for one in client.client_list()}


def test_connections_of_some_ports_are_cut(store: Settings) -> None:
    """Others stay; who was cut connects again with its next command."""
    one, cut, port = connected(store.redis_url)
    other, stays, _ = connected(store.redis_url)
    assert cut_connections(store.redis_url, {port}) == 1
    assert {cut, stays} & numbers(store.redis_url) == {stays}
    assert one.ping()
    assert one.execute_command("CLIENT", "ID") != cut
    one.close()
    other.close()


def test_all_connections_are_cut_at_once(store: Settings) -> None:
    """But for the one that asks for it."""
    found = [connected(store.redis_url) for _ in range(3)]
    assert cut_connections(store.redis_url, None) >= 3
    assert not {number for _, number, _ in found} & numbers(store.redis_url)
    for client, _, _ in found:
        client.close()


def test_a_store_that_is_away_has_no_connections() -> None:
    """It is said."""
    with pytest.raises(StoreError):
        cut_connections("redis://127.0.0.1:1/0", None)

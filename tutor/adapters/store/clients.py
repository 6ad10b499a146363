"""Connections to the store, as the store sees them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from typing import Any

from tutor.adapters.store.client import open_blocking_store


def cut_connections(url: str, ports: Collection[int] | None) -> int:
    """Break the connections that come from these ports of this machine, or all; how many.

    Raises:
        StoreError: the store does not answer.
    """
    with closing(open_blocking_store(url)) as store:
        own: Any = store.client_id()
        clients: Any = store.client_list()
        cut = 0
        for client in clients:
            port = int(client["addr"].rpartition(":")[2])
            if int(client["id"]) != own and (ports is None or port in ports):
                cut += int(store.client_kill_filter(_id=client["id"]))
        return cut

"""The connections of one gateway: how many there may be, and which gives way when there are more.

Connections that ask for nothing yet, or dribble the head of a request, are the cheapest to open by
the thousand. The one of them that waits for longest gives way to one that comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from ipaddress import IPv6Address, ip_address, ip_network


class Entry(Enum):
    """Whether a connection may come in."""

    ADMITTED = "admitted"
    ADDRESS_FULL = "address_full"
    """Its address has as many as one may have."""
    FULL = "full"
    """There are as many as the gateway has room for."""


class Connections:
    """Counts connections by name, and by the address that they come from.

    `most`: connections at once; `most_of_address`: of them from one address (0: no limit).
    """

    def __init__(self, most: int, most_of_address: int) -> None:
        self._most = most
        self._most_of_address = most_of_address
        self._open: dict[int, str | None] = {}  # addresses; None: not counted by address
        self._waiting: dict[int, None] = {}  # the longest waiting first
        self._addresses: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._open)

    def enter(self, connection: int, address: str | None) -> tuple[Entry, int | None]:
        """Let a connection in, if it may come; it waits. With it the one that gives way to it and
        has left; None: there was room, or nobody gives way.

        `address` None: a proxy, who speaks for many.
        """
        if address and 0 < self._most_of_address <= self._addresses[address]:
            return Entry.ADDRESS_FULL, None
        oldest = None
        if len(self._open) >= self._most:
            oldest = next(iter(self._waiting), None)
            if oldest is None:  # all are at work
                return Entry.FULL, None
            self.leave(oldest)
        self._open[connection] = address
        self._waiting[connection] = None
        if address:
            self._addresses[address] += 1
        return Entry.ADMITTED, oldest

    def work(self, connection: int) -> None:
        """A connection has asked for something: it does not give way."""
        self._waiting.pop(connection, None)

    def wait(self, connection: int) -> None:
        """A connection was answered, and waits again."""
        if connection in self._open:
            self._waiting[connection] = None

    def leave(self, connection: int) -> None:
        """A connection is gone; one that was never in is passed over."""
        self._waiting.pop(connection, None)
        address = self._open.pop(connection, None)
        if address:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]  # else every address that ever came would be kept


class Networks:
    """Addresses that are told by themselves or by their networks: `10.0.0.5`, `10.0.0.0/8`, `*`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._any = False
        self._networks = []
        for name in names:
            self._any |= name == "*"
            try:
                self._networks.append(ip_network(name))
            except ValueError:  # a word: no address that a connection comes from
                continue

    def __contains__(self, address: str) -> bool:
        """Whether an address is one of them."""
        try:
            found = ip_address(address)
        except ValueError:
            return self._any
        return self._any or any(found in network for network in self._networks)


def household(address: str) -> str:
    """An address, as callers are counted: of IPv6 the network, of which one household has all."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))

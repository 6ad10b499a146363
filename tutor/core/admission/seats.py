"""The places of one gateway's sockets: who may come in, and which dropped connection gives way.

A seat is taken before anything is asked of anybody, so that those who come at once cannot pass the
limit together. A session whose connection broke gives its seat to others while it waits for its
client, and waits among a number of its own.
"""

from __future__ import annotations

from collections import Counter


class Seats:
    """Counts the sockets of one gateway, and the sessions that wait for their clients.

    `most`: sockets at once; `most_detached`: sessions that wait; `most_of_guests`: sockets of
    guests from one address (0: no limit).
    """

    def __init__(self, most: int, most_detached: int, most_of_guests: int) -> None:
        self._most = most
        self._most_detached = most_detached
        self._most_of_guests = most_of_guests
        self._taken: set[str] = set()
        self._detached: dict[str, None] = {}  # the longest waiting first
        self._addresses: dict[str, str] = {}  # of the guests, by seat
        self._guests: Counter[str] = Counter()  # sockets by address

    def __len__(self) -> int:
        return len(self._taken)

    def take(self, seat: str) -> bool:
        """Take a seat; False: none is free."""
        if len(self._taken) >= self._most:
            return False
        self._taken.add(seat)
        return True

    def take_as_guest(self, seat: str, address: str) -> bool:
        """Let a guest keep the seat that was taken; False: their address has its share already."""
        if self._most_of_guests and self._guests[address] >= self._most_of_guests:
            return False
        self._addresses[seat] = address
        self._guests[address] += 1
        return True

    def detach(self, seat: str) -> str | None:
        """The seat's connection broke: its session waits. The seat of the one that gives way, which
        may be this one; None: there is room for all."""
        self.leave(seat)
        self._detached[seat] = None
        if len(self._detached) <= self._most_detached:
            return None
        oldest = next(iter(self._detached))
        del self._detached[oldest]
        return oldest

    def leave(self, seat: str) -> None:
        """Give a seat back, wherever it is; one that was given back is passed over."""
        self._taken.discard(seat)
        self._detached.pop(seat, None)
        if (address := self._addresses.pop(seat, None)) is not None:
            self._guests[address] -= 1
            if not self._guests[address]:
                del self._guests[address]  # else every address that ever came would be kept

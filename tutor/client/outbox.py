"""The outbox: audio and messages that are not safe at the server yet, in order.

It works as web/sdk/outbox.js does, but drops nothing: the sender waits until there is room.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.protocol.messages import ClientMessage

KEPT_S = 30.0
"""Seconds of audio that are kept without an acknowledgement of the server."""

Item = bytes | ClientMessage
"""Audio as PCM16, or a message."""


@dataclass
class _Kept:
    item: Item
    end: int
    """For audio: samples of the session up to its end; for a message: its number, from 1."""


class Outbox:
    """What a session's client keeps until the server says that it is safe."""

    def __init__(self, rate: int, kept_s: float = KEPT_S) -> None:
        self._rate = rate
        self._limit = round(kept_s * rate)
        self._kept: list[_Kept] = []
        self._next = 0  # index of the first that is still to be sent
        self._samples = self._messages = 0  # put in, since the session began

    @property
    def has_room(self) -> bool:
        """Whether more audio may be put in."""
        return sum(_samples(kept.item) for kept in self._kept) < self._limit

    @property
    def items(self) -> list[Item]:
        """All audio and messages that are not safe yet, in order."""
        return [kept.item for kept in self._kept]

    def add(self, item: Item) -> None:
        """Put audio or a message at the end."""
        if isinstance(item, bytes):
            self._samples += _samples(item)
            self._kept.append(_Kept(item, self._samples))
        else:
            self._messages += 1
            self._kept.append(_Kept(item, self._messages))

    def peek(self) -> Item | None:
        """The item to send next; None if all were sent."""
        return self._kept[self._next].item if self._next < len(self._kept) else None

    def advance(self) -> None:
        """Count the item that `peek` gave as sent."""
        self._next += 1

    def acknowledge(self, received_ms: int, messages: int) -> None:
        """Drop what the server has acknowledged: milliseconds of audio, and number of messages."""
        for index in reversed(range(len(self._kept))):
            kept = self._kept[index]
            is_audio = isinstance(kept.item, bytes)
            reached = kept.end * 1000 // self._rate if is_audio else kept.end
            if reached <= (received_ms if is_audio else messages):
                del self._kept[index]
                self._next -= index < self._next

    def rewind(self, *, is_new_session: bool) -> None:
        """Begin sending again with the first item that is not safe, for a new connection.

        `is_new_session`: count samples and messages from 0 again.
        """
        self._next = 0
        if is_new_session:
            items = self.items
            self._kept.clear()
            self._samples = self._messages = 0
            for item in items:
                self.add(item)


def _samples(item: Item) -> int:
    return len(item) // BYTES_PER_SAMPLE if isinstance(item, bytes) else 0

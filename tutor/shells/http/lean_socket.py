"""What a socket of Uvicorn's waits on: as little of it as an idle socket needs."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from tutor.adapters.store.bell import Bell

T = TypeVar("T")


class Messages(Generic[T]):
    """The messages that a socket's one reader has not taken yet. In Uvicorn's place for them,
    asyncio's queue, an empty one takes 3 KiB of an idle socket."""

    def __init__(self) -> None:
        self._waiting: list[T] = []
        self._filled = Bell()

    def empty(self) -> bool:
        """Whether no message waits."""
        return not self._waiting

    def put_nowait(self, message: T) -> None:
        """Add a message at the end."""
        self._waiting.append(message)
        self._filled.set()

    async def get(self) -> T:
        """Wait for the first message and take it out."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        return self._waiting.pop(0)


class Gate:
    """An event that is nearly always set: whether a socket takes what is written. In asyncio's own
    a place for those who wait takes 0.7 KiB of an idle socket."""

    def __init__(self) -> None:
        self._opened: asyncio.Future[None] | None = None  # of a gate that is shut

    def is_set(self) -> bool:
        """Whether the gate is open."""
        return self._opened is None

    def set(self) -> None:
        """Open the gate; all who wait go on."""
        if self._opened is not None and not self._opened.done():
            self._opened.set_result(None)
        self._opened = None

    def clear(self) -> None:
        """Shut the gate."""
        if self._opened is None:
            self._opened = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        """Wait until the gate is open."""
        if self._opened is not None:
            await asyncio.shield(self._opened)  # one who gives up leaves the others waiting

"""What waits for a socket to take it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class SendQueue(Generic[T]):
    """A queue for one reader. An empty one of asyncio's takes 3 KiB, and each socket has one."""

    def __init__(self) -> None:
        self._items: list[T] = []
        self._filled: asyncio.Future[None] | None = None  # while the reader waits

    def __len__(self) -> int:
        return len(self._items)

    def put(self, items: Iterable[T]) -> None:
        """Add items at the end."""
        self._items += items
        if self._items and self._filled is not None and not self._filled.done():
            self._filled.set_result(None)

    async def get(self) -> T:
        """Wait for the first item and take it out."""
        while not self._items:
            self._filled = asyncio.get_running_loop().create_future()
            try:
                await self._filled
            finally:
                self._filled = None
        return self._items.pop(0)

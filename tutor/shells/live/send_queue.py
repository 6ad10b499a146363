"""A queue of what waits for a socket to take it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from tutor.adapters.store.bell import Bell

T = TypeVar("T")


class SendQueue(Generic[T]):
    """A queue for one reader. An empty one of asyncio's takes 3 KiB, and each socket has one."""

    def __init__(self) -> None:
        self._items: list[T] = []
        self._filled = Bell()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, items: Iterable[T]) -> None:
        """Add items at the end."""
        self._items += items
        self._filled.set()

    def drop(self, is_vain: Callable[[T], bool]) -> None:
        """Take out the items that nobody wants any more."""
        self._items[:] = [item for item in self._items if not is_vain(item)]

    async def get(self) -> T:
        """Wait for the first item and take it out."""
        while not self._items:
            self._filled.clear()
            await self._filled.wait()
        return self._items.pop(0)

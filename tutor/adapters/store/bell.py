"""A bell: wakes one waiter."""

from __future__ import annotations

import asyncio


class Bell:
    """An event for one waiter. asyncio's own holds a deque: 0.7 KiB of an idle socket."""

    def __init__(self) -> None:
        self.has_rung = False
        """Whether the bell was rung since the last `clear`."""
        self._waiter: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Wake the waiter, or one that comes to wait before `clear`."""
        self.has_rung = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def clear(self) -> None:
        """Let the waiter that comes next wait for the next ring."""
        self.has_rung = False

    async def wait(self) -> None:
        """Wait until the bell was rung since the last `clear`."""
        if self.has_rung:
            return
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

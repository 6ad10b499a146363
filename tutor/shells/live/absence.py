"""The time in which a session's client is away: its connection broke, and it may come back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from tutor.shells.http.ending import end_tasks


class Absence:
    """Waits for one session's client, until the session must give way to others."""

    def __init__(self) -> None:
        self._must_go: asyncio.Event | None = None  # most clients are never away

    def end(self) -> None:
        """Wait no longer for the client to come back."""
        if self._must_go is not None:
            self._must_go.set()

    async def wait(self, listening: asyncio.Task[None], within_s: float) -> None:
        """Go on without a socket until another connection has the session (`listening` ends), it
        gives way to others, or nobody comes `within_s` seconds."""
        self._must_go = asyncio.Event()
        giving_way = asyncio.create_task(self._must_go.wait())
        try:
            await first_of([listening, giving_way], within_s)
        finally:
            await end_tasks([giving_way])


async def first_of(tasks: Iterable[asyncio.Task[Any]], within_s: float | None = None) -> None:
    """Wait for one of the tasks, `within_s` seconds at most; raise what it raised."""
    done, _ = await asyncio.wait(tasks, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()

"""Ending asyncio tasks for certain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_S = 1.0
"""Seconds after which a task that has not ended is cancelled again: a library may swallow a
cancellation that comes together with a timeout of its own."""


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended, whatever they raise."""
    ended: set[asyncio.Task[Any]] = set()
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=AGAIN_S)
        ended |= done
    for task in ended:
        if not task.cancelled():
            task.exception()  # seen: else asyncio would complain

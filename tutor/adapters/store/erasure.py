"""Deletes what Redis holds of sessions before it would expire."""

from __future__ import annotations

from tutor.adapters.store import keys
from tutor.adapters.store.client import Store


async def erase_sessions(store: Store, sessions: frozenset[str]) -> None:
    """Delete audio, events, results and marks of sessions."""
    is_theirs = keys.of_sessions(sessions)
    found = [name async for name in store.scan_iter(keys.EVERYTHING) if is_theirs(name.decode())]
    if found:
        await store.delete(*found)

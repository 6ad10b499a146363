"""Deletes what Redis holds of sessions before it would expire."""

from __future__ import annotations

from redis.asyncio import Redis

from tutor.adapters.store import keys


async def erase_sessions(redis: Redis, sessions: frozenset[str]) -> None:
    """Delete audio, events, results and marks of these sessions."""
    is_theirs = keys.of_sessions(sessions)
    found = [name async for name in redis.scan_iter(keys.EVERYTHING) if is_theirs(name.decode())]
    if found:
        await redis.delete(*found)

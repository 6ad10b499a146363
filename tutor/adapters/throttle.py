"""Limits over time and at once, counted in Redis for all gateways together."""

from __future__ import annotations

import time

from redis.asyncio import Redis

from tutor.adapters import keys


async def count_try(redis: Redis, name: str, limit: int, window_s: int) -> int:
    """Count one try; seconds to wait when there were too many, else 0. `limit` 0: no limit.

    The window begins with the first try and ends for all at once.
    """
    if not limit:
        return 0
    async with redis.pipeline() as pipe:
        pipe.incr(name)
        pipe.expire(name, window_s, nx=True)
        pipe.ttl(name)
        count, _, left_s = await pipe.execute()
    return 0 if count <= limit else max(1, int(left_s))


async def forget_tries(redis: Redis, name: str) -> None:
    """Begin to count anew."""
    await redis.delete(name)


async def take_seat(redis: Redis, user: str, seat: str, limit: int) -> bool:
    """Take or renew one of the sockets that a user may have; False when all are taken.

    A seat that is not renewed is free again after `keys.SEAT_TTL_S`: a gateway may die.
    """
    name, now = keys.seats(user), time.time()
    async with redis.pipeline() as pipe:
        pipe.zremrangebyscore(name, "-inf", now - keys.SEAT_TTL_S)
        pipe.zadd(name, {seat: now})
        pipe.zcard(name)
        pipe.expire(name, keys.SEAT_TTL_S)
        _, is_new, taken, _ = await pipe.execute()
    if limit and taken > limit and is_new:
        await redis.zrem(name, seat)
        return False
    return True


async def leave_seat(redis: Redis, user: str, seat: str) -> None:
    """Give a seat back."""
    await redis.zrem(keys.seats(user), seat)

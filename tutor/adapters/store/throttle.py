"""Limits over time and at once, counted in Redis for all gateways together."""

from __future__ import annotations

import time
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.client import Store

_COUNT = """
if tonumber(redis.call('GET', KEYS[1]) or 0) >= tonumber(ARGV[1]) then
  return math.max(1, redis.call('TTL', KEYS[1]))
end
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[2], 'NX')
return 0
"""

_GIVE_BACK = """
if tonumber(redis.call('GET', KEYS[1]) or 0) > 0 then redis.call('DECR', KEYS[1]) end
"""


async def count_try(store: Store, name: str, limit: int, window_s: int) -> int:
    """Count one try; seconds to wait when there were too many, else 0. `limit` 0: no limit.

    The window begins with the first try and ends for all at once. The try is counted before
    anything is tried, so that tries at once cannot pass the limit; one that must wait is not
    counted.
    """
    if not limit:
        return 0
    count: Any = store.register_script(_COUNT)
    return int(await count([name], [limit, window_s]))


async def give_back_try(store: Store, name: str) -> None:
    """Take back that a try was counted: it was no wrong one."""
    give_back: Any = store.register_script(_GIVE_BACK)
    await give_back([name])


async def forget_tries(store: Store, name: str) -> None:
    """Begin to count tries anew."""
    await store.delete(name)


async def take_seat(store: Store, user: str, seat: str, limit: int) -> bool:
    """Take or renew one of the sockets that a user may have open; False when all are taken.

    A seat that is not renewed is free again after `keys.SEAT_TTL_S`: a gateway may die.
    """
    name, now = keys.seats(user), time.time()
    async with store.pipeline() as pipe:
        pipe.zremrangebyscore(name, "-inf", now - keys.SEAT_TTL_S)
        pipe.zadd(name, {seat: now})
        pipe.zcard(name)
        pipe.expire(name, keys.SEAT_TTL_S)
        _, is_new, taken, _ = await pipe.execute()
    if limit and taken > limit and is_new:
        await store.zrem(name, seat)
        return False
    return True


async def leave_seat(store: Store, user: str, seat: str) -> None:
    """Give a seat back."""
    await store.zrem(keys.seats(user), seat)


async def forget_seats(store: Store, user: str) -> None:
    """Forget all seats of a user."""
    await store.delete(keys.seats(user))

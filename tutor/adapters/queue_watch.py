"""What waits in the store, and who is there to work on it: read when somebody asks."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from tutor.adapters import keys
from tutor.adapters.queue import QUEUED_AT

QUEUES = (keys.QUEUE_LIVE, keys.QUEUE_BATCH, keys.QUEUE_FEEDBACK)

WORKERS = {"asr": keys.WORKERS_ASR, "feedback": keys.WORKERS_FEEDBACK}
"""How the keys of each kind of worker begin."""


@dataclass(frozen=True)
class Waiting:
    """One queue at one priority."""

    queue: str
    priority: int
    messages: int
    age_s: float
    """How long the oldest has waited; 0 when there is none or its header does not tell."""


@dataclass(frozen=True)
class WorkerEntry:
    """A worker process that is ready."""

    kind: str
    metrics: str
    """`host:port` where its metrics are; empty: nowhere."""


async def read_queues(redis: Redis) -> tuple[list[Waiting], int]:
    """All queues at all priorities, and how many messages are taken and not finished.

    Raises:
        RedisError, OSError: the store does not answer.
    """
    places = [(queue, priority) for queue in QUEUES for priority in keys.PRIORITY_STEPS]
    async with redis.pipeline(transaction=False) as pipe:
        for queue, priority in places:
            pipe.llen(keys.waiting(queue, priority))
            pipe.lindex(keys.waiting(queue, priority), -1)  # Celery adds at the other end
        pipe.hlen(keys.UNACKNOWLEDGED)
        *answers, taken = await pipe.execute()
    now = time.time()
    waiting = [
        Waiting(queue, priority, length, _age_s(oldest, now))
        for (queue, priority), length, oldest in zip(
            places, answers[::2], answers[1::2], strict=True
        )
    ]
    return waiting, taken


async def read_workers(redis: Redis) -> list[WorkerEntry]:
    """The worker processes that are ready.

    Raises:
        RedisError, OSError: the store does not answer.
    """
    found = [
        (kind, key)
        for kind, pattern in WORKERS.items()
        async for key in redis.scan_iter(pattern, count=1000)
    ]
    async with redis.pipeline(transaction=False) as pipe:
        for _, key in found:
            pipe.hget(key, "metrics")
        addresses: list[Any] = await pipe.execute()
    return [
        WorkerEntry(kind, (address or b"").decode())
        for (kind, _), address in zip(found, addresses, strict=True)
    ]


def _age_s(message: bytes | None, now: float) -> float:
    if message is None:
        return 0.0
    try:
        queued_at = json.loads(message)["headers"].get(QUEUED_AT)
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0.0  # none of ours
    return max(0.0, now - queued_at) if isinstance(queued_at, int | float) else 0.0

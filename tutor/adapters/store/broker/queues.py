"""The queues in the broker: what waits in them, read when a caller asks."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from typing import Any

from tutor.adapters.store import keys
from tutor.adapters.store.broker.queue import QUEUED_AT
from tutor.adapters.store.client import Store


@dataclass(frozen=True)
class Waiting:
    """One queue at one priority."""

    queue: str
    priority: int
    messages: int
    age_s: float
    """Seconds that the oldest message has waited; 0 when there is none or its header does not
    say."""


async def read_queues(broker: Store) -> tuple[list[Waiting], int]:
    """All queues at all priorities, and how many messages are taken and not finished.

    Raises:
        StoreError: the broker does not answer.
    """
    places = [(queue, priority) for queue in keys.QUEUES for priority in keys.PRIORITY_STEPS]
    async with broker.pipeline(transaction=False) as pipe:
        for queue, priority in places:
            pipe.llen(keys.waiting(queue, priority))
            pipe.lindex(keys.waiting(queue, priority), -1)  # Celery adds at the other end
        for key in keys.TAKEN:
            pipe.hlen(key)
        found: list[Any] = await pipe.execute()
    answers, taken = found[: 2 * len(places)], found[2 * len(places) :]
    now = time.time()
    waiting = [
        Waiting(queue, priority, length, _age_s(oldest, now))
        for (queue, priority), length, oldest in zip(
            places, answers[::2], answers[1::2], strict=True
        )
    ]
    return waiting, sum(taken)


def _age_s(message: bytes | None, now: float) -> float:
    if message is None:
        return 0.0
    try:
        age = now - float(json.loads(message)["headers"][QUEUED_AT])
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return 0.0  # none of ours
    return max(0.0, age) if math.isfinite(age) else 0.0

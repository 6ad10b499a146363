"""What every request of a gateway shares."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

from redis.asyncio import Redis

from tutor.adapters.bus import Bus
from tutor.adapters.metrics import GatewayMetrics
from tutor.adapters.queue import RecognitionQueue
from tutor.adapters.settings import Settings
from tutor.adapters.vad import Vad, VadBatcher
from tutor.core.jobs import RecognitionJob
from tutor.core.session import Session


@dataclass
class Services:
    """The third parties of a gateway process, opened once."""

    settings: Settings
    redis: Redis
    bus: Bus
    queue: RecognitionQueue
    vad: VadBatcher
    metrics: GatewayMetrics = field(default_factory=GatewayMetrics)
    sessions: set[Session] = field(default_factory=set)
    draining: bool = False

    @classmethod
    def open(cls, settings: Settings) -> Services:
        """Connect lazily to what the settings name."""
        redis = Redis.from_url(
            settings.redis_url,
            socket_timeout=settings.store_timeout_s,
            socket_connect_timeout=settings.store_timeout_s,
        )
        return cls(settings, redis, Bus(redis), RecognitionQueue(settings), VadBatcher(Vad()))

    async def dispatch(self, job: RecognitionJob) -> None:
        """Queue a job without holding up the event loop.

        Raises:
            QueueError: the broker does not take it.
        """
        self.metrics.jobs.labels(job.kind).inc()
        await asyncio.to_thread(self.queue.send, job)


def new_secret() -> str:
    """256 bits that cannot be guessed, as text."""
    return secrets.token_urlsafe(32)

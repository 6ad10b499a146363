"""What every request of a gateway shares."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from redis.asyncio import Redis

from tutor.adapters.bus import Bus
from tutor.adapters.exercise_library import open_library
from tutor.adapters.metrics import GatewayMetrics
from tutor.adapters.phrase_books import load_phrases
from tutor.adapters.queue import JobQueue
from tutor.adapters.records import Records
from tutor.adapters.settings import Settings
from tutor.adapters.vad import Vad, VadBatcher
from tutor.core.jobs import Job, kind_of
from tutor.core.session import SessionConfig

if TYPE_CHECKING:
    from tutor.shells.practice import Practice


@dataclass
class Services:
    """The third parties of a gateway process, opened once."""

    settings: Settings
    session_config: SessionConfig
    redis: Redis
    bus: Bus
    queue: JobQueue
    vad: VadBatcher
    metrics: GatewayMetrics = field(default_factory=GatewayMetrics)
    practices: set[Practice] = field(default_factory=set)
    """Those of this gateway."""
    draining: bool = False
    """No session may begin, and those that are open go to other gateways when nobody speaks."""
    overdue: bool = False
    """They go at once."""

    @property
    def ends_sessions(self) -> bool:
        """Whether draining ends sessions, because there is no other gateway."""
        return self.settings.drain_s == 0

    @cached_property
    def records(self) -> Records:
        """The sessions in the store."""
        return Records(self.redis)

    @classmethod
    def open(cls, settings: Settings) -> Services:
        """Connect lazily to what the settings name."""
        redis = Redis.from_url(
            settings.redis_url,
            socket_timeout=settings.store_timeout_s,
            socket_connect_timeout=settings.store_timeout_s,
        )
        return cls(
            settings,
            session_config(settings),
            redis,
            Bus(redis),
            JobQueue(settings),
            VadBatcher(Vad()),
        )

    async def dispatch(self, job: Job) -> None:
        """Queue a job without holding up the event loop.

        Raises:
            QueueError: the broker does not take it.
        """
        self.metrics.jobs.labels(kind_of(job)).inc()
        await asyncio.to_thread(self.queue.send, job)


def session_config(settings: Settings) -> SessionConfig:
    """How sessions behave, with the coach's phrases and the exercises from their files.

    Raises:
        PhrasesError, ExerciseError: a file is wrong.
    """
    config, library = settings.session, open_library(settings)
    exercises = {language: library.find(language) for language in library.languages()}
    tutoring = replace(config.tutoring, phrases=load_phrases(), library=exercises)
    return replace(config, tutoring=tutoring)


def new_secret() -> str:
    """256 bits that cannot be guessed, as text."""
    return secrets.token_urlsafe(32)

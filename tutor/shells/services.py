"""What every request of a gateway shares."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from redis.asyncio import Redis

from tutor.adapters.bus import Bus
from tutor.adapters.exercise_library import open_library
from tutor.adapters.metrics import GatewayMetrics
from tutor.adapters.phrase_books import load_phrases
from tutor.adapters.queue import JobQueue
from tutor.adapters.settings import Settings
from tutor.adapters.tracing import Tracing, open_tracing
from tutor.adapters.vad import Vad, VadBatcher
from tutor.core.session import SessionConfig
from tutor.shells.dispatcher import Dispatcher

if TYPE_CHECKING:
    from tutor.shells.practice import Practice


@dataclass
class Services:
    """The third parties of a gateway process, opened once."""

    settings: Settings
    session_config: SessionConfig
    redis: Redis
    bus: Bus
    dispatcher: Dispatcher
    vad: VadBatcher
    metrics: GatewayMetrics
    practices: dict[str, Practice] = field(default_factory=dict)
    """Those of this gateway by their sessions' ids."""
    draining: bool = False
    tracing: Tracing | None = None

    @classmethod
    def open(cls, settings: Settings) -> Services:
        """Connect lazily to what the settings name."""
        redis = Redis.from_url(
            settings.redis_url,
            socket_timeout=settings.store_timeout_s,
            socket_connect_timeout=settings.store_timeout_s,
        )
        metrics = GatewayMetrics()
        return cls(
            settings,
            session_config(settings),
            redis,
            Bus(redis),
            Dispatcher(JobQueue(settings), metrics, time.monotonic),
            VadBatcher(Vad()),
            metrics,
            tracing=open_tracing(settings, "gateway"),
        )


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

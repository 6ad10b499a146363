"""What every request of a gateway shares."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from typing import ParamSpec, Protocol, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from tutor.adapters.coach.exercises import open_library
from tutor.adapters.coach.phrases import load_phrases
from tutor.adapters.secrets.signing_key import secret_key
from tutor.adapters.secrets.tokens import Tokens
from tutor.adapters.settings import Settings
from tutor.adapters.speech.vad import Vad, VadBatcher
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Database, open_database
from tutor.adapters.sql.decks import Words
from tutor.adapters.sql.history import History
from tutor.adapters.sql.jobs import JobTable
from tutor.adapters.sql.usage import Meter
from tutor.adapters.sql.webhooks import WebhookTable
from tutor.adapters.store.client import BlockingStore, Store, open_blocking_store, open_store
from tutor.adapters.store.queue import JobQueue
from tutor.adapters.store.results import Bus
from tutor.adapters.store.sessions import Records
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.tracing import Tracing, open_tracing
from tutor.core.audio.samples import to_samples
from tutor.core.live.config import SessionConfig, TutoringConfig
from tutor.core.live.seats import Seats
from tutor.core.live.segmenter import SegmenterConfig
from tutor.core.protocol.limits import Limits
from tutor.shells.http.dispatcher import Dispatcher
from tutor.shells.http.stalls import Stalls

P = ParamSpec("P")
T = TypeVar("T")
REPLY_GRACE_S = 3.0
"""A reply may come so long after the model's own time limit, then the coach answers."""

ACCOUNT_THREADS = 4
"""Fewer than the connections that SQLAlchemy's pool keeps: requests want some, too."""


class OpenSession(Protocol):
    """A session that this gateway serves, as the rest of the gateway sees it."""

    @property
    def id(self) -> str:
        """The session's name; it changes when the connection takes another session over."""

    @property
    def seat(self) -> str:
        """The name of its place among this gateway's sockets."""

    @property
    def unsent(self) -> int:
        """Events that wait for the socket to take them."""

    def give_way(self) -> None:
        """Wait no longer for the client to come back."""

    def recheck(self) -> None:
        """Look at once whether the learner's login still stands."""


@dataclass
class Services:
    """The third parties of a gateway process, opened once."""

    settings: Settings
    session_config: SessionConfig
    redis: Store
    bus: Bus
    queue: JobQueue
    dispatcher: Dispatcher
    vad: VadBatcher
    metrics: GatewayMetrics
    practices: set[OpenSession] = field(default_factory=set)
    """The sessions that are open at this gateway, or may still be resumed at it."""
    draining: bool = False
    """No session may begin, and those that are open go to other gateways when nobody speaks."""
    overdue: bool = False
    """They go at once."""
    tracing: Tracing | None = None
    stalls: Stalls = field(default_factory=lambda: Stalls(time.monotonic))
    """How long this process did not run."""

    @property
    def ends_sessions(self) -> bool:
        """Whether draining ends sessions, because there is no other gateway."""
        return self.settings.drain_s == 0

    @cached_property
    def seats(self) -> Seats:
        """The places of this gateway's sockets."""
        settings = self.settings
        return Seats(settings.max_sessions, settings.max_detached, settings.guest_sockets)

    @cached_property
    def records(self) -> Records:
        """The sessions in the store."""
        return Records(self.redis)

    @cached_property
    def database(self) -> Database:
        """Opened when it is first needed.

        Raises:
            SettingsError: it cannot be opened.
        """
        return open_database(self.settings.database)

    @cached_property
    def signing_key(self) -> str:
        """The key that signs tokens.

        Raises:
            SettingsError: it is too short, or cannot be kept.
        """
        return secret_key(self.settings.secret_key.get_secret_value(), self.settings.data_dir)

    @cached_property
    def accounts(self) -> Accounts:
        """Users, logins, API keys."""
        life = timedelta(days=self.settings.refresh_token_days)
        grace = timedelta(seconds=self.settings.refresh_grace_s)
        return Accounts(
            self.database,
            life,
            grace,
            self.signing_key,
            max_logins=self.settings.max_logins,
            max_keys=self.settings.max_api_keys,
        )

    @cached_property
    def history(self) -> History:
        """What users have practised."""
        return History(self.database)

    @cached_property
    def words(self) -> Words:
        """What users have to practise."""
        return Words(self.database)

    @cached_property
    def meter(self) -> Meter:
        """How much audio users have used."""
        return Meter(self.database)

    @cached_property
    def jobs(self) -> JobTable:
        """Uploaded files."""
        return JobTable(self.database)

    @cached_property
    def webhooks(self) -> WebhookTable:
        """Who is told when they are done."""
        return WebhookTable(self.database)

    @cached_property
    def tokens(self) -> Tokens:
        """Access tokens."""
        return Tokens(self.signing_key, self.settings.access_token_s)

    @cached_property
    def account_threads(self) -> CapacityLimiter:
        """Open sockets ask the database in so many threads at once."""
        return CapacityLimiter(ACCOUNT_THREADS)

    @cached_property
    def password_checks(self) -> CapacityLimiter:
        """So many at once: each takes 19 MiB and a core."""
        return CapacityLimiter(self.settings.password_checks)

    def prepare(self) -> None:
        """Open the database and the key now, so that what is wrong with them ends the start.

        Raises:
            SettingsError: one line that says what is wrong.
        """
        for part in ("tokens", "accounts", "history", "words", "meter"):
            getattr(self, part)  # opens it

    async def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the database for an open socket, in threads of its own: a slow database must not hold
        up the dispatch of jobs, which has the event loop's."""
        call = partial(function, *args, **kwargs)
        return await run_sync(call, limiter=self.account_threads, abandon_on_cancel=True)

    def recheck(self) -> None:
        """Let the open sockets of this gateway look at once whether their login still stands."""
        for practice in list(self.practices):
            practice.recheck()

    def detach(self, seat: str) -> None:
        """A connection broke, and its session waits to be resumed: the one that has waited for
        longest gives way if they are too many."""
        oldest = self.seats.detach(seat)
        for practice in [one for one in self.practices if one.seat == oldest]:
            practice.give_way()

    @classmethod
    def open(cls, settings: Settings) -> Services:
        """Connect lazily to what the settings name."""
        redis = open_store(
            settings.redis_url, settings.store_timeout_s, connections=settings.connections
        )
        metrics, queue = GatewayMetrics(), JobQueue(settings)
        return cls(
            settings,
            make_session_config(settings),
            redis,
            Bus(redis),
            queue,
            Dispatcher(queue, metrics, time.monotonic),
            VadBatcher(Vad()),
            metrics,
            tracing=open_tracing(settings.otlp_endpoint, "gateway", settings.trace_sample),
        )

    def blocking_store(self) -> BlockingStore:
        """A client of the store for a thread, which closes it."""
        return open_blocking_store(self.settings.redis_url, self.settings.store_timeout_s)


def make_session_config(settings: Settings) -> SessionConfig:
    """How sessions behave, with the coach's phrases and the exercises from their files.

    Raises:
        PhrasesError, ExerciseError: a file is wrong.
    """
    return SessionConfig(
        limits=_limits(settings),
        segmenter=_segmenter(settings),
        first_partial=to_samples(settings.first_partial_ms),
        partial_interval=to_samples(settings.partial_interval_ms),
        partial_yield=settings.partial_yield,
        partial_timeout_s=settings.partial_timeout_s,
        final_retry_s=settings.final_retry_s,
        final_deadline_s=settings.final_deadline_s,
        tutoring=_tutoring(settings),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_frame_bytes=settings.max_frame_bytes,
        max_session_s=settings.max_session_s,
        max_utterance_ms=settings.max_utterance_ms,
        idle_timeout_s=settings.idle_timeout_s,
        max_speed=settings.max_speed,
        speed_burst_ms=settings.speed_burst_ms,
    )


def _segmenter(settings: Settings) -> SegmenterConfig:
    return SegmenterConfig(
        onset_probability=settings.vad_onset,
        offset_probability=min(settings.vad_offset, settings.vad_onset),
        min_speech=to_samples(settings.min_speech_ms),
        pre_roll=to_samples(settings.pre_roll_ms),
        endpoint_silence=to_samples(settings.endpoint_silence_ms),
        pause=to_samples(settings.pause_ms),
        max_utterance=to_samples(settings.max_utterance_ms),
    )


def _tutoring(settings: Settings) -> TutoringConfig:
    library = open_library(settings.exercises_dir)
    return TutoringConfig(
        enabled=settings.feedback,
        language_model=bool(settings.llm_url),
        retry_s=settings.feedback_retry_s,
        deadline_s=settings.feedback_deadline_s,
        reply_deadline_s=settings.llm_timeout_s + REPLY_GRACE_S,
        phrases=load_phrases(),
        library={language: library.find(language) for language in library.languages()},
    )

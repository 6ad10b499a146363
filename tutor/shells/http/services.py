"""The services that all requests and sessions of a gateway share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from typing import ParamSpec, Protocol, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from tutor.adapters.coach.exercises import ExerciseLibrary, open_library
from tutor.adapters.coach.phrases import load_phrases
from tutor.adapters.coach.scenarios import open_scenarios
from tutor.adapters.coach.word_sounds import WordSounds
from tutor.adapters.secrets.devices import Devices
from tutor.adapters.secrets.signing_key import secret_key
from tutor.adapters.secrets.tokens import Tokens
from tutor.adapters.settings import Settings
from tutor.adapters.speech.vad import Vad, VadBatcher
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.database import Database, open_database
from tutor.adapters.sql.decks import Decks
from tutor.adapters.sql.history import History
from tutor.adapters.sql.jobs import JobTable
from tutor.adapters.sql.usage import Meter
from tutor.adapters.sql.webhooks import WebhookTable
from tutor.adapters.store.broker.queue import JobQueue
from tutor.adapters.store.client import BlockingStore, Store, open_blocking_store, open_store
from tutor.adapters.store.results import Bus
from tutor.adapters.store.sessions import Records
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.tracing import Tracing, open_tracing
from tutor.core.admission.seats import Seats
from tutor.core.audio.samples import to_samples
from tutor.core.live.config import SessionConfig, TutoringConfig
from tutor.core.live.utterances.segmenter import SegmenterConfig
from tutor.core.protocol.limits import Limits
from tutor.core.queue.assessments import Assessments
from tutor.core.talk.talk import TalkConfig
from tutor.core.text.expected import Expected
from tutor.core.voice.config import SpeakingConfig
from tutor.shells.http.stalls import Stalls
from tutor.shells.queue.dispatcher import Dispatcher

P = ParamSpec("P")
T = TypeVar("T")
REPLY_GRACE_S = 3.0
"""Seconds after the model's own time limit in which a reply may still come; then the coach
replies."""

ACCOUNT_THREADS = 4
"""Threads for open sockets' database calls: fewer than the connections that SQLAlchemy's pool
keeps, since requests need some, too."""


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
        """How many events wait for the socket to take them."""

    def give_way(self) -> None:
        """Wait no longer for the client to come back."""

    def recheck(self) -> None:
        """Check at once whether the learner's login is still valid."""


@dataclass
class Services:
    """The third parties of a gateway process, opened once."""

    settings: Settings
    session_config: SessionConfig
    store: Store
    bus: Bus
    queue: JobQueue
    dispatcher: Dispatcher
    vad: VadBatcher
    metrics: GatewayMetrics
    practices: set[OpenSession] = field(default_factory=set)
    """The sessions that are open at this gateway, or may still be resumed at it."""
    draining: bool = False
    """Whether this gateway drains: no session may begin, and open ones go to other gateways when
    nobody speaks."""
    overdue: bool = False
    """Whether a drain has taken so long that open sessions go to other gateways at once."""
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
    def broker(self) -> Store:
        """The Redis in which jobs wait: the store, unless another one is named."""
        if not self.settings.broker_url:
            return self.store
        return open_store(self.settings.broker_url, self.settings.store_timeout_s)

    @cached_property
    def records(self) -> Records:
        """The sessions in the store."""
        return Records(self.store)

    @cached_property
    def database(self) -> Database:
        """The database, opened when it is first needed.

        Raises:
            SettingsError: the database cannot be opened.
        """
        return open_database(self.settings.database)

    @cached_property
    def signing_key(self) -> str:
        """The key that signs tokens.

        Raises:
            SettingsError: the key is too short, or cannot be kept.
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
    def decks(self) -> Decks:
        """The decks of words that users have to practise."""
        return Decks(self.database)

    @cached_property
    def meter(self) -> Meter:
        """How much audio users have used."""
        return Meter(self.database)

    @cached_property
    def jobs(self) -> JobTable:
        """The jobs of uploaded files."""
        return JobTable(self.database)

    @cached_property
    def webhooks(self) -> WebhookTable:
        """The webhooks that tell the ends of jobs."""
        return WebhookTable(self.database)

    @cached_property
    def tokens(self) -> Tokens:
        """Signs and reads access tokens."""
        return Tokens(self.signing_key, self.settings.access_token_s)

    @cached_property
    def devices(self) -> Devices:
        """Knows devices that have logged in before."""
        return Devices(self.signing_key)

    @cached_property
    def account_threads(self) -> CapacityLimiter:
        """How many threads ask the database for open sockets at once."""
        return CapacityLimiter(ACCOUNT_THREADS)

    @cached_property
    def password_checks(self) -> CapacityLimiter:
        """How many passwords are checked at once: each check takes 19 MiB and a core."""
        return CapacityLimiter(self.settings.password_checks)

    def prepare(self) -> None:
        """Open the database and the key now, so that what is wrong with them ends the start.

        Raises:
            SettingsError: one line that says what is wrong.
        """
        for part in ("tokens", "accounts", "history", "decks", "meter"):
            getattr(self, part)  # opens it

    async def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask the database for an open socket, in threads of their own.

        A slow database must not hold up the dispatch of jobs, which has the event loop's threads.
        """
        call = partial(function, *args, **kwargs)
        return await run_sync(call, limiter=self.account_threads, abandon_on_cancel=True)

    def recheck(self) -> None:
        """Let the open sockets of this gateway check at once whether their login is still valid."""
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
        """The services that the settings name; each connects when it is first used."""
        store = open_store(
            settings.redis_url, settings.store_timeout_s, connections=settings.connections
        )
        metrics, queue = GatewayMetrics(), JobQueue(settings)
        return cls(
            settings,
            make_session_config(settings),
            store,
            Bus(store),
            queue,
            Dispatcher(
                queue,
                metrics,
                time.monotonic,
                Assessments(
                    patience_s=settings.feedback_patience_s, late_s=settings.feedback_late_s
                ),
            ),
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
    library = open_library(settings.exercises_dir)
    return SessionConfig(
        limits=_limits(settings),
        expected=Expected.named(settings.auto_languages, library.languages()),
        segmenter=_segmenter(settings),
        turns=settings.turns,
        first_partial=to_samples(settings.first_partial_ms),
        partial_interval=to_samples(settings.partial_interval_ms),
        partial_yield=settings.partial_yield,
        audio_stop_s=settings.audio_stop_s,
        partial_timeout_s=settings.partial_timeout_s,
        final_retry_s=settings.final_retry_s,
        final_deadline_s=settings.final_deadline_s,
        tutoring=_tutoring(settings, library),
        speaking=_speaking(settings),
    )


def _speaking(settings: Settings) -> SpeakingConfig:
    return SpeakingConfig(
        slowest=settings.speech_slowest,
        fastest=settings.speech_fastest,
        most_chars=settings.speech_max_chars,
        ahead_s=settings.speech_ahead_s,
        lead_s=settings.speech_lead_s,
        retry_s=settings.speech_retry_s,
        deadline_s=settings.speech_deadline_s,
        unheard_s=settings.speech_unheard_s,
        duck=to_samples(settings.duck_ms),
        unduck=to_samples(settings.unduck_ms),
    )


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_frame_bytes=settings.max_frame_bytes,
        max_session_s=settings.max_session_s,
        max_utterance_ms=settings.max_utterance_ms,
        idle_timeout_s=settings.idle_timeout_s,
        max_speed=settings.max_speed,
        speed_burst_ms=settings.speed_burst_ms,
        max_messages=settings.max_messages,
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


def _tutoring(settings: Settings, library: ExerciseLibrary) -> TutoringConfig:
    return TutoringConfig(
        enabled=settings.feedback,
        language_model=bool(settings.llm_url),
        sentence_wait_s=settings.sentence_wait_s,
        retry_s=settings.feedback_retry_s,
        deadline_s=settings.feedback_deadline_s,
        late_s=settings.feedback_late_s,
        shed_s=settings.feedback_shed_s,
        reply_deadline_s=settings.llm_timeout_s + REPLY_GRACE_S,
        phrases=load_phrases(),
        library={language: library.find(language) for language in library.languages()},
        talk=_talk(settings),
    )


def _talk(settings: Settings) -> TalkConfig:
    return TalkConfig(
        scenarios=open_scenarios(settings.scenarios_dir).scenarios,
        sounds=WordSounds(),
        language_model=bool(settings.llm_url),
        reply_deadline_s=settings.llm_timeout_s + REPLY_GRACE_S,
    )

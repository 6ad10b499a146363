"""Every setting, read once from `TUTOR_*` environment variables (and a `.env` file)."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tutor.core.audio.samples import to_samples
from tutor.core.live.config import SessionConfig, TutoringConfig
from tutor.core.live.segmenter import SegmenterConfig
from tutor.core.protocol.limits import (
    EVENTS_TTL_S,
    MAX_API_KEYS,
    MAX_ENDPOINT_SILENCE_MS,
    MAX_LOGINS,
    MIN_ENDPOINT_SILENCE_MS,
    Limits,
)

MOST_PROCESSES = 8
"""By default; a machine with more cores gives each more threads."""

REPLY_GRACE_S = 3.0
"""A reply may come so long after the model's own time limit, then the coach answers."""

MOST_ASSESSMENTS = 4
"""At once by default."""


class SettingsError(Exception):
    """A setting is wrong; the message is one line that says which and why."""


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "voice-tutor"


def _default_data() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "voice-tutor"


class Settings(BaseSettings):
    """All settings. The README's table is checked against this class."""

    model_config = SettingsConfigDict(env_prefix="TUTOR_", env_file=".env", extra="ignore")

    host: str = Field("127.0.0.1", description="address the gateway listens on")
    port: int = Field(8000, ge=0, le=65535, description="port the gateway listens on")
    redis_url: str = Field("", description="Redis or Valkey; empty: an embedded Valkey is started")
    cache_dir: Path = Field(
        default_factory=_default_cache, description="where model weights are kept"
    )
    data_dir: Path = Field(
        default_factory=_default_data, description="where the database and the secret key are kept"
    )
    database_url: str = Field("", description="PostgreSQL; empty: SQLite in the data folder")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severe log lines shown"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="`json`: one object a line, with the ids of session and trace"
    )
    metrics_host: str = Field(
        "127.0.0.1", description="address at which worker processes show their metrics"
    )
    metrics_port: int = Field(
        9101,
        ge=0,
        le=65_000,
        description="port of the first of them, the next free one for each other; 0: none",
    )
    metrics_token: SecretStr = Field(
        "",
        validate_default=True,
        description="bearer token that `/metrics` asks for; empty: anybody may read it",
    )
    otlp_endpoint: str = Field(
        "", description="where spans are sent by OTLP/HTTP, up to `/v1/traces`; empty: no tracing"
    )
    trace_sample: float = Field(1.0, ge=0, le=1, description="share of sessions that are traced")
    allowed_origins: str = Field(
        "", description="further browser origins, comma separated; its own is always allowed"
    )

    recogniser: Literal["whisper", "plain", "instant"] = Field(
        "whisper", description="`plain` (faster-whisper as it comes) and `instant` are baselines"
    )
    model: str = Field("base", description="`base`, a folder, or a faster-whisper model name")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="where Whisper runs")
    compute_type: str = Field(
        "auto", description="CTranslate2 type; `auto` is float16 on CUDA, int8 on CPU"
    )
    asr_pool: Literal["auto", "processes", "batch"] = Field(
        "auto", description="one utterance a process, or batches in one; `auto`: batches on CUDA"
    )
    asr_processes: int = Field(
        0, ge=0, description="Whisper processes of one ASR worker; 0: one a core, 8 at most"
    )
    max_batch: int = Field(16, ge=1, description="utterances in one batch")
    asr_threads: int = Field(0, ge=0, description="threads of each of them; 0: share the cores")
    partial_beam: int = Field(1, ge=1, description="beam size of partials")
    final_beam: int = Field(5, ge=1, description="beam size of finals")
    partial_window_s: float = Field(
        4, gt=0, le=30, description="shortest encoder window of partials, seconds"
    )
    final_window_s: float = Field(
        8, gt=0, le=30, description="shortest encoder window of finals, seconds"
    )
    partial_margin_s: float = Field(
        0.5, ge=0, le=30, description="silence in it behind a partial's audio, seconds"
    )
    final_margin_s: float = Field(
        1, ge=0, le=30, description="silence in it behind a final's audio, seconds"
    )
    auto_languages: str = Field(
        "", description="what `auto` may choose from, comma separated; empty: all of Whisper's"
    )
    task_time_limit_s: float = Field(
        20, gt=0, description="a recognition that takes longer is killed"
    )

    endpoint_silence_ms: int = Field(
        600,
        ge=MIN_ENDPOINT_SILENCE_MS,
        le=MAX_ENDPOINT_SILENCE_MS,
        description="silence that ends an utterance, unless the session says otherwise",
    )
    pause_ms: int = Field(
        100, ge=0, le=2000, description="silence after which the final is begun ahead; 0: never"
    )
    pre_roll_ms: int = Field(300, ge=0, le=1000, description="audio kept from before the onset")
    min_speech_ms: int = Field(128, ge=32, le=1000, description="speech that starts an utterance")
    vad_onset: float = Field(0.5, gt=0, lt=1, description="probability at which speech begins")
    vad_offset: float = Field(0.35, gt=0, lt=1, description="probability under which it pauses")
    first_partial_ms: int = Field(320, ge=32, description="speech before the first partial")
    partial_interval_ms: int = Field(320, ge=32, description="new audio before the next partial")
    partial_yield: float = Field(
        4, ge=0, description="a partial queued for 1 s puts the next one off by so many seconds"
    )
    partial_timeout_s: float = Field(5, gt=0, description="a partial is given up after it")
    final_retry_s: float = Field(6, gt=0, description="a final is dispatched again after it")
    final_deadline_s: float = Field(
        30, gt=0, description="an utterance without a final gets its error after it"
    )

    feedback: bool = Field(True, description="assess and answer utterances after their final")
    feedback_threads: int = Field(
        0, ge=0, description="assessments of one feedback worker at once; 0: one a core, 4 at most"
    )
    feedback_pool: int = Field(
        16, ge=1, description="threads of a feedback worker; most of them wait for replies"
    )
    feedback_retry_s: float = Field(
        4, gt=0, description="an assessment is dispatched again after it"
    )
    feedback_deadline_s: float = Field(
        12, gt=0, description="an utterance without an assessment gets its error after it"
    )

    max_frame_bytes: int = Field(
        Limits.max_frame_bytes, ge=1024, description="bytes of one WebSocket message (else 1009)"
    )
    max_realtime_frame_bytes: int = Field(
        1_048_576, ge=1024, description="the same on `/v1/realtime`, where audio is base64"
    )
    max_session_s: int = Field(Limits.max_session_s, gt=0, description="length of a session")
    max_utterance_ms: int = Field(
        Limits.max_utterance_ms,
        ge=4000,
        le=30_000,
        description="length of an utterance; then an endpoint is forced",
    )
    idle_timeout_s: int = Field(
        Limits.idle_timeout_s, gt=0, description="time without any message from the client"
    )
    resume_s: float = Field(
        120,
        ge=0,
        le=EVENTS_TTL_S,
        description="a session whose connection broke waits so long to be resumed",
    )
    drain_s: float = Field(
        30,
        ge=0,
        description="a gateway that stops lets learners speak so long; 0: it ends their sessions",
    )
    reuse_port: bool = Field(
        False, description="several gateways of one machine share the port (SO_REUSEPORT)"
    )
    max_speed: float = Field(Limits.max_speed, ge=1, description="audio seconds per second")
    speed_burst_ms: int = Field(
        Limits.speed_burst_ms, ge=0, description="audio that may come at once on top of it"
    )
    max_sessions: int = Field(200, gt=0, description="sessions of one gateway (else HTTP 503)")
    send_queue: int = Field(256, gt=0, description="events kept for a client that does not read")
    send_timeout_s: float = Field(10, gt=0, description="wait for a client to take an event")
    ping_interval_s: float = Field(10, gt=0, description="seconds between WebSocket pings")
    ping_timeout_s: float = Field(10, gt=0, description="wait for the pong before hanging up")
    store_timeout_s: float = Field(1, gt=0, description="wait for Redis before `unavailable`")

    llm_url: str = Field(
        "", description="OpenAI-compatible endpoint, up to `/v1`; empty: the built-in coach answers"
    )
    llm_model: str = Field(
        "", validate_default=True, description="the endpoint's name of the model to ask"
    )
    llm_api_key: SecretStr = Field(
        "", validate_default=True, description="its key; never logged or shown"
    )
    llm_timeout_s: float = Field(20, gt=0, description="a whole reply, retries included")
    llm_first_token_s: float = Field(
        5, gt=0, description="until a reply begins, retries included; else the coach answers"
    )
    llm_max_tokens: int = Field(200, ge=1, description="length of a reply")
    llm_temperature: float = Field(
        0.4, ge=0, le=2, description="how freely the model chooses words"
    )
    llm_retries: int = Field(
        2, ge=0, description="further tries after a failure that may pass, before the first token"
    )
    exercises_dir: str = Field(
        "",
        description="folder of a teacher's own exercises (`*.toml`), beside those of the package",
    )

    accounts: Literal["optional", "required"] = Field(
        "optional", description="`required`: nobody practises or uses the API without an account"
    )
    secret_key: SecretStr = Field(
        "",
        validate_default=True,
        description="signs tokens, 32 characters or more; empty: made and kept in the data folder",
    )
    access_token_s: int = Field(600, gt=0, le=600, description="life of an access token")
    refresh_token_days: int = Field(
        30, gt=0, le=366, description="a login that was not used for so long ends"
    )
    refresh_grace_s: float = Field(
        10, ge=0, le=60, description="a refresh token used again so soon ends no login; 0: it does"
    )
    ticket_s: int = Field(30, gt=0, le=60, description="life of a socket ticket")
    login_tries: int = Field(
        10, ge=0, description="failed logins of one account in a window (else 429); 0: no limit"
    )
    address_tries: int = Field(
        100,
        ge=0,
        description="failed logins of one address in a window (else 429), and as many "
        "registrations",
    )
    tries_window_s: int = Field(900, gt=0, description="length of such a window")
    max_logins: int = Field(
        MAX_LOGINS,
        ge=1,
        description="logins of one account; one more ends the one that was not used for longest",
    )
    max_api_keys: int = Field(
        MAX_API_KEYS, ge=1, description="API keys of one account that are in use (else 409)"
    )
    password_checks: int = Field(
        2, gt=0, description="passwords checked at once, 19 MiB and a core each; others wait"
    )
    quota_free_s: float = Field(
        7200, ge=0, description="audio a day of an account with the plan `free`; 0: no limit"
    )
    quota_plus_s: float = Field(0, ge=0, description="the same with the plan `plus`")
    user_sockets: int = Field(
        10, ge=0, description="open sockets of one account (else 429); 0: no limit"
    )
    address_handshakes: int = Field(
        1200, ge=0, description="sockets opened from one address in a minute (else 429)"
    )
    account_check_s: float = Field(
        5, gt=0, le=20, description="how soon an open socket notices a logout on another gateway"
    )
    trusted_proxies: str = Field(
        "", description="addresses whose `X-Forwarded-For` is believed, comma separated"
    )
    docs: Literal["auto", "open", "closed"] = Field(
        "auto", description="`/docs` and `/openapi.json`; `auto`: on loopback only"
    )

    max_request_bytes: int = Field(
        65_536, ge=1024, description="bytes of a request without a file (else HTTP 413)"
    )
    max_upload_bytes: int = Field(
        25 * 2**20, ge=1, description="bytes of an uploaded file's request (else HTTP 413)"
    )
    max_audio_s: float = Field(7200, gt=0, description="length of an uploaded recording")
    max_jobs_per_user: int = Field(
        10, ge=1, description="unfinished jobs of one user, guests together (else HTTP 429)"
    )
    job_ttl_days: float = Field(7, gt=0, description="a job and its result are deleted after it")
    transcription_timeout_s: float = Field(
        600, gt=0, description="wait for `/v1/audio/transcriptions` (else HTTP 504)"
    )
    file_jobs: int = Field(2, ge=1, description="jobs that one files worker works on at once")
    pieces_in_flight: int = Field(
        4, ge=1, description="pieces of one job that are in Redis at once, 1 MB each at most"
    )
    piece_attempts: int = Field(
        3, ge=1, description="a piece lost so often fails its job (`recognition_failed`)"
    )
    batch_processes: int = Field(
        0, ge=0, description="Whisper processes for files on a CPU; 0: half as many as for live"
    )
    batch_timeout_s: float = Field(
        300,
        gt=0,
        description="pieces of a file are dispatched again when none came back for so long",
    )
    batch_lease_s: float = Field(
        30, gt=0, description="and one whose worker gives no sign of life for so long"
    )
    webhook_allow_private: bool = Field(
        False, description="webhooks may go to private addresses, and over plain HTTP"
    )
    webhook_timeout_s: float = Field(10, gt=0, description="a webhook's whole request")
    webhook_tries: int = Field(
        8, ge=1, description="deliveries of a webhook before it is given up; backs off up to 1 h"
    )

    @field_validator("llm_model")
    @classmethod
    def _names_a_model(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("llm_url") and not value:
            raise ValueError("the endpoint in TUTOR_LLM_URL needs the name of a model")
        return value

    @classmethod
    def load(cls, **overrides: object) -> Settings:
        """Read the environment.

        Raises:
            SettingsError: a value is wrong.
        """
        try:
            return cls(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            name = "TUTOR_" + "_".join(str(part) for part in first["loc"]).upper()
            raise SettingsError(f"{name}={first['input']!r}: {first['msg']}") from error

    def require_store(self) -> None:
        """Refuse to go on without an address of Redis.

        Raises:
            SettingsError: there is none.
        """
        if not self.redis_url:
            raise SettingsError(
                "TUTOR_REDIS_URL is needed to run a part alone (`tutor serve` brings its own store)"
            )

    def require_safe_address(self) -> None:
        """Refuse to open the tutor to others without accounts.

        Raises:
            SettingsError: what to set.
        """
        if not self.is_loopback and (
            self.accounts != "required" or not self.secret_key.get_secret_value()
        ):
            raise SettingsError(
                f"listening on {self.host or 'every address'} opens the tutor to whoever reaches "
                "it: set TUTOR_ACCOUNTS=required and TUTOR_SECRET_KEY (`openssl rand -hex 32` "
                "makes one), or listen on 127.0.0.1"
            )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the gateway."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def has_docs(self) -> bool:
        """Whether the API's documents are served."""
        return self.docs == "open" or (self.docs == "auto" and self.is_loopback)

    @property
    def plans(self) -> dict[str, float]:
        """Seconds of audio a day by plan; 0: no limit."""
        return {"guest": 0.0, "free": self.quota_free_s, "plus": self.quota_plus_s}

    @property
    def database(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'tutor.db'}"

    @property
    def limits(self) -> Limits:
        """The limits of one session."""
        return Limits(
            max_frame_bytes=self.max_frame_bytes,
            max_session_s=self.max_session_s,
            max_utterance_ms=self.max_utterance_ms,
            idle_timeout_s=self.idle_timeout_s,
            max_speed=self.max_speed,
            speed_burst_ms=self.speed_burst_ms,
        )

    @property
    def session(self) -> SessionConfig:
        """How a session behaves."""
        return SessionConfig(
            limits=self.limits,
            segmenter=SegmenterConfig(
                onset_probability=self.vad_onset,
                offset_probability=min(self.vad_offset, self.vad_onset),
                min_speech=to_samples(self.min_speech_ms),
                pre_roll=to_samples(self.pre_roll_ms),
                endpoint_silence=to_samples(self.endpoint_silence_ms),
                pause=to_samples(self.pause_ms),
                max_utterance=to_samples(self.max_utterance_ms),
            ),
            first_partial=to_samples(self.first_partial_ms),
            partial_interval=to_samples(self.partial_interval_ms),
            partial_yield=self.partial_yield,
            partial_timeout_s=self.partial_timeout_s,
            final_retry_s=self.final_retry_s,
            final_deadline_s=self.final_deadline_s,
            tutoring=TutoringConfig(
                enabled=self.feedback,
                language_model=bool(self.llm_url),
                retry_s=self.feedback_retry_s,
                deadline_s=self.feedback_deadline_s,
                reply_deadline_s=self.llm_timeout_s + REPLY_GRACE_S,
            ),
        )

    @property
    def processes(self) -> int:
        """Whisper processes of one worker.

        One thread decodes as fast as two (the products are small, the threads wait for each
        other), so cores serve more learners as processes; each costs 260 MB with whisper-base.
        """
        return self.asr_processes or min(MOST_PROCESSES, os.cpu_count() or 1)

    @property
    def batch_size(self) -> int:
        """Whisper processes for files: they take turns with the live ones for the same cores."""
        return self.batch_processes or max(1, self.processes // 2)

    @property
    def assessments_at_once(self) -> int:
        """Assessments that a feedback worker runs at the same time, a thread each."""
        return self.feedback_threads or min(MOST_ASSESSMENTS, os.cpu_count() or 1)

    @property
    def threads(self) -> int:
        """Threads of each Whisper process."""
        return self.asr_threads or max(1, (os.cpu_count() or 1) // self.processes)


def comma_list(value: str) -> frozenset[str]:
    """The parts of a comma-separated setting."""
    return frozenset(part.strip() for part in value.split(",") if part.strip())

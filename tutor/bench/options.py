"""The options of a benchmark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tutor.core.protocol.limits import MAX_ENDPOINT_SILENCE_MS, MIN_ENDPOINT_SILENCE_MS

Baseline = Literal["none", "first", "all"]

Progress = Callable[[str, float], None]
"""Takes what is being done, and how much of it is done, 0 to 1."""


class BenchError(Exception):
    """The benchmark cannot run; the message is one line."""


def quiet(label: str, done: float) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class BenchOptions:
    """What to play into which server, and how often."""

    url: str | None = None
    """Address of a running server; None: servers are started, and their processes measured."""
    data: str | None = None
    """A folder of recordings with a manifest; None: the recordings that ship with the product."""
    sessions: tuple[int, ...] = (1, 2, 4, 6, 8)
    """How many learners speak at once, one measurement for each number."""
    utterances: int = 8
    """Recordings of each session."""
    endpoint_silence_ms: int = 500
    """Milliseconds of silence that end an utterance; sent in `session.start`."""
    gap_ms: int = 1500
    """Milliseconds of low noise between two recordings of a session."""
    bound_s: float = 1.2
    """Seconds that the p95 of the final's latency may be at most."""
    baseline: Baseline = "none"
    """Whether to measure plain faster-whisper too: at the first number of sessions, or at all."""
    feedback: bool = False
    """Whether utterances are assessed and answered too; otherwise words alone are measured."""
    batch_load: int = 0
    """How many uploaded files are recognised while each number of sessions is measured once
    more."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further `TUTOR_` settings of the servers that are started, by their lower-case names."""
    language: str = "en"
    seed: int = 0

    def __post_init__(self) -> None:
        require(bool(self.sessions) and min(self.sessions) > 0, "--sessions needs numbers from 1")
        require(self.batch_load >= 0, "--batch-load needs a number from 0")
        require(self.utterances > 0, "--utterances needs a number from 1")
        require(
            MIN_ENDPOINT_SILENCE_MS <= self.endpoint_silence_ms <= MAX_ENDPOINT_SILENCE_MS,
            f"--endpoint-silence-ms must be {MIN_ENDPOINT_SILENCE_MS} to {MAX_ENDPOINT_SILENCE_MS}",
        )
        require(
            self.gap_ms >= self.endpoint_silence_ms + 500,
            "the gap must be 500 ms longer than the endpoint silence, or recordings run together",
        )
        require(
            not (self.url and self.baseline != "none"),
            "a baseline needs servers of its own: leave out --url or --baseline",
        )
        require(
            not (self.url and self.settings),
            "--set is for servers that the benchmark starts: leave out --url or --set",
        )


@dataclass(frozen=True)
class OverheadOptions:
    """How long to measure what is not recognition."""

    finals: int = 200
    """Utterances that are committed, one after the other."""
    frames: int = 20_000
    """Frames of 20 ms that are sent as fast as they are taken."""
    speakers: int = 8
    """Sessions that speak in real time."""
    speaking_s: float = 15.0
    """Seconds for which the speakers speak."""
    idle: int = 500
    """Sessions that are opened and then left alone."""
    idle_s: float = 10.0
    """Seconds for which the idle sessions are watched."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further `TUTOR_` settings of the server, by their lower-case names."""
    seed: int = 0

    def __post_init__(self) -> None:
        require(min(self.finals, self.frames, self.speakers, self.idle) > 0, "counts begin at 1")


@dataclass(frozen=True)
class TurnOptions:
    """Which recordings to have end their turns, and by what."""

    data: str | None = None
    """A folder of recordings with a manifest; None: the recordings that ship with the product."""
    speakers: frozenset[str] = frozenset()
    """The manifest's speakers to take; empty: all."""
    utterances: int = 8
    """Recordings of each speaker."""
    follow: bool = False
    """Whether partials are recognised too, and readers followed by them."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further `TUTOR_` settings, by their lower-case names."""
    language: str = "en"

    def __post_init__(self) -> None:
        require(self.utterances > 0, "--utterances needs a number from 1")


@dataclass(frozen=True)
class SoakOptions:
    """How long the product is watched while it serves."""

    minutes: float = 30.0
    """Minutes for which it serves."""
    idle: int = 200
    """Sessions that are opened and then left alone."""
    speakers: int = 4
    """Sessions that speak in real time; each is followed by another one."""
    settle_s: float = 150.0
    """Seconds after the last session within which what is kept for its return must be gone."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further `TUTOR_` settings of the server, by their lower-case names."""
    seed: int = 0

    def __post_init__(self) -> None:
        require(self.minutes > 0, "--soak needs a number of minutes")
        require(min(self.idle, self.speakers) > 0, "counts begin at 1")


@dataclass(frozen=True)
class VoiceOptions:
    """How long to talk with the tutor."""

    url: str | None = None
    """Address of a running server; None: one is started."""
    turns: int = 8
    """Turns, interruptions and noises of each kind."""
    echo_s: float = 60.0
    """Seconds of the tutor's speech that come back to it as echo."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Further `TUTOR_` settings of the server, by their lower-case names."""
    seed: int = 0

    def __post_init__(self) -> None:
        require(self.turns > 0, "--utterances needs a number from 1")
        require(self.echo_s >= 0, "--echo-s needs a number from 0")


def require(is_so: bool, complaint: str) -> None:
    """Refuse options that make no sense.

    Raises:
        BenchError: it is not so.
    """
    if not is_so:
        raise BenchError(complaint)

"""The figures of a benchmark. Every figure has its unit below it; times are seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """A distribution; seconds unless said otherwise. Percentiles interpolate linearly."""

    count: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    greatest: float | None = None


@dataclass(frozen=True)
class WordErrors:
    """Substituted, deleted and inserted words against those of the texts."""

    words: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    @property
    def rate(self) -> float | None:
        """The word error rate; None for no words."""
        errors = self.substitutions + self.deletions + self.insertions
        return errors / self.words if self.words else None


@dataclass(frozen=True)
class Figures:
    """What the learners of one run got."""

    recordings: int
    utterances: int
    audio_s: float
    """Seconds of audio played, the gaps included."""
    speech_s: float
    """Seconds of the audio that hold speech."""
    unheard_s: float
    """Seconds of speech that no utterance covers."""
    first_partial: Spread
    """From the true onset to the first partial with text, or to the final where none came."""
    without_partial: int
    """Utterances in which no partial with text came."""
    word: Spread
    """From a word's end in the audio to its lasting appearance."""
    final: Spread
    """From the true end of speech to the final."""
    final_beyond_silence: Spread
    """From the true end of speech to the final, less the endpoint silence."""
    feedback: Spread
    """From the final to the last event of its assessment; empty where no feedback was asked for."""
    wer: WordErrors
    final_words: int
    partials: int
    committed_flicker: int
    """Committed words that a later partial did not keep: 0 is promised."""
    tentative_flicker: int
    """Tentative words that the next partial, or the final, replaced or removed."""
    committed_revised: int
    """Committed words that the final replaced or removed."""
    unsettled: int
    """Utterances without exactly one terminal event: 0 is promised."""
    errors: dict[str, int]
    """Error events by code, and what else went wrong."""
    latest_frame_s: float
    """Seconds by which a frame was sent too late, at most: the player's own trouble."""


@dataclass(frozen=True)
class Memory:
    """Memory at a moment or at its peak, MiB."""

    rss_mib: float = 0.0
    """Resident memory; what processes share is counted in each."""
    pss_mib: float = 0.0
    """Resident memory; what processes share is divided among them."""


@dataclass(frozen=True)
class Load:
    """How busy the machine was, in cores."""

    cores: int
    server: float
    """Cores that the server's processes took; 0 when they cannot be seen."""
    player: float
    """Cores that the benchmark itself took."""
    others: float
    """Cores that all other processes took: with many of them figures are not the product's own."""


@dataclass(frozen=True)
class Decodes:
    """Recognitions of one kind."""

    count: int = 0
    seconds: float = 0.0
    """Seconds that the recognitions took in the worker, together."""

    @property
    def mean_s(self) -> float | None:
        """Mean seconds of one recognition; None if there was none."""
        return self.seconds / self.count if self.count else None

    def since(self, before: Decodes) -> Decodes:
        """The recognitions that came after `before` was read."""
        return Decodes(self.count - before.count, self.seconds - before.seconds)


@dataclass(frozen=True)
class PartCost:
    """What one part of the server took."""

    cpu_s_per_audio_s: float
    """CPU seconds for each second of audio played, gaps included; user and system."""
    peak: Memory


@dataclass(frozen=True)
class Cost:
    """What the server's processes took."""

    parts: dict[str, PartCost]
    """The cost of `gateway`, `asr`, `store`, ..., and of `all` together (its peak: of the sum)."""


@dataclass(frozen=True)
class Run:
    """One measurement: a server, and a number of learners at once."""

    variant: str
    """`product`; `with files`: the product, busy with uploads; `baseline`: with plain
    faster-whisper."""
    sessions: int
    figures: Figures
    cost: Cost | None
    """What the server's processes took; None when they cannot be seen (`--url`)."""
    decodes: dict[str, Decodes]
    """Recognitions by kind."""
    load: Load
    files_s: float = 0.0
    """Seconds of uploaded audio that were recognised meanwhile."""


@dataclass(frozen=True)
class Machine:
    """The machine and the versions of a measurement."""

    at: str
    """When the measurement began, ISO 8601."""
    cpu: str
    cores: int
    python: str
    version: str
    """The product's version."""


@dataclass(frozen=True)
class FrameCost:
    """What frames cost when they come as fast as they are taken."""

    frames: int
    """Frames of 20 ms that were sent."""
    wall_s: float
    gateway_cpu_s: float

    @property
    def per_core_second(self) -> float:
        """Frames for one second of one core of the gateway."""
        return self.frames / self.gateway_cpu_s if self.gateway_cpu_s else 0.0


@dataclass(frozen=True)
class Speaking:
    """What sessions that speak in real time cost without recognition."""

    sessions: int
    wall_s: float
    cores_each: dict[str, float]
    """Share of one core that each session takes, by part."""
    gateway_peak_mib: float
    """MiB of the gateway's memory at its highest."""


@dataclass(frozen=True)
class Idle:
    """What sessions cost that are open and silent."""

    sockets: int
    gateway_rss_kib_each: float
    """KiB by which each socket made the gateway's resident memory grow."""
    gateway_cores: float
    """Share of one core of the gateway that all sockets together take."""
    store_cores: float
    """Share of one core of the store that all sockets together take."""


@dataclass(frozen=True)
class Look:
    """One look at a part of the product while it serves."""

    at_s: float
    """Seconds since it began to serve."""
    rss_mib: float
    descriptors: int


@dataclass(frozen=True)
class Soaked:
    """What a part took, from the end of its warming up on."""

    processes: int
    first_mib: float
    last_mib: float
    """Memory (RSS) of its processes together, the mean of the first and of the last tenth."""
    slope_mib_per_hour: float
    """The straight line of least squares through all looks."""
    descriptors_before: int
    descriptors_after: int
    """Open files and sockets of its processes before the first session and after the last."""
    restarts: int = 0
    """Main processes that took the place of another: what one had leaked went with it."""

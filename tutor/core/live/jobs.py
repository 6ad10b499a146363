"""What crosses the queue: recognition jobs to a worker, results back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tutor.core.audio.recognition import Kind, Recognition
from tutor.core.feedback.assessment import Assessment

Outcome = Literal["ok", "audio_gone", "cancelled", "failed"]


@dataclass(frozen=True)
class RecognitionJob:
    """A task for a worker. It carries names, not audio: the worker reads what there is by then."""

    session: str
    utterance: str
    kind: Kind
    revision: int
    """Grows with each job of an utterance, so that a late result is known to be stale."""
    attempt: int
    """1, or 2 when the first attempt gave no result in time."""
    audio_bytes: int
    """PCM16 at 16 kHz. Final: decode exactly so much. Partial: so much or more is there."""
    language: str
    """Whisper's code, or `auto`."""
    batch: bool = False
    """A piece of a file: whoever speaks now goes first."""
    prompt: str = ""
    """Words that are likely to come, in their spelling."""


@dataclass(frozen=True)
class Stamps:
    """What a job met on its way. For who watches the product from outside: decides nothing."""

    queued_at: float = 0.0
    """When it was sent to its queue, seconds of the machine's clock; 0: unknown, as below."""
    begun_at: float = 0.0
    """When a worker began it."""
    done_at: float = 0.0
    """When its result was ready."""
    trace: str = ""
    """The job's span as a `traceparent` (W3C Trace Context); empty: it is not traced."""


@dataclass(frozen=True)
class RecognitionResult:
    """A worker's answer to one job."""

    session: str
    utterance: str
    kind: Kind
    revision: int
    attempt: int
    outcome: Outcome
    audio_bytes: int = 0
    """How much audio was decoded."""
    recognition: Recognition | None = None
    """Set when the outcome is `ok`."""
    decode_s: float = 0.0
    """Seconds that the recogniser took."""
    stamps: Stamps = Stamps()


@dataclass(frozen=True)
class AssessmentJob:
    """A task for a feedback worker: what an utterance, whose final is known, was like."""

    session: str
    utterance: str
    attempt: int
    audio_bytes: int
    """PCM16 at 16 kHz, exactly so much."""
    recognition: Recognition
    reference: tuple[str, ...] = ()
    """Words of the exercise's text around the learner's place in it; empty in free speech."""
    position: int = 0
    """Of the learner in `reference`."""
    pairs: tuple[tuple[str, ...], ...] = ()
    """Minimal pairs of the library that words of the reference are in."""
    grammar: bool = False
    """Whether the learner chose the words."""
    batch: bool = False
    """A piece of a file: whoever speaks now goes first."""


@dataclass(frozen=True)
class AssessmentResult:
    """A feedback worker's answer to one job."""

    session: str
    utterance: str
    attempt: int
    outcome: Outcome
    assessment: Assessment | None = None
    """Set when the outcome is `ok`; times from the start of the utterance's audio."""
    assess_s: float = 0.0
    """Seconds that it took."""
    stamps: Stamps = Stamps()


@dataclass(frozen=True)
class ReplyJob:
    """A task for a feedback worker: ask the language model."""

    session: str
    utterance: str
    messages: tuple[tuple[str, str], ...]
    """Role (`system`, `user`, `assistant`) and content."""


@dataclass(frozen=True)
class ReplyPart:
    """A piece of the language model's reply; the last one ends it."""

    session: str
    utterance: str
    text: str
    last: bool = False
    failed: bool = False
    """The model gave up: what came before stands, nothing more comes."""
    stamps: Stamps = Stamps()


Job = RecognitionJob | AssessmentJob | ReplyJob
Result = RecognitionResult | AssessmentResult | ReplyPart


def kind_of(job: Job | Result) -> str:
    """`partial`, `final`, `piece` (of a file), `assessment` or `reply`."""
    match job:
        case RecognitionJob(batch=True):
            return "piece"
        case RecognitionJob() | RecognitionResult():
            return job.kind
        case AssessmentJob() | AssessmentResult():
            return "assessment"
        case _:
            return "reply"

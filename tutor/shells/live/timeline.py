"""An utterance as its shell sees it: the jobs on their way, and what was sent of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.adapters.telemetry.tracing import Span
from tutor.core.live.jobs import Job, RecognitionJob, RecognitionResult, Result, kind_of
from tutor.core.protocol.messages import (
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackPronunciation,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDelta,
    TutorReplyDone,
)

Timed = (
    TranscriptPartial
    | TranscriptFinal
    | FeedbackAccuracy
    | FeedbackFluency
    | FeedbackPronunciation
    | TutorReplyDelta
    | TutorReplyDone
)
"""Events that somebody waits for."""


@dataclass
class Trip:
    """A job on its way."""

    kind: str
    decided_at: float
    span: Span | None = None
    queued_at: float = 0.0
    received_at: float = 0.0

    def ends_with(self, event: Timed) -> bool:
        """Whether nothing comes of it behind this event."""
        is_early = isinstance(event, TranscriptPartial) and self.kind == "final"
        return not is_early and not isinstance(event, TutorReplyDelta)

    def end(self, at: float, outcome: str) -> None:
        """End its span, if it has one that is open."""
        if self.span is not None:
            self.span.end(at, outcome=outcome)


@dataclass
class Timeline:
    """An utterance, as far as it has come."""

    onset_at: float
    """When its onset arrived."""
    is_moved: bool = False
    """Whether it began at another gateway: what was shown of it there is not known."""
    speech_end_at: float = 0.0
    """When its end of speech arrived."""
    stopped_at: float = 0.0
    """When the end was decided."""
    final_at: float = 0.0
    """When its final was sent."""
    shown: list[tuple[float, list[str]]] = field(default_factory=list)
    scored: bool = False
    replied: bool = False
    trips: dict[str | int, Trip] = field(default_factory=dict)
    """Of its jobs: recognitions by revision, others by kind."""

    def is_first(self, event: Timed) -> bool:
        """Whether it is the first event of its job that is sent."""
        match event:
            case TranscriptPartial() | TranscriptFinal():
                return True
            case TutorReplyDelta() | TutorReplyDone():
                return not self.replied
            case _:
                return not self.scored

    def trip_of(self, event: Timed) -> Trip | None:
        """The job that an event is the answer to."""
        match event:
            case TranscriptPartial(revision=revision):
                return self.trips.get(revision)
            case TranscriptFinal():
                finals = [trip for trip in self.trips.values() if trip.kind == "final"]
                return next((trip for trip in reversed(finals) if trip.received_at), None)
            case TutorReplyDelta() | TutorReplyDone():
                return self.trips.get("reply")
            case _:
                return self.trips.get("assessment")


def key_of(job: Job | Result) -> str | int:
    """What tells the jobs of an utterance apart: recognitions by revision, others by kind."""
    if isinstance(job, RecognitionJob | RecognitionResult):
        return job.revision
    return kind_of(job)

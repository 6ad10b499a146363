"""An utterance as its shell sees it: the jobs on their way, and what was sent of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.adapters.telemetry.tracing import Span
from tutor.core.protocol.messages import (
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackPronunciation,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDelta,
    TutorReplyDone,
)
from tutor.core.queue.jobs import Job, RecognitionJob, RecognitionResult, Result, kind_of

Timed = (
    TranscriptPartial
    | TranscriptFinal
    | FeedbackAccuracy
    | FeedbackFluency
    | FeedbackPronunciation
    | TutorReplyDelta
    | TutorReplyDone
)
"""Events whose latency is measured."""


@dataclass
class Trip:
    """A job on its way to a worker and back; times are seconds of the machine's clock."""

    kind: str
    decided_at: float
    span: Span | None = None
    queued_at: float = 0.0
    received_at: float = 0.0

    def ends_with(self, event: Timed) -> bool:
        """Whether no event of the job comes after this one."""
        is_early = isinstance(event, TranscriptPartial) and self.kind == "final"
        return not is_early and not isinstance(event, TutorReplyDelta)

    def end(self, at: float, outcome: str) -> None:
        """End the job's span, if it has one that is open."""
        if self.span is not None:
            self.span.end(at, outcome=outcome)


@dataclass
class Timeline:
    """The timeline of an utterance; times are seconds of the machine's clock."""

    onset_at: float
    """When the utterance's onset arrived."""
    is_moved: bool = False
    """Whether the utterance began at another gateway: what was shown of it there is not known."""
    speech_end_at: float = 0.0
    """When its end of speech arrived."""
    stopped_at: float = 0.0
    """When its end was decided."""
    final_at: float = 0.0
    """When its final was sent."""
    released_at: float = 0.0
    """When its sentence was over: until then nobody judges it."""
    shown: list[tuple[float, list[str]]] = field(default_factory=list)
    scored: bool = False
    replied: bool = False
    trips: dict[str | int, Trip] = field(default_factory=dict)
    """The trips of its jobs: recognitions by revision, others by kind."""

    @property
    def due_at(self) -> float:
        """When scores and reply began to be waited for."""
        return max(self.final_at, self.released_at)

    def is_first(self, event: Timed) -> bool:
        """Whether an event is the first of its job that is sent."""
        match event:
            case TranscriptPartial() | TranscriptFinal():
                return True
            case TutorReplyDelta() | TutorReplyDone():
                return not self.replied
            case _:
                return not self.scored

    def trip_of(self, event: Timed) -> Trip | None:
        """The trip of the job that an event answers; None if it is not known."""
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
    """The key that tells the jobs of an utterance apart: recognitions by revision, others by
    kind."""
    if isinstance(job, RecognitionJob | RecognitionResult):
        return job.revision
    return kind_of(job)

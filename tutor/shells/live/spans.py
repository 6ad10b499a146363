"""The spans of one session that is traced: one trace for each utterance, linked to the session."""

from __future__ import annotations

from tutor.adapters.telemetry import tracing
from tutor.adapters.telemetry.tracing import Span, Tracing, Value, trace_id
from tutor.core.queue.jobs import AssessmentJob, Job, RecognitionJob, kind_of


class TraceBook:
    """The open spans of one session. Times are seconds of the machine's clock."""

    def __init__(self, spans: Tracing, session: str, at: float) -> None:
        self._spans = spans
        self._session: Span | None = None  # none before somebody speaks
        self._id, self._began_at = session, at
        self._utterances: dict[str, Span] = {}
        self._begun = 0

    def trace_of(self, utterance: str) -> str:
        """The id of an utterance's trace, for exemplars; empty when the utterance is no longer
        known."""
        span = self._utterances.get(utterance)
        return trace_id(span.id) if span else ""

    def begin_utterance(self, utterance: str, onset_at: float, at: float) -> None:
        """Begin the trace of an utterance."""
        if self._session is None:
            self._session = self._spans.begin(tracing.SESSION, self._began_at, session=self._id)
        span = self._utterances[utterance] = self._spans.begin(
            tracing.UTTERANCE,
            onset_at,
            link=self._session.id,
            session=self._id,
            utterance=utterance,
        )
        span.child(tracing.DETECT, onset_at, at)
        self._begun += 1

    def stop_utterance(self, utterance: str, speech_end_at: float, at: float) -> None:
        """Record that the end of an utterance's speech was found."""
        if span := self._utterances.get(utterance):
            span.child(tracing.ENDPOINT, speech_end_at, at)

    def end_utterance(self, utterance: str, at: float, outcome: str) -> None:
        """End an utterance's span, whose words are known or given up; what follows still joins its
        trace."""
        if span := self._utterances.get(utterance):
            span.end(at, outcome=outcome)

    def forget_utterance(self, utterance: str, at: float) -> None:
        """Forget an utterance of which nothing more will come."""
        self.end_utterance(utterance, at, "abandoned")
        self._utterances.pop(utterance, None)

    def begin_job(self, job: Job, at: float) -> Span | None:
        """Begin the span of a dispatched job, which goes with it; None: its utterance is not
        traced."""
        kind, parent = kind_of(job), self._utterances.get(job.utterance)
        if parent is None:
            return None
        about: dict[str, Value] = {"kind": kind}
        if isinstance(job, RecognitionJob):
            about["revision"] = job.revision
        if isinstance(job, RecognitionJob | AssessmentJob):
            about["attempt"] = job.attempt
        return self._spans.begin(tracing.JOBS[kind], at, parent.id, "", **about)

    def close(self, at: float) -> None:
        """End all open spans: the session is over."""
        for utterance in list(self._utterances):
            self.forget_utterance(utterance, at)
        if self._session is not None:
            self._session.end(at, utterances=self._begun)

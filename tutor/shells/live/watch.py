"""One session seen from outside: how long everything took, counted and traced. Decides nothing.

Times are seconds of the machine's clock, so that they can be compared with those of workers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from tutor.adapters.telemetry.gateway import GatewayMetrics, Times, observe
from tutor.adapters.telemetry.tracing import Tracing
from tutor.core.live.arrivals import Arrivals, appearances
from tutor.core.live.jobs import Job, RecognitionResult, ReplyPart, Result, kind_of
from tutor.core.protocol.messages import (
    Error,
    ServerEvent,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDelta,
    TutorReplyDone,
)
from tutor.core.text.normal import normalise
from tutor.shells.live.spans import TraceBook
from tutor.shells.live.timeline import Spoken, Timed, Way, key_of

PENDING = 512
"""Timed events not yet sent that are remembered: those of a client that is away are let go."""

REMEMBERED = 16
"""Utterances whose feedback may still come."""


class SessionWatch:
    """Told of all that passes a session's shell."""

    def __init__(
        self, metrics: GatewayMetrics, spans: Tracing | None, session: str, audio_ms: float = 0.0
    ) -> None:
        self._metrics = metrics
        self._began_at = self._frame_at = time.time()
        traced = spans is not None and spans.chooses()
        self._book = TraceBook(spans, session, self._began_at) if spans and traced else None
        self._arrivals = Arrivals()
        self._audio_ms = audio_ms  # of the session; more than none if it was taken over
        self._spoken: dict[str, Spoken] = {}
        self._pending: dict[str, tuple[float, Timed]] = {}
        self._closed = False
        metrics.sessions.inc()

    def hand_over(self) -> None:
        """It was no session of its own: its socket goes to the one that its client wants back."""
        self._closed = True
        self._metrics.sessions.dec()
        self._metrics.resumed.inc()

    def go_on(self, utterances: Iterable[str]) -> None:
        """Utterances that began at another gateway are traced from here on; of what their speaker
        waited for only that is measured which happens here as a whole."""
        now = time.time()
        for utterance in utterances:
            self._spoken[utterance] = Spoken(now, is_moved=True)
            if self._book is not None:
                self._book.begin_utterance(utterance, now, now)

    def close(self) -> None:
        """The session is over."""
        if self._closed:
            return
        now = time.time()
        for utterance in list(self._spoken):
            self._forget(utterance, now)
        if self._book is not None:
            self._book.close(now)
        self._metrics.sessions.dec()
        self._metrics.session_length.observe(max(0.0, now - self._began_at))

    # ------------------------------------------------------------ audio

    def receive_frame(self) -> None:
        """A frame has come, of whatever kind."""
        self._frame_at = time.time()

    def receive_audio(self, seconds: float) -> None:
        """The frame holds so much audio."""
        self._metrics.audio.inc(seconds)
        self._audio_ms += seconds * 1000
        self._arrivals.receive(self._audio_ms, self._frame_at)

    def receive_probabilities(self, probabilities: list[float], threshold: float) -> None:
        """The frame's windows have been judged."""
        if probabilities:
            self._metrics.judge.observe(max(0.0, time.time() - self._frame_at))
            self._metrics.receive_probabilities(probabilities, threshold)

    # ------------------------------------------------------------ jobs

    def begin_job(self, job: Job) -> str:
        """A job is about to be queued; the `traceparent` that shall go with it, if it is traced."""
        now, kind = time.time(), kind_of(job)
        if getattr(job, "attempt", 1) > 1:
            self._metrics.retries.labels(kind).inc()
        spoken = self._spoken.get(job.utterance)
        if spoken is None:
            return ""
        span = self._book.begin_job(job, now) if self._book else None
        if (before := spoken.ways.get(key_of(job))) is not None:
            before.end(now, "retried")
        spoken.ways[key_of(job)] = Way(kind, now, span)
        return span.id if span else ""

    def queue_job(self, job: Job) -> None:
        """The job is in its queue."""
        if (way := self._way(job)) is not None:
            way.queued_at = time.time()
            self._stage("enqueue", way, way.decided_at, way.queued_at, job.utterance)

    def receive_result(self, result: Result) -> None:
        """A worker has answered."""
        now = time.time()
        self._metrics.receive_result(result, self._trace_of(result.utterance))
        way, failed = self._way(result), _has_failed(result)
        late = self._is_late(result) and not failed
        if late:
            self._metrics.drops.labels("late_result").inc()
        if way is None:
            return
        if failed:
            way.end(now, "failed" if isinstance(result, ReplyPart) else result.outcome)
            return
        self._follow(result, way, now)
        if late:
            way.end(now, "late")

    def _follow(self, result: Result, way: Way, now: float) -> None:
        """The stages that are behind a result."""
        stamps, is_first = result.stamps, not way.received_at
        way.received_at = now
        if not stamps.begun_at:  # of a worker that does not tell
            return
        if is_first:
            # A quick worker begins before the broker has answered us.
            queued_at = min(way.queued_at or stamps.queued_at, stamps.begun_at)
            self._stage("queue", way, queued_at, stamps.begun_at, result.utterance)
        if is_first or (isinstance(result, ReplyPart) and result.last):
            self._stage("return", way, stamps.done_at, now, result.utterance)
        if not isinstance(result, ReplyPart) or result.last:
            took_s = stamps.done_at - stamps.begun_at  # its span is the worker's
            trace = self._trace_of(result.utterance)
            observe(self._metrics.stages.labels("work", way.kind), took_s, trace)

    def _way(self, job: Job | Result) -> Way | None:
        spoken = self._spoken.get(job.utterance)
        return spoken.ways.get(key_of(job)) if spoken else None

    def _is_late(self, result: Result) -> bool:
        """Whether nobody waited for it any more."""
        spoken = self._spoken.get(result.utterance)
        if spoken is None:
            return True
        if not isinstance(result, RecognitionResult):
            return False
        return bool(spoken.final_at or (result.kind == "partial" and spoken.stopped_at))

    def _stage(self, stage: str, way: Way, begun: float, ended: float, utterance: str) -> None:
        observe(
            self._metrics.stages.labels(stage, way.kind), ended - begun, self._trace_of(utterance)
        )
        if way.span is not None:
            way.span.child(stage, begun, ended)

    # ------------------------------------------------------------ events

    def emit(self, event: ServerEvent, text: str) -> None:
        """An event is about to be kept and sent as this text."""
        now = time.time()
        match event:
            case SpeechStarted():
                self._begin(event, now)
            case SpeechStopped():
                self._stop(event, now)
            case Error():
                self._fail(event, now)
            case _ if isinstance(event, Timed):
                self._pending[text] = now, event
                if len(self._pending) > PENDING:
                    del self._pending[next(iter(self._pending))]

    def sent(self, text: str) -> None:
        """An event has been handed to the network."""
        if (pending := self._pending.pop(text, None)) is None:
            return
        emitted_at, event = pending
        now, spoken = time.time(), self._spoken.get(event.utterance)
        if spoken is None:
            return
        if (way := spoken.way_of(event)) is not None:
            if spoken.is_first(event):
                self._stage("send", way, emitted_at, now, event.utterance)
            if way.ends_with(event):
                way.end(now, "ok")
        self._measure(event, spoken, now)

    def _begin(self, event: SpeechStarted, now: float) -> None:
        if len(self._spoken) >= REMEMBERED:
            self._forget(next(iter(self._spoken)), now)
        onset_at = self._arrivals.at(event.at_ms)
        self._spoken[event.utterance] = Spoken(onset_at)
        if self._book is not None:
            self._book.begin_utterance(event.utterance, onset_at, now)

    def _stop(self, event: SpeechStopped, now: float) -> None:
        if (spoken := self._spoken.get(event.utterance)) is not None:
            spoken.speech_end_at, spoken.stopped_at = self._arrivals.at(event.at_ms), now
            if self._book is not None:
                self._book.stop_utterance(event.utterance, spoken.speech_end_at, now)

    def _fail(self, event: Error, now: float) -> None:
        self._metrics.errors.labels(event.code).inc()
        if event.code == "recognition_failed":
            self._metrics.utterances.labels("failed").inc()
        if event.utterance is not None:
            self._forget(event.utterance, now, event.code)

    def _forget(self, utterance: str, now: float, outcome: str = "abandoned") -> None:
        spoken = self._spoken.pop(utterance, None)
        for way in spoken.ways.values() if spoken else ():
            way.end(now, "unanswered")
        if self._book is not None:
            self._book.end_utterance(utterance, now, outcome)
            self._book.forget_utterance(utterance, now)

    # ------------------------------------------------------------ what a learner waits for

    def _measure(self, event: Timed, spoken: Spoken, now: float) -> None:
        match event:
            case TranscriptPartial():
                self._measure_partial(event, spoken, now)
            case TranscriptFinal():
                self._measure_final(event, spoken, now)
            case TutorReplyDelta() | TutorReplyDone():
                if not spoken.replied:
                    spoken.replied = True
                    self._observe(self._metrics.reply_latency, now - spoken.final_at, event)
                if isinstance(event, TutorReplyDone):
                    self._forget(event.utterance, now)
            case _ if not spoken.scored:
                spoken.scored = True
                self._observe(self._metrics.feedback_latency, now - spoken.final_at, event)

    def _measure_partial(self, event: TranscriptPartial, spoken: Spoken, now: float) -> None:
        words = [] if spoken.is_moved else f"{event.committed} {event.tentative}".split()
        if words and not spoken.shown:
            self._observe(self._metrics.first_partial, now - spoken.onset_at, event)
        if words:
            spoken.shown.append((now, [normalise(word) for word in words]))

    def _measure_final(self, event: TranscriptFinal, spoken: Spoken, now: float) -> None:
        spoken.final_at = now
        self._metrics.utterances.labels("final" if event.text else "empty").inc()
        if spoken.stopped_at:
            self._observe(self._metrics.final_after_speech, now - spoken.speech_end_at, event)
            self._observe(self._metrics.final_after_endpoint, now - spoken.stopped_at, event)
        if not spoken.is_moved:
            self._measure_words(event, spoken, now)
        if self._book is not None:
            self._book.end_utterance(event.utterance, now, "ok" if event.text else "empty")

    def _measure_words(self, event: TranscriptFinal, spoken: Spoken, now: float) -> None:
        seen = appearances(spoken.shown, [normalise(word.text) for word in event.words])
        for word, shown_at in zip(event.words, seen, strict=True):
            # Whisper's alignment lets a last word reach into the silence.
            spoken_at = self._arrivals.at(min(word.end_ms, event.end_ms))
            latency = (now if shown_at is None else shown_at) - spoken_at
            self._observe(self._metrics.word_latency, latency, event)
        spoken.shown.clear()

    def _observe(self, histogram: Times, seconds: float, event: Timed) -> None:
        observe(histogram, seconds, self._trace_of(event.utterance))

    def _trace_of(self, utterance: str) -> str:
        return self._book.trace_of(utterance) if self._book else ""


def _has_failed(result: Result) -> bool:
    return result.failed if isinstance(result, ReplyPart) else result.outcome != "ok"

"""One session seen from outside: how long everything took, counted and traced. It decides nothing.

Times are seconds of the machine's clock, so that they can be compared with those of workers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from tutor.adapters.telemetry import tracing
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.registry import Times, observe
from tutor.adapters.telemetry.tracing import Tracing
from tutor.core.live.arrivals import Arrivals, appearances
from tutor.core.live.effects import Effect, Emit, Release
from tutor.core.protocol.messages import (
    Error,
    ServerEvent,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDelta,
    TutorReplyDone,
    TutorSpeechCancelled,
    TutorSpeechEnded,
    TutorSpeechStarted,
    UtteranceAside,
    UtteranceJoined,
)
from tutor.core.queue.jobs import Job, RecognitionResult, ReplyPart, Result, SpeechResult, kind_of
from tutor.core.text.normal import normalise
from tutor.shells.live.spans import TraceBook
from tutor.shells.live.timeline import Timed, Timeline, Trip, key_of

REMEMBERED = 16
"""The most utterances whose feedback may still come."""


class SessionWatch:
    """Sees all that passes a session's shell, and measures it."""

    def __init__(
        self, metrics: GatewayMetrics, spans: Tracing | None, session: str, audio_ms: float = 0.0
    ) -> None:
        self._metrics = metrics
        self._began_at = self._frame_at = time.time()
        traced = spans is not None and spans.chooses()
        self._book = TraceBook(spans, session, self._began_at) if spans and traced else None
        self._arrivals = Arrivals()
        self._audio_ms = audio_ms  # of the session; more than none if it was taken over
        self._timelines: dict[str, Timeline] = {}
        self._speech_ends: dict[str, float] = {}  # of the utterance that was answered last
        self._closed = False
        metrics.sessions.inc()

    def hand_over(self) -> None:
        """Stop counting a session whose socket goes to the one that its client wants back."""
        self._closed = True
        self._metrics.sessions.dec()
        self._metrics.resumed.inc()

    def follow_moved(self, utterances: Iterable[str]) -> None:
        """Follow utterances that began at another gateway: they are traced from here on.

        Of the latencies only those are measured that lie wholly here.
        """
        now = time.time()
        for utterance in utterances:
            self._timelines[utterance] = Timeline(now, is_moved=True)
            if self._book is not None:
                self._book.begin_utterance(utterance, now, now)

    def close(self) -> None:
        """Stop watching: the session is over."""
        if self._closed:
            return
        now = time.time()
        for utterance in list(self._timelines):
            self._forget(utterance, now)
        if self._book is not None:
            self._book.close(now)
        self._metrics.sessions.dec()
        self._metrics.session_length.observe(max(0.0, now - self._began_at))

    # ------------------------------------------------------------ audio

    def saw_frame(self) -> None:
        """Note the time at which a frame of any kind has come."""
        self._frame_at = time.time()

    def hold(self, seconds: float) -> float:
        """Count seconds for which the client, who is too fast, is not read from; give them back."""
        if seconds > 0:
            self._metrics.held.inc(seconds)
        return seconds

    def saw_audio(self, seconds: float) -> None:
        """Count the audio of the frame."""
        self._metrics.audio.inc(seconds)
        self._audio_ms += seconds * 1000
        self._arrivals.receive(self._audio_ms, self._frame_at)

    def saw_probabilities(self, probabilities: list[float], threshold: float) -> None:
        """Count the windows of the frame, which have been judged."""
        if probabilities:
            self._metrics.judge.observe(max(0.0, time.time() - self._frame_at))
            self._metrics.receive_probabilities(probabilities, threshold)

    # ------------------------------------------------------------ jobs

    def begin_job(self, job: Job) -> str:
        """Take note that a job is dispatched; the `traceparent` to send with it, empty if it is not
        traced."""
        now, kind = time.time(), kind_of(job)
        if getattr(job, "attempt", 1) > 1:
            self._metrics.retries.labels(kind).inc()
        timeline = self._timelines.get(job.utterance)
        if timeline is None:
            return ""
        span = self._book.begin_job(job, now) if self._book else None
        if (before := timeline.trips.get(key_of(job))) is not None:
            before.end(now, "retried")
        timeline.trips[key_of(job)] = Trip(kind, now, span)
        return span.id if span else ""

    def queue_job(self, job: Job) -> None:
        """Take note that a job is in its queue."""
        if (trip := self._trip(job)) is not None:
            trip.queued_at = time.time()
            self._stage(tracing.ENQUEUE, trip, trip.decided_at, trip.queued_at, job.utterance)

    def saw_result(self, result: Result) -> None:
        """Take note of a worker's result."""
        now = time.time()
        self._metrics.receive_result(result, self._trace_of(result.utterance))
        trip, failed = self._trip(result), _has_failed(result)
        late = self._is_late(result) and not failed
        if late:
            self._metrics.drops.labels("late_result").inc()
        if trip is None:
            return
        if failed:
            trip.end(now, "failed" if isinstance(result, ReplyPart) else result.outcome)
            return
        self._follow(result, trip, now)
        if late:
            trip.end(now, "late")

    def _follow(self, result: Result, trip: Trip, now: float) -> None:
        """Measure the stages that led to a result."""
        stamps, is_first = result.stamps, not trip.received_at
        trip.received_at = now
        if not stamps.begun_at:  # of a worker that does not tell
            return
        if is_first:
            # A quick worker begins before the broker has answered us.
            queued_at = min(trip.queued_at or stamps.queued_at, stamps.begun_at)
            self._stage(tracing.QUEUE, trip, queued_at, stamps.begun_at, result.utterance)
        if is_first or (isinstance(result, ReplyPart) and result.last):
            self._stage(tracing.RETURN, trip, stamps.done_at, now, result.utterance)
        if not isinstance(result, ReplyPart) or result.last:
            took_s = stamps.done_at - stamps.begun_at  # its span is the worker's
            trace = self._trace_of(result.utterance)
            observe(self._metrics.stages.labels("work", trip.kind), took_s, trace)

    def _trip(self, job: Job | Result) -> Trip | None:
        timeline = self._timelines.get(job.utterance)
        return timeline.trips.get(key_of(job)) if timeline else None

    def _is_late(self, result: Result) -> bool:
        """Whether nobody waits any more for the job of a result."""
        if isinstance(result, SpeechResult):  # of a reply, not of an utterance
            return False
        timeline = self._timelines.get(result.utterance)
        if timeline is None:
            return True
        if not isinstance(result, RecognitionResult):
            return False
        return bool(timeline.final_at or (result.kind == "partial" and timeline.stopped_at))

    def _stage(self, stage: str, trip: Trip, begun: float, ended: float, utterance: str) -> None:
        observe(
            self._metrics.stages.labels(stage, trip.kind), ended - begun, self._trace_of(utterance)
        )
        if trip.span is not None:
            trip.span.child(stage, begun, ended)

    # ------------------------------------------------------------ events

    def saw_effects(self, effects: Iterable[Effect]) -> None:
        """Take note of what a step of the session asks for, before it is kept and carried out."""
        for effect in effects:
            if isinstance(effect, Emit):
                self.saw_events([effect.event])
            elif isinstance(effect, Release) and effect.utterance in self._timelines:
                self._timelines[effect.utterance].released_at = time.time()

    def saw_events(self, events: Iterable[ServerEvent]) -> None:
        """Take note of events that are about to be kept and sent."""
        now = time.time()
        for event in events:
            match event:
                case SpeechStarted():
                    self._begin(event, now)
                case SpeechStopped():
                    self._stop(event, now)
                case Error():
                    self._fail(event, now)
                case TutorSpeechEnded():
                    self._metrics.spoken_replies.labels("ended").inc()
                case TutorSpeechCancelled():
                    self._metrics.spoken_replies.labels(event.reason).inc()
                case UtteranceAside():
                    self._metrics.asides.labels(event.reason).inc()

    def saw_sent(self, event: ServerEvent | None, emitted_at: float) -> None:
        """Take note of a frame that was handed to the network; `event`: the one it ends, if any.

        `emitted_at`: when the event was numbered, seconds of the machine's clock.
        """
        match event:
            case UtteranceJoined():
                self._forget_pieces(event)
            case TutorSpeechStarted():
                self._measure_speech(event)
        if not isinstance(event, Timed):
            return
        now, timeline = time.time(), self._timelines.get(event.utterance)
        if timeline is None:
            return
        if (trip := timeline.trip_of(event)) is not None:
            if timeline.is_first(event):
                self._stage(tracing.SEND, trip, emitted_at, now, event.utterance)
            if trip.ends_with(event):
                trip.end(now, "ok")
        self._measure(event, timeline, now)

    def _forget_pieces(self, event: UtteranceJoined) -> None:
        """Forget the pieces of a sentence: nothing comes of them any more."""
        for piece in event.joined:
            self._forget(piece, time.time())

    def _measure_speech(self, event: TutorSpeechStarted) -> None:
        ended_at = self._speech_ends.pop(event.utterance, None)
        if ended_at is not None:
            self._metrics.voice_to_voice.observe(max(0.0, time.time() - ended_at))

    def _begin(self, event: SpeechStarted, now: float) -> None:
        if len(self._timelines) >= REMEMBERED:
            self._forget(next(iter(self._timelines)), now)
        onset_at = self._arrivals.at(event.at_ms)
        self._timelines[event.utterance] = Timeline(onset_at)
        if self._book is not None:
            self._book.begin_utterance(event.utterance, onset_at, now)

    def _stop(self, event: SpeechStopped, now: float) -> None:
        if (timeline := self._timelines.get(event.utterance)) is not None:
            timeline.speech_end_at, timeline.stopped_at = self._arrivals.at(event.at_ms), now
            if self._book is not None:
                self._book.stop_utterance(event.utterance, timeline.speech_end_at, now)

    def _fail(self, event: Error, now: float) -> None:
        self._metrics.errors.labels(event.code).inc()
        if event.code == "recognition_failed":
            self._metrics.utterances.labels("failed").inc()
        if event.utterance is not None:
            self._forget(event.utterance, now, event.code)

    def _forget(self, utterance: str, now: float, outcome: str = "abandoned") -> None:
        timeline = self._timelines.pop(utterance, None)
        for trip in timeline.trips.values() if timeline else ():
            trip.end(now, "unanswered")
        if self._book is not None:
            self._book.end_utterance(utterance, now, outcome)
            self._book.forget_utterance(utterance, now)

    # ------------------------------------------------------------ what a learner waits for

    def _measure(self, event: Timed, timeline: Timeline, now: float) -> None:
        match event:
            case TranscriptPartial():
                self._measure_partial(event, timeline, now)
            case TranscriptFinal():
                self._measure_final(event, timeline, now)
            case TutorReplyDelta() | TutorReplyDone():
                if not timeline.replied:
                    timeline.replied = True
                    self._observe(self._metrics.reply_latency, now - timeline.due_at, event)
                    self._speech_ends = {event.utterance: timeline.speech_end_at or now}
                if isinstance(event, TutorReplyDone):
                    self._forget(event.utterance, now)
            case _ if not timeline.scored:
                timeline.scored = True
                self._observe(self._metrics.feedback_latency, now - timeline.due_at, event)

    def _measure_partial(self, event: TranscriptPartial, timeline: Timeline, now: float) -> None:
        words = [] if timeline.is_moved else f"{event.committed} {event.tentative}".split()
        if words and not timeline.shown:
            self._observe(self._metrics.first_partial, now - timeline.onset_at, event)
        if words:
            timeline.shown.append((now, [normalise(word) for word in words]))

    def _measure_final(self, event: TranscriptFinal, timeline: Timeline, now: float) -> None:
        timeline.final_at = now
        self._metrics.utterances.labels("final" if event.text else "empty").inc()
        if timeline.stopped_at:
            self._observe(self._metrics.final_after_speech, now - timeline.speech_end_at, event)
            self._observe(self._metrics.final_after_endpoint, now - timeline.stopped_at, event)
        if not timeline.is_moved:
            self._measure_words(event, timeline, now)
        if self._book is not None:
            self._book.end_utterance(event.utterance, now, "ok" if event.text else "empty")

    def _measure_words(self, event: TranscriptFinal, timeline: Timeline, now: float) -> None:
        seen = appearances(timeline.shown, [normalise(word.text) for word in event.words])
        for word, shown_at in zip(event.words, seen, strict=True):
            # Whisper's alignment lets a last word reach into the silence.
            spoken_at = self._arrivals.at(min(word.end_ms, event.end_ms))
            latency = (now if shown_at is None else shown_at) - spoken_at
            self._observe(self._metrics.word_latency, latency, event)
        timeline.shown.clear()

    def _observe(self, histogram: Times, seconds: float, event: Timed) -> None:
        observe(histogram, seconds, self._trace_of(event.utterance))

    def _trace_of(self, utterance: str) -> str:
        return self._book.trace_of(utterance) if self._book else ""


def _has_failed(result: Result) -> bool:
    return result.failed if isinstance(result, ReplyPart) else result.outcome != "ok"

"""Every metric of a gateway: its name, unit, labels and buckets; those of workers are in `worker`.

Labels are bounded: stages, kinds, codes and routes come from our own tables, never from a client.
Times between processes are differences of `time.time()` of one machine (or of machines whose clocks
are kept together); where clocks disagree they are 0, never negative.
"""

from __future__ import annotations

from tutor.adapters.telemetry.registry import LATENCY_S, STAGE_S, Metrics, observe
from tutor.core.protocol.errors import ERRORS
from tutor.core.queue.jobs import (
    AssessmentResult,
    RecognitionResult,
    ReplyPart,
    Result,
    SpeechResult,
    kind_of,
)

SESSION_S = (1.0, 10.0, 60.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0)

KINDS = ("partial", "final", "assessment", "reply", "speech")
"""Kinds of jobs."""

REFUSALS = ("foreign_origin", "busy")
CONNECTION_DROPS = ("slow", "unread", "address_full", "full")
"""Why a connection is hung up on: its request does not come, its answer is not taken, its address
has too many, there is no room."""

UTTERANCES = ("final", "empty", "failed")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

UNMATCHED = "unmatched"
"""The route of a request that no route matches."""

DROPS = ("late_result", "slow_consumer", "unresumed")
"""A worker's result that came too late; a connection that did not read its events; a session whose
connection broke and whose client did not come back in time."""


class GatewayMetrics(Metrics):
    """The metrics of a gateway."""

    def __init__(self) -> None:
        super().__init__()
        counter, gauge, histogram = self.counter, self.gauge, self.histogram

        # Sessions
        self.sessions = gauge("tutor_sessions_open", "practice sessions now open")
        self.session_length = histogram(
            "tutor_session_seconds", "length of a session, seconds", buckets=SESSION_S
        )
        self.refused = counter(
            "tutor_sessions_refused", "sockets refused before they opened, by code", ["code"]
        )
        self.resumed = counter("tutor_sessions_resumed", "sessions resumed on another connection")
        self.utterances = counter(
            "tutor_utterances",
            "utterances that ended: `final`, `empty` (nothing understood) or `failed`",
            ["outcome"],
        )
        self.audio = counter("tutor_audio_seconds", "audio received, seconds")
        self.held = counter(
            "tutor_audio_held_seconds",
            "time for which clients were not read from because they sent faster than they may",
        )
        self.windows = counter(
            "tutor_vad_windows", "windows of 32 ms judged `speech` or `silence`", ["verdict"]
        )

        # What learners wait for
        self.first_partial = histogram(
            "tutor_first_partial_seconds",
            "from the arrival of an utterance's onset to its first partial sent",
            buckets=LATENCY_S,
        )
        self.word_latency = histogram(
            "tutor_word_latency_seconds",
            "from the arrival of a word's end to the first event sent that shows it",
            buckets=LATENCY_S,
        )
        self.final_after_speech = histogram(
            "tutor_final_after_speech_seconds",
            "from the arrival of the end of speech to the final sent",
            buckets=LATENCY_S,
        )
        self.final_after_endpoint = histogram(
            "tutor_final_after_endpoint_seconds",
            "from the decision that an utterance has ended to the final sent",
            buckets=LATENCY_S,
        )
        self.feedback_latency = histogram(
            "tutor_feedback_latency_seconds",
            "from the final, or the end of the wait for its sentence's rest, to the first scores",
            buckets=LATENCY_S,
        )
        self.reply_latency = histogram(
            "tutor_reply_latency_seconds",
            "from the final, or the end of the wait for its sentence's rest, to the first words of "
            "the tutor's reply sent",
            buckets=LATENCY_S,
        )
        self.first_clause = histogram(
            "tutor_first_clause_seconds",
            "from the request of a speech to its first clause",
            buckets=LATENCY_S,
        )

        self.voice_to_voice = histogram(
            "tutor_voice_to_voice_seconds",
            "from the arrival of an utterance's end of speech to the first sound of the reply",
            buckets=LATENCY_S,
        )
        self.spoken_replies = counter(
            "tutor_spoken_replies",
            "replies that were spoken, by how they ended: `ended`, or why they were broken off",
            ["end"],
        )
        self.asides = counter(
            "tutor_asides",
            "utterances that were not answered: `echo` of the tutor, `backchannel` of the learner",
            ["reason"],
        )

        # Where the time goes. The stages, in order: `judge` (a frame received → its speech
        # judged); then of a job, from its decision on: `enqueue` → in the queue, `queue` → begun
        # by a worker, `work` → its result ready, `return` → read by the gateway, `send` → its
        # event sent. What of `return` is the worker's own write: `tutor_worker_publish_seconds`.
        self.stages = histogram(
            "tutor_stage_seconds",
            "time in each stage of the live path",
            ["stage", "kind"],
            buckets=STAGE_S,
        )
        self.jobs = counter("tutor_jobs", "jobs dispatched to workers", ["kind"])
        self.retries = counter("tutor_jobs_retried", "jobs dispatched a second time", ["kind"])
        self.results = counter("tutor_results", "results of workers", ["kind", "outcome"])
        self.decode = histogram(
            "tutor_decode_seconds",
            "time a recognition took in the worker",
            ["kind"],
            buckets=LATENCY_S,
        )
        self.assess = histogram(
            "tutor_assess_seconds", "time an assessment took in the worker", buckets=LATENCY_S
        )

        # What goes wrong
        self.errors = counter("tutor_errors", "error events sent, by code", ["code"])
        self.drops = counter("tutor_drops", "answers nobody waited for, clients given up", ["what"])
        self.send_queue = gauge("tutor_send_queue_events", "events that wait on all sockets")
        self.send_queue_longest = gauge(
            "tutor_send_queue_longest_events", "events that wait on the socket that reads slowest"
        )

        # Queues and workers, as the store shows them; every gateway of it tells the same
        self.queue_length = gauge(
            "tutor_queue_messages", "jobs that wait in a queue", ["queue", "priority"]
        )
        self.queue_age = gauge(
            "tutor_queue_age_seconds",
            "how long the oldest job has waited; 0 in an empty queue",
            ["queue", "priority"],
        )
        self.held_jobs = gauge(
            "tutor_jobs_held", "recognitions that this gateway holds back until a slot is free"
        )
        self.held_age = gauge(
            "tutor_jobs_held_age_seconds",
            "how long the oldest of them has waited; 0 where none does",
        )
        self.held_assessments = gauge(
            "tutor_assessments_held",
            "assessments that this gateway holds back until feedback workers have time for them",
        )
        self.held_assessments_age = gauge(
            "tutor_assessments_held_age_seconds",
            "how long the oldest of them has waited; 0 where none does",
        )
        self.unacknowledged = gauge(
            "tutor_jobs_unacknowledged", "jobs that workers have taken and not finished"
        )
        self.poison = gauge(
            "tutor_poison_messages",
            "messages of the last day that nobody could read, or that killed two workers: set "
            "aside, by the place they were found in",
            ["queue"],
        )
        self.workers = gauge(
            "tutor_workers",
            "worker processes that are ready; no series of a kind that is not needed here",
            ["kind"],
        )
        self.ready = gauge("tutor_ready", "1 while `/readyz` says yes")

        # The HTTP API
        self.dropped = counter(
            "tutor_connections_dropped",
            "connections that were hung up on: a request that did not come in time (`slow`), too "
            "many of its address (`address_full`), no room (`full`)",
            ["reason"],
        )
        self.requests = counter(
            "tutor_http_requests",
            "requests, by the route's template (`unmatched`: none)",
            ["route", "method", "status"],
        )
        self.request_time = histogram(
            "tutor_http_request_seconds",
            "time until an answer was sent",
            ["route", "method"],
            buckets=STAGE_S,
        )
        self.build = gauge("tutor_build_info", "always 1; the version that runs", ["version"])
        self.judge = self.stages.labels("judge", "frame")  # the one that each frame needs
        self._speech, self._silence = map(self.windows.labels, ("speech", "silence"))
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """Make rare counts exist before they happen: a rate needs a sample in front of the rise."""
        for counter, values in (
            (self.refused, REFUSALS),
            (self.dropped, CONNECTION_DROPS),
            (self.utterances, UTTERANCES),
            (self.retries, KINDS),
            (self.errors, ERRORS),
            (self.drops, DROPS),
        ):
            for value in values:
                counter.labels(value)

    def receive_probabilities(self, probabilities: list[float], threshold: float) -> None:
        """Count windows by whether they hold speech."""
        speech = sum(probability >= threshold for probability in probabilities)
        self._speech.inc(speech)
        self._silence.inc(len(probabilities) - speech)

    def receive_result(self, result: Result, trace: str = "") -> None:
        """Count a worker's result and the time it took."""
        match result:
            case RecognitionResult():
                if result.outcome == "ok":
                    observe(self.decode.labels(result.kind), result.decode_s, trace)
                outcome: str = result.outcome
            case AssessmentResult():
                if result.outcome == "ok":
                    observe(self.assess, result.assess_s, trace)
                outcome = result.outcome
            case SpeechResult():
                outcome = result.outcome
            case ReplyPart():
                if not (result.last or result.failed):
                    return
                outcome = "failed" if result.failed else "ok"
        self.results.labels(kind_of(result), outcome).inc()

    def receive_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an HTTP request."""
        method = method if method in METHODS else "OTHER"
        self.requests.labels(route, method, str(status)).inc()
        self.request_time.labels(route, method).observe(seconds)

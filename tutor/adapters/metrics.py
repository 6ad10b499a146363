"""Every metric's name, unit and buckets."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from tutor.core.jobs import AssessmentResult, RecognitionResult, ReplyPart, Result, kind_of

_LATENCY_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)


class GatewayMetrics:
    """What a gateway counts. Labels are bounded: codes and kinds come from our own tables."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.sessions = Gauge(
            "tutor_sessions_open", "Practice sessions now open", registry=self.registry
        )
        self.audio = Counter(
            "tutor_audio_seconds", "Audio received, seconds", registry=self.registry
        )
        self.jobs = Counter(
            "tutor_jobs", "Jobs dispatched to workers", ["kind"], registry=self.registry
        )
        self.results = Counter(
            "tutor_results", "Results of workers", ["kind", "outcome"], registry=self.registry
        )
        self.decode = Histogram(
            "tutor_decode_seconds",
            "Time a recognition took in the worker, seconds",
            ["kind"],
            buckets=_LATENCY_S,
            registry=self.registry,
        )
        self.final_latency = Histogram(
            "tutor_final_latency_seconds",
            "From the end of an utterance to its final, seconds",
            buckets=_LATENCY_S,
            registry=self.registry,
        )
        self.assess = Histogram(
            "tutor_assess_seconds",
            "Time an assessment took in the worker, seconds",
            buckets=_LATENCY_S,
            registry=self.registry,
        )
        self.feedback_latency = Histogram(
            "tutor_feedback_latency_seconds",
            "From an utterance's final to its first feedback, seconds",
            buckets=_LATENCY_S,
            registry=self.registry,
        )
        self.errors = Counter(
            "tutor_errors", "Error events sent, by code", ["code"], registry=self.registry
        )

    def receive_result(self, result: Result) -> None:
        """Count a worker's answer and the time it took."""
        match result:
            case RecognitionResult():
                if result.outcome == "ok":
                    self.decode.labels(result.kind).observe(result.decode_s)
                outcome: str = result.outcome
            case AssessmentResult():
                if result.outcome == "ok":
                    self.assess.observe(result.assess_s)
                outcome = result.outcome
            case ReplyPart():
                if not (result.last or result.failed):
                    return
                outcome = "failed" if result.failed else "ok"
        self.results.labels(kind_of(result), outcome).inc()

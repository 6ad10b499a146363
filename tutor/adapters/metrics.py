"""Every metric's name, unit and buckets."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

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
            "tutor_jobs", "Recognition jobs dispatched", ["kind"], registry=self.registry
        )
        self.results = Counter(
            "tutor_results", "Recognition results", ["kind", "outcome"], registry=self.registry
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
        self.errors = Counter(
            "tutor_errors", "Error events sent, by code", ["code"], registry=self.registry
        )

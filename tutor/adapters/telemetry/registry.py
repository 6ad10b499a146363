"""What the metrics of all processes share: a registry each, buckets of times, and the text."""

from __future__ import annotations

from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import choose_encoder

LATENCY_S = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Buckets of what a learner waits for, in seconds."""

STAGE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Buckets of one stage of the live path, in seconds."""


class Metrics:
    """The registry of one process, with the metrics that Prometheus's client has for any process.

    A subclass makes its metrics by `counter`, `gauge` and `histogram`; they register themselves.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.counter = partial(Counter, registry=registry)
        self.gauge = partial(Gauge, registry=registry)
        self.histogram = partial(Histogram, registry=registry)


Times = Histogram
"""Durations in buckets, as `observe` takes them."""


def observe(histogram: Times, seconds: float, trace: str = "") -> None:
    """Observe a time, never a negative one; with the id of its trace as an exemplar, if any."""
    histogram.observe(max(0.0, seconds), {"trace_id": trace} if trace else None)


def expose(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """All metrics as text, and its content type; with exemplars if `accept` names OpenMetrics."""
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type

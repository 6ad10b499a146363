"""The reference of metrics, from the registries of a gateway and of a worker."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from tables import listed, table

from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.worker import WorkerMetrics

_HEAD = """# Metrics

For Prometheus. [Metrics, traces, logs](../operate/observe.md) says where they are shown and what
the labels mean; the [runbook](../operate/runbook.md) what to do when an alert on one of them
rings. A metric of the type histogram has `_bucket`, `_sum` and `_count`.
"""

_STANDARD = (ProcessCollector, PlatformCollector)
"""Collectors of `prometheus_client` itself: `process_*` and `python_info`."""


def text() -> str:
    """The page."""
    header = ["metric", "type", "labels", "meaning"]
    return (
        f"{_HEAD}\n## Of a gateway\n\n{table(header, _rows(GatewayMetrics().registry))}"
        f"\n## Of a worker process\n\n{table(header, _rows(WorkerMetrics().registry))}"
        "\nBoth show `process_*` and `python_info`.\n"
    )


def _rows(registry: CollectorRegistry) -> Iterator[tuple[str, str, str, str]]:
    for collector in registry._collector_to_names:  # in the order in which they were made
        for metric in () if isinstance(collector, _STANDARD) else _described(collector):
            suffix = "_total" if metric.type == "counter" else ""
            labels = listed(_labels(collector, metric)) or "none"
            yield f"`{metric.name}{suffix}`", metric.type, labels, metric.documentation


def _described(collector: Collector) -> Iterator[Metric]:
    """The families of a collector, without a sample."""
    yield from collector.describe()  # type: ignore[attr-defined]


def _labels(collector: Collector, metric: Metric) -> tuple[str, ...]:
    owner = collector if isinstance(collector, MetricWrapperBase) else metric
    return tuple(owner._labelnames)  # type: ignore[union-attr]

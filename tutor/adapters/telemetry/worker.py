"""Every metric of a worker process, and the port at which it shows them.

Each process of a worker has a port of its own, so that the counts of a pool's children need no
shared files and keep their exemplars; `GET /metrics/targets` of a gateway lists them all.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import product

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tutor.adapters.telemetry.registry import LATENCY_S, STAGE_S, Metrics

log = logging.getLogger(__name__)

PORTS = 100
"""How many ports are tried: more than a machine has worker processes."""

WINDOW_S = tuple(map(float, (4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30)))

FACTOR = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0, 5.0)
"""Buckets of seconds of work for a second of audio."""

BATCH = tuple(map(float, (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)))

GUARDS = ("silence", "wider", "cut", "rest")
"""What a guard did: a hypothesis dropped as made up out of silence; listened to again in a wider
window; a loop or an echo cut off; what is behind the last word heard again."""


class WorkerMetrics(Metrics):
    """The metrics of a worker process."""

    def __init__(self) -> None:
        super().__init__()
        counter, gauge, histogram = self.counter, self.gauge, self.histogram

        self.tasks = counter("tutor_worker_tasks", "tasks done, by outcome", ["kind", "outcome"])
        self.wait = histogram(
            "tutor_worker_wait_seconds",
            "time a task had waited in its queue",
            ["kind"],
            buckets=STAGE_S,
        )
        self.work = histogram(
            "tutor_worker_task_seconds",
            "from the beginning of a task to its result, audio read",
            ["kind"],
            buckets=LATENCY_S,
        )
        self.publish = histogram(
            "tutor_worker_publish_seconds",
            "time the store took to keep a result and wake its gateway",
            ["kind"],
            buckets=STAGE_S,
        )
        self.audio = counter("tutor_worker_audio_seconds", "audio worked on, seconds", ["kind"])
        self.factor = histogram(
            "tutor_real_time_factor",
            "seconds of recognition or assessment for a second of audio",
            ["kind"],
            buckets=FACTOR,
        )
        self.window = histogram(
            "tutor_encoder_window_seconds",
            "the encoder's window, for each utterance in it",
            ["kind"],
            buckets=WINDOW_S,
        )
        self.guards = counter(
            "tutor_guard_actions",
            "hypotheses that a guard did not believe: `silence`, `wider`, `cut`",
            ["kind", "action"],
        )
        self.batch = histogram(
            "tutor_batch_size", "utterances in one call of the recogniser", buckets=BATCH
        )
        self.first_token = histogram(
            "tutor_llm_first_token_seconds",
            "from asking the language model to the first piece of its reply",
            buckets=LATENCY_S,
        )
        self.model_load = gauge(
            "tutor_model_load_seconds", "time from a worker's start until it was ready"
        )
        self.registry.register(GpuMemory())
        for kind, action in product(("partial", "final"), GUARDS):
            self.guards.labels(kind, action)  # a rate needs a sample in front of the rise

    def receive_window(self, kind: str, window_s: float, utterances: int) -> None:
        """Count utterances that go through the encoder in one window."""
        window = self.window.labels(kind)
        for _ in range(utterances):
            window.observe(window_s)

    def receive_guard(self, kind: str, action: str) -> None:
        """Count a hypothesis that was not believed; `action` is one of `GUARDS`."""
        self.guards.labels(kind, action).inc()


def show_metrics(registry: CollectorRegistry, host: str, port: int) -> str:
    """Show metrics over HTTP, from a thread, at the first free port from this one on.

    Returns `host:port` as others on the network know it; empty when `port` is 0 or none is free.
    """
    for candidate in range(port, port + PORTS) if port else ():
        with suppress(OSError):  # in use: by another process of this worker
            start_http_server(candidate, host, registry)
            return f"{_known_as(host)}:{candidate}"
    if port:
        log.warning("no free port for metrics from %s:%d on", host, port)
    return ""


def _known_as(host: str) -> str:
    """An address to which Prometheus can connect, where `host` may mean all of them."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104
        return os.uname().nodename
    return f"[{host}]" if ":" in host else host


class GpuMemory(Collector):
    """Memory of the GPUs that this process uses; nothing where torch has not opened one."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """`tutor_gpu_memory_bytes` by device and state (`used`, `total`)."""
        torch = sys.modules.get("torch")  # what nobody has imported drives no GPU
        if torch is None or not torch.cuda.is_initialized():
            return
        family = self._family()
        for device in range(torch.cuda.device_count()):
            free, total = torch.cuda.mem_get_info(device)
            family.add_metric([str(device), "used"], total - free)
            family.add_metric([str(device), "total"], total)
        yield family

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The metric without a sample: what a registry and the documentation know of it."""
        yield self._family()

    def _family(self) -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "tutor_gpu_memory_bytes",
            "memory of a GPU, by all its users: `used`, `total`; absent without one",
            labels=["device", "state"],
        )

"""One task in a worker, seen from outside: when it was begun and done, counted and traced."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.adapters.settings import Settings
from tutor.adapters.store.broker.queue import QUEUED_AT, TRACE
from tutor.adapters.store.client import BlockingStore
from tutor.adapters.store.results import post_result
from tutor.adapters.telemetry import tracing
from tutor.adapters.telemetry.registry import observe
from tutor.adapters.telemetry.tracing import Tracing, open_tracing, trace_id
from tutor.adapters.telemetry.worker import WorkerMetrics, show_metrics
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE
from tutor.core.queue.jobs import (
    AssessmentJob,
    AssessmentResult,
    Job,
    RecognitionResult,
    ReplyPart,
    Result,
    SpeechResult,
    Stamps,
    kind_of,
)
from tutor.shells.logs import about


@dataclass
class WorkerWatch:
    """A worker process seen from outside: its counts, and its spans if it is traced."""

    metrics: WorkerMetrics = field(default_factory=WorkerMetrics)
    tracing: Tracing | None = None
    address: str = ""
    """`host:port` of its metrics; empty: it shows none."""

    @classmethod
    def open(cls, settings: Settings, kind: str) -> WorkerWatch:
        """Show the metrics and start the SDK. Call this in the child of a fork, not before it."""
        metrics = WorkerMetrics()
        address = show_metrics(metrics.registry, settings.metrics_host, settings.metrics_port)
        tracing = open_tracing(settings.otlp_endpoint, kind, settings.trace_sample)
        return cls(metrics, tracing, address)

    def close(self) -> None:
        """Send the spans that wait."""
        if self.tracing is not None:
            self.tracing.shut_down()

    def task(self, job: Job, headers: Mapping[str, Any] | None) -> WorkedJob:
        """A task that begins now."""
        return WorkedJob(self, job, headers or {})


class WorkedJob:
    """A job in the hands of a worker. As a context it makes log lines name the job."""

    def __init__(self, watch: WorkerWatch, job: Job, headers: Mapping[str, Any]) -> None:
        self._watch = watch
        self._job = job
        self._kind = kind_of(job)
        self._begun_at = time.time()
        self._queued_at = float(headers.get(QUEUED_AT) or 0.0)
        self._trace = str(headers.get(TRACE) or "")
        self._first_at = 0.0  # the first part of its result
        self._about = ExitStack()
        if self._queued_at:
            wait = watch.metrics.wait.labels(self._kind)
            observe(wait, self._begun_at - self._queued_at, trace_id(self._trace))

    def __enter__(self) -> WorkedJob:
        self._about.enter_context(
            about(session=self._job.session, utterance=self._job.utterance, trace=self._trace)
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._about.close()

    def post(self, store: BlockingStore, result: Result) -> None:
        """Hand a result, or a part of one, to the session's gateway."""
        done_at = time.time()
        stamps = Stamps(self._queued_at, self._begun_at, done_at, self._trace)
        post_result(store, replace(result, stamps=stamps))
        first_at, self._first_at = self._first_at, self._first_at or done_at
        if isinstance(result, ReplyPart) and not first_at and not result.failed:
            observe(self._watch.metrics.first_token, done_at - self._begun_at, self._trace_id)
        if not isinstance(result, ReplyPart) or result.last or result.failed:
            self._finish(result, done_at, time.time())

    @property
    def _trace_id(self) -> str:
        return trace_id(self._trace)

    def _finish(self, result: Result, done_at: float, posted_at: float) -> None:
        outcome, audio_s, work_s = _facts(self._job, result)
        metrics = self._watch.metrics
        metrics.tasks.labels(self._kind, outcome).inc()
        observe(metrics.work.labels(self._kind), done_at - self._begun_at, self._trace_id)
        observe(metrics.publish.labels(self._kind), posted_at - done_at, self._trace_id)
        if audio_s and outcome == "ok":
            metrics.audio.labels(self._kind).inc(audio_s)
            metrics.factor.labels(self._kind).observe(work_s / audio_s)
        if self._watch.tracing is not None and self._trace:
            self._record(self._watch.tracing, outcome, audio_s, work_s, done_at, posted_at)

    def _record(
        self,
        spans: Tracing,
        outcome: str,
        audio_s: float,
        work_s: float,
        done_at: float,
        posted_at: float,
    ) -> None:
        work = spans.record(
            tracing.WORK[self._kind],
            self._begun_at,
            done_at,
            self._trace,
            kind=self._kind,
            outcome=outcome,
            audio_s=round(audio_s, 3),
            decode_s=round(work_s, 4),
        )
        if self._kind == "reply":
            work.child(tracing.FIRST_TOKEN, self._begun_at, self._first_at)
        spans.record(tracing.PUBLISH, done_at, posted_at, self._trace)


def _facts(job: Job, result: Result) -> tuple[str, float, float]:
    """A result's outcome, the seconds of audio that were worked on, and the seconds that it
    took."""
    match result:
        case RecognitionResult():
            return result.outcome, result.audio_bytes / BYTES_PER_SAMPLE / RATE, result.decode_s
        case AssessmentResult():
            size = job.span_bytes if isinstance(job, AssessmentJob) else 0
            return result.outcome, size / BYTES_PER_SAMPLE / RATE, result.assess_s
        case SpeechResult():
            return result.outcome, result.audio_s, result.work_s
        case ReplyPart():
            return "failed" if result.failed else "ok", 0.0, 0.0

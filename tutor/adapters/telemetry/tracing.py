"""Spans, sent by OTLP over HTTP: the one room that names them and their attributes.

Off unless the settings name an endpoint; then OpenTelemetry's tracer is not even imported. The
rest of the product knows spans by their `traceparent` (W3C Trace Context), an opaque text that goes
with a job and comes back with its result. No attribute may hold what somebody said, their audio or
a token: a name that is not in `ATTRIBUTES` is a KeyError.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # half a second and 20 MB that only traced processes need
    from opentelemetry.context import Context
    from opentelemetry.trace import Span as OtelSpan

SERVICE = "tutor-"
"""The beginning of each service's name: `tutor-gateway`, `tutor-asr`, `tutor-feedback`."""

SESSION = "session"
"""Span of one learner's session; the traces of its utterances link to it."""
UTTERANCE = "utterance"
"""Root span of an utterance's trace: from its onset to its final sent."""
DETECT = "detect"
"""Span from the arrival of the onset until it was known to be speech."""
ENDPOINT = "endpoint"
"""Span from the arrival of the end of speech until it was known to be the end."""
JOBS = {
    "partial": "partial",
    "final": "final",
    "assessment": "feedback",
    "reply": "reply",
    "speech": "speech",
}
"""A job's span, by its kind: from the decision to its last event sent. Stages are inside it."""
ENQUEUE, QUEUE, RETURN, SEND = "enqueue", "queue", "return", "send"
"""Spans that the gateway records: decided → in the queue → begun by a worker; result ready → read
by the gateway; event decided → sent."""
WORK = {
    "partial": "recognise",
    "final": "recognise",
    "assessment": "assess",
    "reply": "language model",
    "speech": "speak",
}
"""Spans that the worker records: begun → result ready."""
FIRST_TOKEN = "first token"  # noqa: S105
PUBLISH = "publish"
"""Span that the worker records: its result kept in the store."""

ATTRIBUTES = {
    "session": "tutor.session.id",
    "utterance": "tutor.utterance.id",
    "kind": "tutor.job.kind",
    "revision": "tutor.job.revision",
    "attempt": "tutor.job.attempt",
    "outcome": "tutor.outcome",
    "audio_s": "tutor.audio.seconds",
    "decode_s": "tutor.decode.seconds",
    "utterances": "tutor.session.utterances",
}
"""Every attribute: what the code calls it, and its name in a span."""

EXPORT_S = 5.0
"""Seconds that a collector may take for one batch; then it is dropped."""

DELAY_MS = 1000.0
"""Milliseconds that a span waits for others to be sent with: what a killed process loses."""

Value = str | int | float


class Span:
    """A span that has begun."""

    def __init__(self, tracing: Tracing, span: OtelSpan) -> None:
        self._tracing = tracing
        self._span = span
        context = span.get_span_context()
        self.id = f"00-{context.trace_id:032x}-{context.span_id:016x}-01"

    def child(self, name: str, start: float, end: float, **attributes: Value) -> None:
        """Record a span inside this one; times are seconds of the machine's clock."""
        self._tracing.record(name, start, end, self.id, **attributes)

    def end(self, at: float, **attributes: Value) -> None:
        """End the span; doing so again changes nothing."""
        if self._span.is_recording():
            self._span.set_attributes(_named(attributes))
            self._span.end(_ns(at))


class Tracing:
    """Makes spans and sends them, some at a time, from a thread of its own."""

    def __init__(self, endpoint: str, part: str, sample: float) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        instance = f"{os.uname().nodename}-{os.getpid()}"
        resource = Resource.create(
            {"service.name": SERVICE + part, "service.instance.id": instance}
        )
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(
            BatchSpanProcessor(
                OTLPSpanExporter(endpoint, timeout=EXPORT_S), schedule_delay_millis=DELAY_MS
            )
        )
        self._tracer = self._provider.get_tracer("tutor")
        self._sample = sample

    def chooses(self) -> bool:
        """Whether the next session is among those that are traced."""
        return random.random() < self._sample  # noqa: S311 (no secret)

    def begin(
        self, name: str, at: float, parent: str = "", link: str = "", **attributes: Value
    ) -> Span:
        """Begin a span: inside its parent, or the root of a trace of its own, linked to another."""
        from opentelemetry.context import Context
        from opentelemetry.trace import Link, get_current_span

        span = self._tracer.start_span(
            name,
            _context(parent) if parent else Context(),
            attributes=_named(attributes),
            links=[Link(get_current_span(_context(link)).get_span_context())] if link else (),
            start_time=_ns(at),
        )
        return Span(self, span)

    def record(self, name: str, start: float, end: float, parent: str, **attributes: Value) -> Span:
        """Record a span that is already over; one that ends before it begins has no length."""
        span = self.begin(name, start, parent, "", **attributes)
        span.end(max(start, end))
        return span

    def shut_down(self) -> None:
        """Send what has not been sent yet, and stop."""
        self._provider.shutdown()


def open_tracing(endpoint: str, part: str, sample: float) -> Tracing | None:
    """Spans of a part of the product, or None when there is no endpoint to send them to.

    Call this where threads survive: in the child of a fork, not before.
    """
    return Tracing(endpoint, part, sample) if endpoint else None


def trace_id(trace: str) -> str:
    """The trace's id in a `traceparent`; empty in an empty one."""
    return trace[3:35]


def span_id(trace: str) -> str:
    """The span's id in a `traceparent`; empty in an empty one."""
    return trace[36:52]


def _context(trace: str) -> Context:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": trace})


def _named(attributes: dict[str, Value]) -> dict[str, Value]:
    return {ATTRIBUTES[name]: value for name, value in attributes.items()}


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)

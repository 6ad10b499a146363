"""Spans by themselves; through the whole product: `tests/system/gateway/test_telemetry.py`."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.collector import collecting
from tests.support.house import SOON_S
from tests.support.places import ROOT
from tests.support.queue import FINAL, take
from tutor.adapters.settings import Settings
from tutor.adapters.store.broker.queue import QUEUED_AT, TRACE, JobQueue
from tutor.adapters.telemetry.tracing import Tracing, open_tracing, span_id, trace_id

OFF = """
import sys, threading
from starlette.testclient import TestClient
from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app
from tutor.shells.workers.worked_job import WorkerWatch
app = make_app(Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=sys.argv[1]))
assert WorkerWatch.open(Settings.load(metrics_port=0), "asr").tracing is None
with TestClient(app) as client:
    client.get("/metrics")
    names = [thread.name for thread in threading.enumerate()]
# Redis' client imports the SDK's metrics for itself, wherever it finds them.
tracing = ("opentelemetry.sdk.trace", "opentelemetry.exporter")
loaded = [name for name in sys.modules if name.startswith(tracing)]
assert app.state.services.tracing is None
print(loaded, [name for name in names if "otel" in name.lower()])
"""


@pytest.mark.heavy
def test_off_means_off(tmp_path: Path) -> None:
    """Without an endpoint neither the SDK is imported nor a thread started."""
    done = subprocess.run(
        [sys.executable, "-c", OFF, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout == "[] []\n", done.stderr


def test_a_job_that_is_not_traced_has_no_trace_in_its_headers(store: Settings) -> None:
    """A header tells when it was queued; its span only where there is one."""
    queue = JobQueue(store)
    queue.send(FINAL)
    queue.send(FINAL, f"00-{'a' * 32}-{'b' * 16}-01")
    plain, traced = take(store, 2)
    assert TRACE not in plain
    assert abs(time.time() - float(str(plain[QUEUED_AT]))) < 10
    assert traced[TRACE] == f"00-{'a' * 32}-{'b' * 16}-01"


def test_a_span_is_begun_in_one_process_and_its_child_recorded_in_another() -> None:
    """The `traceparent` is all that goes between them."""
    with collecting() as collector:
        gateway = Tracing(collector.url, "gateway", 1.0)
        worker = Tracing(collector.url, "asr", 1.0)
        job = gateway.begin("final", 100.0, kind="final", revision=3)
        worker.record("recognise", 101.0, 103.5, job.id, outcome="ok")
        job.end(104.0, outcome="ok")
        job.end(999.0, outcome="failed")  # it has ended
        worker.shut_down()
        gateway.shut_down()
        final, work = collector.spans()
    assert (trace_id(job.id), span_id(job.id)) == (final.trace, final.id)
    assert (work.trace, work.parent) == (final.trace, final.id)
    assert (final.service, work.service) == ("tutor-gateway", "tutor-asr")
    assert (work.end_ns - work.start_ns, final.end_ns - final.start_ns) == (2.5e9, 4e9)
    assert final.attributes == {
        "tutor.job.kind": "final",
        "tutor.job.revision": "3",
        "tutor.outcome": "ok",
    }


def test_only_known_attributes_can_be_told() -> None:
    """A name that nobody has thought about, such as a transcript's, is a mistake."""
    with collecting() as collector:
        spans = Tracing(collector.url, "gateway", 1.0)
        with pytest.raises(KeyError):
            spans.begin("final", 1.0, text="I went to the market")
        spans.shut_down()


@pytest.mark.heavy
def test_a_collector_that_is_away_holds_nobody_up() -> None:
    """Spans are made and ended without it; they are lost, and the process stops."""
    spans = open_tracing("http://127.0.0.1:9/v1/traces", "gateway", 1.0)
    assert spans is not None
    began = time.monotonic()
    for _ in range(3000):  # more than are kept for sending
        spans.begin("final", 1.0).end(2.0)
    spans.shut_down()
    assert time.monotonic() - began < SOON_S


@pytest.mark.parametrize("header", ["x", "00-zz-yy-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"])
def test_a_header_that_is_no_trace_does_no_harm(header: str) -> None:
    """Whoever else writes to the queue: the worker's span becomes a root, and the task goes on."""
    with collecting() as collector:
        spans = Tracing(collector.url, "asr", 1.0)
        spans.record("recognise", 1.0, 2.0, header)
        spans.shut_down()
        (span,) = collector.spans()
    assert span.parent == ""

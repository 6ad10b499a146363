import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from tests.house import free_port, get
from tests.test_session_watch import FINAL, HEARD, PARTIAL, SAID, SHOWN
from tutor.adapters.settings import Settings
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.adapters.telemetry.registry import expose, observe
from tutor.adapters.telemetry.worker import WorkerMetrics, show_metrics
from tutor.core.protocol.errors import ERRORS, error_event
from tutor.core.protocol.messages import SpeechStarted, SpeechStopped
from tutor.shells.gateway.app import make_app
from tutor.shells.gateway.telemetry import CountRequests
from tutor.shells.live.watch import SessionWatch
from tutor.shells.workers.worked_job import WorkerWatch

MOST_SERIES = 1000
"""Of a gateway, however many learners and whatever they send: about 90 names."""


def series(registry: CollectorRegistry) -> int:
    """How many time series Prometheus would keep."""
    return sum(len(family.samples) for family in registry.collect())


@pytest.fixture
def client(store: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """A gateway without workers, on a real store."""
    app = make_app(Settings.load(redis_url=store.redis_url, data_dir=tmp_path))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_no_request_can_make_up_a_series(client: TestClient) -> None:
    """Paths, methods and queries of all kinds end in a route's template or in `unmatched`."""
    metrics: GatewayMetrics = client.app.state.services.metrics  # type: ignore[attr-defined]
    chance = random.Random(1)

    def flood(rounds: int) -> int:
        for _ in range(rounds):
            word = f"{chance.getrandbits(64):x}"
            client.get(f"/{word}")
            client.get(f"/v1/{word}/{word}?{word}={word}")
            client.get(f"/static/{word}.js")
            client.get(f"/v1/exercises?language={word}")
            client.request(word.upper(), "/healthz")
            client.post("/v1/exercises", content=word)
        return series(metrics.registry)

    assert flood(2) == flood(50) <= MOST_SERIES
    routes = {s.labels["route"] for s in metrics.requests.collect()[0].samples}  # type: ignore[index]
    assert routes == {"unmatched", "/static", "/v1/exercises", "/healthz"}


def test_a_route_of_an_included_router_has_its_whole_template() -> None:
    """However routers are nested, `route` is what the whole path looks like."""
    metrics, app = GatewayMetrics(), FastAPI()
    inner, outer = APIRouter(prefix="/words"), APIRouter()

    @inner.get("/{word}")
    def word(word: str) -> str:
        return word

    outer.include_router(inner, prefix="/learners/{learner}")
    app.include_router(outer, prefix="/v1")
    app.add_middleware(CountRequests, metrics=metrics)
    client = TestClient(app)
    assert client.get("/v1/learners/7/words/went").json() == "went"
    labels = {"route": "/v1/learners/{learner}/words/{word}", "method": "GET", "status": "200"}
    assert metrics.registry.get_sample_value("tutor_http_requests_total", labels) == 1


def test_no_session_can_make_up_a_series() -> None:
    """A thousand utterances of fifty sessions with every error leave no more than a few do."""
    metrics = GatewayMetrics()

    def flood(sessions: int) -> int:
        for number in range(sessions):
            watch = SessionWatch(metrics, None, f"session-{number}")
            for utterance in (f"u{n}" for n in range(20)):
                watch.saw_events([SpeechStarted(utterance, 0)])
                for job in (replace(PARTIAL, utterance=utterance), replace(FINAL, attempt=2)):
                    watch.begin_job(job)
                    watch.queue_job(job)
                watch.saw_result(replace(HEARD, utterance=utterance))
                watch.saw_events([replace(SHOWN, utterance=utterance)])
                watch.saw_sent(replace(SHOWN, utterance=utterance), time.time())
                watch.saw_events([SpeechStopped(utterance, 100)])
                watch.saw_events([replace(SAID, utterance=utterance)])
                watch.saw_sent(replace(SAID, utterance=utterance), time.time())
            for code in ERRORS:
                watch.saw_events([error_event(code)])
            watch.close()
        return series(metrics.registry)

    assert flood(2) == flood(50) <= MOST_SERIES


def test_no_job_can_make_up_a_series_of_a_worker(store: Settings) -> None:
    """Whatever sessions and utterances a worker meets, its series stay the same."""
    watch = WorkerWatch()
    connection = open_blocking_store(store.redis_url)

    def flood(jobs: int) -> int:
        for number in range(jobs):
            job = replace(PARTIAL, session=f"s{number}", utterance=f"u{number}", language="xx")
            with watch.task(job, {"queued_at": 1.0}) as task:
                task.post(connection, replace(HEARD, session=job.session, utterance=job.utterance))
        return series(watch.metrics.registry)

    assert flood(2) == flood(100) <= MOST_SERIES


def test_metrics_of_an_absent_store_are_absent(tmp_path: Path) -> None:
    """`/metrics` answers without Redis; old lengths of queues are not told as new ones."""
    nowhere = {"redis_url": "redis://127.0.0.1:9/0", "store_timeout_s": 0.2}
    app = make_app(Settings.load(**nowhere, data_dir=tmp_path))
    with TestClient(app) as client:
        response = client.get("/metrics")
        assert response.status_code == 200
        assert "tutor_ready 0.0" in response.text
        assert "tutor_queue_messages{" not in response.text
        assert client.get("/metrics/targets").status_code == 503


def test_exemplars_are_shown_to_who_understands_them() -> None:
    """OpenMetrics by the Accept header has them, the older text format has not."""
    metrics = GatewayMetrics()
    observe(metrics.final_after_speech, 0.4, "ab" * 16)
    text, content_type = expose(metrics.registry, "application/openmetrics-text; version=1.0.0")
    assert f'# {{trace_id="{"ab" * 16}"}} 0.4' in text.decode()
    assert content_type.startswith("application/openmetrics-text")
    text, content_type = expose(metrics.registry, "*/*")
    assert b"trace_id" not in text
    assert content_type.startswith("text/plain")


def test_processes_of_a_worker_show_their_metrics_side_by_side() -> None:
    """Each takes the next free port from the first one on."""
    port = free_port()
    first = show_metrics(WorkerMetrics().registry, "127.0.0.1", port)
    second = show_metrics(WorkerMetrics().registry, "127.0.0.1", port)
    assert first != second
    for address in (first, second):
        status, _, text = get(f"http://{address}/metrics")
        assert status == 200
        assert "tutor_worker_tasks" in text


def test_port_0_shows_no_metrics() -> None:
    """A worker may be told to open no port at all."""
    assert show_metrics(WorkerMetrics().registry, "127.0.0.1", 0) == ""


class Cuda:
    """What torch tells of two GPUs; there is none where tests run."""

    @staticmethod
    def is_initialized() -> bool:
        """Whether this process uses them."""
        return True

    @staticmethod
    def device_count() -> int:
        """How many there are."""
        return 2

    @staticmethod
    def mem_get_info(device: int) -> tuple[int, int]:
        """Free and total bytes."""
        return (60 + device) * 2**30, 80 * 2**30


def test_memory_of_gpus_is_told_where_torch_uses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Used and total bytes of each; without an open GPU the metric is absent."""
    registry = WorkerMetrics().registry
    assert "tutor_gpu_memory_bytes" not in {family.name for family in registry.collect()}
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=Cuda))
    labels = {"device": "1", "state": "used"}
    assert registry.get_sample_value("tutor_gpu_memory_bytes", labels) == 19 * 2**30
    labels = {"device": "0", "state": "total"}
    assert registry.get_sample_value("tutor_gpu_memory_bytes", labels) == 80 * 2**30


def test_guards_and_windows_are_counted() -> None:
    """What the recogniser did not believe, and how wide it listened."""
    metrics = WorkerMetrics()
    metrics.receive_window("partial", 4.0, 3)
    metrics.receive_guard("final", "wider")
    sample = metrics.registry.get_sample_value
    assert sample("tutor_encoder_window_seconds_count", {"kind": "partial"}) == 3
    assert sample("tutor_encoder_window_seconds_sum", {"kind": "partial"}) == 12
    assert sample("tutor_guard_actions_total", {"kind": "final", "action": "wider"}) == 1
    assert sample("tutor_guard_actions_total", {"kind": "final", "action": "silence"}) == 0

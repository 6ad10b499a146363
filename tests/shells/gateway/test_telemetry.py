import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from tests.support.series import MOST_SERIES, series
from tutor.adapters.settings import Settings
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.shells.gateway.app import make_app
from tutor.shells.gateway.telemetry import CountRequests


@pytest.fixture
def client(store: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """A gateway without workers, on a real store."""
    app = make_app(Settings.load(redis_url=store.redis_url, data_dir=tmp_path))
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.heavy
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


def test_metrics_of_an_absent_store_are_absent(tmp_path: Path) -> None:
    """`/metrics` answers without Redis; old lengths of queues are not told as new ones."""
    nowhere = {"redis_url": "redis://127.0.0.1:9/0", "store_timeout_s": 0.2}
    app = make_app(Settings.load(**nowhere, data_dir=tmp_path))
    with TestClient(app, "http://localhost") as client:
        response = client.get("/metrics")
        assert response.status_code == 200
        assert "tutor_ready 0.0" in response.text
        assert "tutor_queue_messages{" not in response.text
        assert client.get("/metrics/targets").status_code == 503

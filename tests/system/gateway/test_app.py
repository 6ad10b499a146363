import json

import pytest

from tests.support import asking
from tests.support.house import House, get
from tests.support.practice import hear
from tests.support.speech import spoken


def test_health_and_readiness(lean: House) -> None:
    """`/healthz` says the process lives, `/readyz` that a worker has transcribed a probe."""
    assert get(f"{lean.url}/healthz")[0] == 200
    status, _, body = get(f"{lean.url}/readyz")
    assert status == 200
    assert json.loads(body)["workers"] >= 1
    assert json.loads(body)["transcribed"] is True


def test_the_page_is_served_with_a_strict_policy(lean: House) -> None:
    """`/` is the practice page, and all it needs comes from here."""
    status, headers, body = get(f"{lean.url}/")
    assert status == 200
    assert 'data-testid="start"' in body
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-cache"  # its names say which version
    for name in ("app.js", "style.css", "sdk/microphone-worklet.js"):
        assert get(f"{lean.url}/static/{name}")[0] == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/static/../pyproject.toml", "/static/%2e%2e/LICENSE"]
)
def test_nothing_else_is_served(lean: House, path: str) -> None:
    """Files outside the page's folder cannot be had."""
    assert get(f"{lean.url}{path}")[0] == 404


async def test_metrics_count_what_happened(lean: House) -> None:
    """After a session `/metrics` shows its audio, jobs, results and latency."""
    await hear(lean.url, spoken("market.flac"), speed=1.9)
    _, _, text = get(f"{lean.url}/metrics")
    values = {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if not line.startswith("#")
    }
    assert values["tutor_audio_seconds_total"] >= 2
    assert values['tutor_results_total{kind="final",outcome="ok"}'] >= 1
    assert values["tutor_final_after_endpoint_seconds_count"] >= 1
    assert values["tutor_sessions_open"] >= 0


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/v1/server", "/v1/jobs", "/metrics", "/static/app.js"]
)
def test_whatever_can_be_got_has_a_head(lean: House, path: str) -> None:
    """HEAD brings the headers of GET, and no body (RFC 9110, 9.3.2)."""
    head, whole = (asking.request(method, lean.url + path) for method in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (whole.status_code, b"")
    for name in ("content-type", "content-security-policy", "etag"):
        assert head.headers.get(name) == whole.headers.get(name)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/healthz", "GET, HEAD"),
        ("/static/app.js", "GET, HEAD"),
        ("/v1/me", "DELETE, GET, HEAD, PATCH"),
        ("/v1/jobs", "GET, HEAD, POST"),
        ("/v1/jobs/1", "DELETE, GET, HEAD"),
        ("/v1/audio/transcriptions", "POST"),
    ],
)
def test_another_method_is_told_which_there_are(lean: House, path: str, methods: str) -> None:
    """405 with Allow (RFC 9110, 15.5.6), whichever router has the routes."""
    answer = asking.put(lean.url + path)
    assert (answer.status_code, answer.headers["allow"]) == (405, methods)

from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from tutor.shells.http.problems import add_problem_handlers
from tutor.shells.http.small_bodies import LimitBodies

MOST = 1000


@pytest.fixture
def client() -> Iterator[TestClient]:
    """An application with one route that reads a body, and one that reads none."""
    app = FastAPI()
    add_problem_handlers(app)
    app.add_middleware(LimitBodies, most=MOST)

    @app.post("/v1/thing")
    async def thing(request: Request) -> int:
        return len(await request.body())

    @app.post("/v1/jobs")
    async def jobs(request: Request) -> int:
        return len(await request.body())

    @app.get("/v1/list")
    async def listing() -> list[str]:
        return []

    with TestClient(app) as client:
        yield client


def told(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]


def pieces(size: int) -> Iterator[bytes]:
    """A body that does not say its length."""
    yield from (b"x" * 100 for _ in range(size // 100))


def test_a_body_over_the_limit_is_refused(client: TestClient) -> None:
    """Whether it says its length or not; one at the limit is read."""
    assert client.post("/v1/thing", content=b"x" * MOST).json() == MOST
    assert told(client.post("/v1/thing", content=b"x" * (MOST + 1))) == (413, "too_large")
    assert told(client.post("/v1/thing", content=pieces(2 * MOST))) == (413, "too_large")


@pytest.mark.parametrize(
    "path", ["/v1/job", "/v1/jobs/new", "/v1/audio/transcription", "/v1/Jobs", "/jobs"]
)
def test_a_slip_in_an_uploads_path_is_not_found(client: TestClient, path: str) -> None:
    """However large the file is: the learner looks for the path, not for the size."""
    for content in (b"x" * (9 * MOST), pieces(9 * MOST)):
        assert told(client.post(path, content=content)) == (404, "not_found")


def test_another_method_is_told_as_such(client: TestClient) -> None:
    """A large file that is put where it should be posted gets a 405."""
    assert told(client.put("/v1/thing", content=b"x" * (9 * MOST))) == (405, "method_not_allowed")


def test_an_upload_has_a_limit_of_its_own(client: TestClient) -> None:
    """The paths of uploads are left to it."""
    assert client.post("/v1/jobs", content=b"x" * (9 * MOST)).json() == 9 * MOST


def test_a_request_that_has_no_body_has_no_large_one(client: TestClient) -> None:
    """A GET with one is refused at once."""
    answer = client.request("GET", "/v1/list", content=b"x" * (MOST + 1))
    assert told(answer) == (413, "too_large")

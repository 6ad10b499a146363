from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app
from tutor.shells.gateway.page import Packed


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        ({}, {"/docs", "/openapi.json"}),
        ({"docs": "closed"}, set()),
        ({"host": "192.0.2.1"}, set()),
        ({"host": "192.0.2.1", "docs": "open"}, {"/docs", "/openapi.json"}),
    ],
)
def test_the_documents_are_for_loopback(
    settings: dict[str, str], paths: set[str], tmp_path: Path
) -> None:
    """The API's documents are served there; a setting closes them, so does any other address."""
    asgi = make_app(Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=tmp_path, **settings))
    served = {getattr(route, "path", "") for route in asgi.routes}
    assert served & {"/docs", "/redoc", "/openapi.json"} == paths
    asgi.state.services.database.close()


def test_exercises_are_packed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for the same ones gets the same bytes; others are others."""
    packed: list[str] = []
    pack = Packed.of

    def counted(text: str) -> Packed:
        packed.append(text)
        return pack(text)

    monkeypatch.setattr(Packed, "of", counted)
    asgi = make_app(Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=tmp_path))
    client = TestClient(asgi, base_url="http://127.0.0.1")
    packed.clear()  # the page's own
    first, second = (client.get("/v1/exercises?language=de&level=A1") for _ in range(2))
    assert first.json() == second.json() != client.get("/v1/exercises?language=de&level=A2").json()
    assert len(packed) == 2
    asgi.state.services.database.close()


def test_an_exercise_is_found_by_its_id(tmp_path: Path) -> None:
    """An address of the page names nothing else; an id that nobody has gives none."""
    asgi = make_app(Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=tmp_path))
    client = TestClient(asgi, base_url="http://127.0.0.1")
    (found,) = client.get("/v1/exercises", params={"id": "de-a1-read-1"}).json()
    assert (found["id"], found["language"]) == ("de-a1-read-1", "de")
    assert client.get("/v1/exercises", params={"id": "none"}).json() == []
    answer = client.get("/v1/exercises", params={"level": "A1"})
    assert answer.headers["content-encoding"] == "gzip"
    assert {item["level"] for item in answer.json()} == {"A1"}
    asgi.state.services.database.close()

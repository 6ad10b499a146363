from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app
from tutor.shells.gateway.guide import PATH


@pytest.mark.parametrize("folder", ["empty", "missing"])
def test_a_gateway_without_the_site_has_nothing_there(tmp_path: Path, folder: str) -> None:
    """404, whether the folder is empty or missing; the rest is served as ever."""
    (tmp_path / "empty").mkdir()
    asgi = make_app(
        Settings.load(
            redis_url="redis://127.0.0.1:9/0",
            data_dir=tmp_path,
            guide_dir=str(tmp_path / folder),
            docs="open",
        )
    )
    client = TestClient(asgi, base_url="http://127.0.0.1")
    for path in (f"{PATH}/", PATH, f"{PATH}/index.html"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get("/docs").status_code == 200
    asgi.state.services.database.close()

from pathlib import Path

from tests.support.gateway import Gateway
from tests.support.house import get
from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app


def test_12_the_documents_are_for_loopback(guarded: Gateway, tmp_path: Path) -> None:
    """Item 12: served there; closed by a setting, and by themselves on any other address."""
    assert get(f"{guarded.url}/openapi.json")[0] == 200
    quiet = {"redis_url": "redis://127.0.0.1:9/0", "data_dir": tmp_path}
    for settings, paths in [
        (Settings.load(docs="closed", **quiet), set()),
        (Settings.load(host="192.0.2.1", **quiet), set()),
        (Settings.load(host="192.0.2.1", docs="open", **quiet), {"/docs", "/openapi.json"}),
    ]:
        asgi = make_app(settings)
        served = {getattr(route, "path", "") for route in asgi.routes}
        assert served & {"/docs", "/redoc", "/openapi.json"} == paths
        asgi.state.services.database.close()

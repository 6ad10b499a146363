import pytest

from tests.support.house import House
from tests.support.routes import OF_VOICES, ROUTES, assert_described

SILENT = [(method, path) for method, path in ROUTES if path not in OF_VOICES]


@pytest.mark.parametrize(("method", "path"), SILENT, ids=map(" ".join, SILENT))
def test_every_route_keeps_to_its_description(lean: House, method: str, path: str) -> None:
    """Whatever is asked for, by guests and members."""
    assert_described(lean.url, method, path)

import pytest

from tests.support.house import House
from tests.support.routes import OF_VOICES, ROUTES, assert_described

VOICED = [(method, path) for method, path in ROUTES if path in OF_VOICES]


@pytest.mark.parametrize(("method", "path"), VOICED, ids=map(" ".join, VOICED))
def test_a_route_of_voices_keeps_to_its_description(house: House, method: str, path: str) -> None:
    """Whatever is asked for, by guests and members, where there is a voice."""
    assert_described(house.url, method, path)


def test_no_route_of_voices_has_another_name() -> None:
    """Else nobody would ask it."""
    assert {path for _, path in VOICED} == set(OF_VOICES)

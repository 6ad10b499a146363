from tests.support.gateway import Gateway
from tests.support.house import get


def test_the_description_is_served_on_loopback(guarded: Gateway) -> None:
    """Whoever is on this machine may read what the API is, without an account."""
    assert get(f"{guarded.url}/openapi.json")[0] == 200

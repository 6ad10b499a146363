from itertools import count
from secrets import token_hex
from typing import Any

import pytest

from tests.support.description import DOCUMENT
from tests.support.gateway import enter
from tests.support.house import House

ROUTES = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]

OF_GUESTS = 80
"""Requests of a route that a guest sends: all, but where only members may come and six hundred are
made up, to be turned away one like the other."""


@pytest.fixture
def token(house: House) -> str:
    """Of an account that the route may use up."""
    return enter(house.url, f"{token_hex(4)}@school.example").token


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=map(" ".join, ROUTES))
def test_every_route_keeps_to_its_description(
    house: House, token: str, method: str, path: str
) -> None:
    """No made-up request brings an answer that the description does not have, nor a 500, whether a
    guest sends it or somebody who has logged in."""
    from tests.support.made_up import for_each_request, validate  # a second, for who needs it

    number = count()

    def ask(case: Any) -> None:
        if next(number) < OF_GUESTS:
            validate(case, house.url)
        validate(case, house.url, headers={"Authorization": f"Bearer {token}"})

    for_each_request(method, path, ask)

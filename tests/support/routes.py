"""Whether a running server answers as the HTTP API describes itself."""

from itertools import count
from secrets import token_hex
from typing import Any

from tests.support.description import DOCUMENT
from tests.support.gateway import enter

ROUTES = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]

OF_VOICES = ("/v1/voices", "/v1/audio/speech", "/v1/models", "/v1/models/{model}", "/v1/server")
"""Paths that answer otherwise where the tutor speaks."""

OF_GUESTS = 80
"""Requests of a route that a guest sends: all, but where only members may come and six hundred are
made up, to be turned away one like the other."""


def assert_described(url: str, method: str, path: str) -> None:
    """No made-up request to a route brings an answer that the description does not have, nor a 500,
    whether a guest sends it or somebody who has logged in, whose account the route may use up."""
    from tests.support.made_up import for_each_request, validate  # a second, for who needs it

    token = enter(url, f"{token_hex(4)}@school.example").token
    number = count()

    def ask(case: Any) -> None:
        if next(number) < OF_GUESTS:
            validate(case, url)
        validate(case, url, headers={"Authorization": f"Bearer {token}"})

    for_each_request(method, path, ask)

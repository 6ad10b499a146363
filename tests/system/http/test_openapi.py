"""The whole HTTP API against its own description, by schemathesis.

Its own `parametrize` makes all requests up while tests are collected, by each of the processes that
share them; and gives all its tests one name, by which pytest-xdist runs but one of them.
"""

from secrets import token_hex
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.support.description import DOCUMENT
from tests.support.gateway import enter
from tests.support.house import SOON_S, House

schema = schemathesis.openapi.from_dict(DOCUMENT)

ROUTES = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]

EXAMPLES = settings(
    max_examples=6,
    derandomize=True,  # the same in every run
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def token(house: House) -> str:
    """Of an account that the route may use up."""
    return enter(house.url, f"{token_hex(4)}@school.example").token


def validate(case: Any, house: House, **options: Any) -> None:
    """Ask the running product, and compare the answer with the description."""
    # No schema says which bytes are audio, or which language goes with which text; and in a form,
    # where all is text, `0` is a boolean too.
    unsaid = [positive_data_acceptance] if case.method in ("POST", "PATCH") else []
    if case.media_type == "application/x-www-form-urlencoded":
        unsaid.append(negative_data_rejection)
    case.call_and_validate(base_url=house.url, timeout=SOON_S, excluded_checks=unsaid, **options)


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=map(" ".join, ROUTES))
def test_every_route_keeps_to_its_description(
    house: House, token: str, method: str, path: str
) -> None:
    """No made-up request brings an answer that the description does not have, nor a 500, whether a
    guest sends it or somebody who has logged in."""

    @EXAMPLES
    def keeps_to_it(case: Any) -> None:
        validate(case, house)
        validate(case, house, headers={"Authorization": f"Bearer {token}"})

    config = HypothesisTestConfig(project=schema.config, modes=list(HypothesisTestMode))
    create_test(operation=schema[path][method], test_func=keeps_to_it, config=config)()

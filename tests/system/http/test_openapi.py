"""The whole HTTP API against its own description, by schemathesis.

Each route is a subtest: as a test of its own its requests would be made up while tests are
collected, by each of the processes that share them.
"""

from collections.abc import Callable
from functools import cache
from secrets import token_hex
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.support.gateway import enter
from tests.support.house import SOON_S, House

schema = schemathesis.pytest.from_fixture("described")


@pytest.fixture(scope="module")
def described() -> Any:
    """The API as it describes itself."""
    from tests.support.description import DOCUMENT

    return schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture
def token_for(house: House) -> Callable[[str], str]:
    """The token of an account that an operation, given by its name, may use up."""
    return cache(lambda _: enter(house.url, f"{token_hex(4)}@school.example").token)


def examples(most: int) -> Any:
    """So many made-up requests for each operation, the same in every run."""
    return settings(
        max_examples=most,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def validate(case: Any, house: House, **options: Any) -> None:
    """Ask the running product, and compare the answer with the description."""
    # No schema says which bytes are audio, or which language goes with which text; and in a form,
    # where all is text, `0` is a boolean too.
    unsaid = [positive_data_acceptance] if case.method in ("POST", "PATCH") else []
    if case.media_type == "application/x-www-form-urlencoded":
        unsaid.append(negative_data_rejection)
    case.call_and_validate(base_url=house.url, timeout=SOON_S, excluded_checks=unsaid, **options)


@schema.parametrize()
@examples(6)  # type: ignore[untyped-decorator]
def test_every_route_keeps_to_its_description_for_a_guest(case: Any, house: House) -> None:
    """No made-up request brings an answer that the description does not have, nor a 500."""
    validate(case, house)


@schema.parametrize()
@examples(6)  # type: ignore[untyped-decorator]
def test_every_route_keeps_to_its_description_for_a_member(
    case: Any, house: House, token_for: Callable[[str], str]
) -> None:
    """The same for somebody who has logged in."""
    token = token_for(case.operation.label)
    validate(case, house, headers={"Authorization": f"Bearer {token}"})

"""The whole HTTP API against its own description, by schemathesis."""

from secrets import token_hex
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.support.description import DOCUMENT
from tests.support.gateway import enter
from tests.support.house import SOON_S, House

schema = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture
def token(house: House) -> str:
    """Of an account that the operation may use up."""
    return enter(house.url, f"{token_hex(4)}@school.example").token


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
def test_every_route_keeps_to_its_description(case: Any, house: House, token: str) -> None:
    """No made-up request brings an answer that the description does not have, nor a 500, whether a
    guest sends it or somebody who has logged in."""
    validate(case, house)
    validate(case, house, headers={"Authorization": f"Bearer {token}"})

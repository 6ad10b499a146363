"""Requests that schemathesis makes up from what the HTTP API says of itself.

Its own `parametrize` makes all of them up while tests are collected, by each of the processes that
share them; and gives all its tests one name, by which pytest-xdist runs but one of them.
"""

from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.support.description import DOCUMENT
from tests.support.house import SOON_S

_SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)

_EXAMPLES = settings(
    max_examples=6,
    derandomize=True,  # the same in every run
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def for_each_request(method: str, path: str, ask: Callable[[Any], None]) -> None:
    """Make requests to a route up, those at the bounds of what it takes among them."""

    @_EXAMPLES
    def asked(case: Any) -> None:
        ask(case)

    config = HypothesisTestConfig(project=_SCHEMA.config, modes=list(HypothesisTestMode))
    create_test(operation=_SCHEMA[path][method], test_func=asked, config=config)()


def validate(case: Any, url: str, **options: Any) -> None:
    """Send a request, and compare the answer with the description."""
    # No schema says which bytes are audio, or which language goes with which text; and in a form,
    # where all is text, `0` is a boolean too.
    unsaid = [positive_data_acceptance] if case.method in ("POST", "PATCH") else []
    if case.media_type == "application/x-www-form-urlencoded":
        unsaid.append(negative_data_rejection)
    case.call_and_validate(base_url=url, timeout=SOON_S, excluded_checks=unsaid, **options)

from typing import Any

import pytest

from tests.support.description import DOCUMENT
from tutor.shells.http.problems import MEDIA_TYPE

OPERATIONS = [
    (f"{method} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_every_route_is_described(name: str, operation: dict[str, Any]) -> None:
    """A summary, a description, and problem documents for whatever fails."""
    assert operation["summary"], name
    assert operation["description"], name
    responses = operation["responses"]
    assert MEDIA_TYPE in responses["default"]["content"]
    for status, response in responses.items():
        if status.startswith("4"):
            assert list(response["content"]) == [MEDIA_TYPE], status

"""How many examples a test tries of those that hypothesis makes up."""

from typing import Any

from hypothesis import settings


def few(of_a_hundred: int, **others: Any) -> settings:
    """For a test whose examples are dear: so many where others try a hundred, and in another
    profile (`make quick`, `search`) as much fewer or more as they."""
    most = max(1, of_a_hundred * settings().max_examples // 100)
    return settings(max_examples=most, **others)

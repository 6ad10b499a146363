"""How many examples a test tries that hypothesis makes up: a hundred, or what the profile says."""

from typing import Any

from hypothesis import settings


def few(most: int, **others: Any) -> settings:
    """For a test whose examples are dear: so many at most, fewer if the profile says so."""
    return settings(max_examples=min(most, settings.default.max_examples), **others)

"""Which tests stay together in one process when several run side by side (pytest-xdist)."""

import os

import pytest

SHARED = ("house", "doors", "accounts_gateway", "uploads_gateway", "site")
"""Fixtures that are dear, and are set up once for all tests that use them."""

LONGEST = ("house", "takeover", "wheel", "dashboards", "telemetry", "doors")
"""Groups that begin first, lest one of them goes on alone in the end."""

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
"""The name of this process among those that share the tests."""


def group_of(item: pytest.Item) -> str:
    """The name of what a test shares with others: a fixture, else its file."""
    fixtures = item.fixturenames if isinstance(item, pytest.Function) else []
    return next((name for name in SHARED if name in fixtures), file_of(item))


def file_of(item: pytest.Item) -> str:
    """A file's name without what all of them have in common."""
    return item.path.stem.removeprefix("test_")


def by_length(items: list[pytest.Item]) -> None:
    """Let the longest groups begin: what is left for the end should be short."""

    def place(item: pytest.Item) -> int:
        group = group_of(item)
        if group in LONGEST:
            return LONGEST.index(group)
        return len(LONGEST) + (item.get_closest_marker("live") is None)

    items.sort(key=place)

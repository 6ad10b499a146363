import logging
import resource

import pytest

from tutor.adapters.settings import Settings
from tutor.shells.gateway.descriptors import OWN, room


def limited(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int) -> list[tuple[int, int]]:
    """Let this process have such limits; those that it is then given."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: given.append(limits))
    return given


def test_the_soft_limit_is_raised_as_far_as_is_needed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """By default 1,024 descriptors become as many as 200 sessions and their pages need."""
    caplog.set_level(logging.INFO)
    settings = Settings.load()
    given = limited(monkeypatch, 1024, 20_000)
    assert room(settings) == 1000
    assert given == [(1000 + OWN + settings.connections, 20_000)]
    assert [record.levelname for record in caplog.records] == ["INFO"]


@pytest.mark.parametrize(("hard", "is_told"), [(1024, False), (400, True), (64, True)])
def test_too_few_descriptors_for_the_sessions_are_told(
    hard: int, is_told: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """At the start, in one line that says what to do; what fits is what is taken."""
    settings = Settings.load()
    limited(monkeypatch, hard, hard)
    assert room(settings) == max(1, hard - OWN - settings.connections)
    warned = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert bool(warned) is is_told
    assert all("TUTOR_MAX_SESSIONS=200" in line and "ulimit -n" in line for line in warned)


@pytest.mark.parametrize(
    ("settings", "most"),
    [
        (Settings.load(), 1000),
        (Settings.load(max_sessions=1000), 4000),
        (Settings.load(max_connections=300), 300),
    ],
)
def test_there_are_as_many_connections_as_are_wanted(
    settings: Settings, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TUTOR_MAX_CONNECTIONS, or four for each session, where descriptors are no matter."""
    limited(monkeypatch, 100_000, 100_000)
    assert room(settings) == most


def test_a_sandbox_that_raises_nothing_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is room for what there is."""

    def refuse(*_: object) -> None:
        raise ValueError("not allowed")

    settings = Settings.load()
    limited(monkeypatch, 512, 4096)
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert room(settings) == 512 - OWN - settings.connections

"""Settings: what importing them costs, and how a wrong one is told."""

import subprocess
import sys
from functools import cache

import pytest

from tutor.adapters.settings import Settings, SettingsError, comma_list

CORE = {
    "tutor.core",
    "tutor.core.audio",
    "tutor.core.audio.readable",
    "tutor.core.audio.samples",
    "tutor.core.protocol",
    "tutor.core.protocol.limits",
}
"""What settings take their bounds and defaults from."""


@cache
def loaded() -> frozenset[str]:
    """The modules of a process that has imported the settings and nothing else."""
    script = "import sys, tutor.adapters.settings; print(*sys.modules, sep='\\n')"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return frozenset(ran.stdout.split())


@pytest.mark.parametrize("party", ["celery", "faster_whisper", "redis", "sqlalchemy", "torch"])
def test_reading_a_setting_loads_no_third_party_of_another_adapter(party: str) -> None:
    """Who only reads settings waits for no model, queue or database."""
    assert party not in loaded()


def test_reading_a_setting_loads_no_machine_of_the_core() -> None:
    """Of the core the settings know limits and the arithmetic of audio, but no session."""
    assert {name for name in loaded() if name.startswith("tutor.core")} <= CORE


def test_reading_a_setting_loads_no_other_adapter() -> None:
    """The settings stand below all other adapters, and below the shells."""
    ours = {name for name in loaded() if name.startswith("tutor.") and name not in CORE}
    assert {".".join(name.split(".")[:3]) for name in ours} == {
        "tutor.adapters",
        "tutor.adapters.settings",
    }


def test_a_wrong_setting_is_named_as_the_environment_names_it() -> None:
    """The message begins with the variable and its value."""
    with pytest.raises(SettingsError, match=r"^TUTOR_FINAL_BEAM=0: "):
        Settings.load(final_beam=0)


def test_a_comma_list_holds_no_empty_part() -> None:
    """Spaces and commas too many are forgiven."""
    assert comma_list(" en, ru,,en ,") == {"en", "ru"}
    assert comma_list("") == frozenset()


@pytest.mark.parametrize(
    ("settings", "connections"),
    [
        ({}, 50),
        ({"max_sessions": 1}, 16),
        ({"max_sessions": 2000}, 500),
        ({"max_sessions": 2000, "store_connections": 8}, 8),
    ],
)
def test_connections_to_the_store_grow_with_the_sessions(
    settings: dict[str, int], connections: int
) -> None:
    """One for four sessions, unless the operator says how many."""
    assert Settings.load(**settings).connections == connections

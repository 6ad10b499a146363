"""Settings: what importing them costs, and how a wrong one is told."""

import pwd
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tutor.adapters.settings import Settings, SettingsError, comma_list

CORE = {
    "tutor.core",
    "tutor.core.audio",
    "tutor.core.audio.readable",
    "tutor.core.audio.samples",
    "tutor.core.protocol",
    "tutor.core.protocol.limits",
    "tutor.core.text",
    "tutor.core.text.languages",
    "tutor.core.text.one_line",
    "tutor.core.voice",
    "tutor.core.voice.config",
}
"""What settings take their bounds, defaults and errors from."""


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
    """Of the core the settings know limits, the names of languages and the arithmetic of audio, but
    no session."""
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


@pytest.mark.parametrize(
    "url",
    [
        "localhost:6379",
        "http://:s3cret@localhost:6379",
        "redis:/s3cret",
        "redis://:s3cret@localhost:port/0",
        "redis://:s3cret@localhost:99999/0",
        "redis://:s3cret@localhost/first",
        "redis://[::1/0",
    ],
)
def test_a_wrong_redis_url_is_one_line(url: str) -> None:
    """It names the variable, and not what may be a password."""
    with pytest.raises(SettingsError, match=r"^TUTOR_REDIS_URL: ") as told:
        Settings.load(redis_url=url)
    assert "\n" not in str(told.value)
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("url", ["", "redis://h", "rediss://u:p@h:1/2", "unix:///run/redis.sock"])
def test_a_right_redis_url_is_taken(url: str) -> None:
    """With a user, over TLS, by a socket of this machine."""
    assert Settings.load(redis_url=url).redis_url == url


@pytest.mark.parametrize("url", ["mysql://:s3cret@h/t", "tutor.db", "postgresql://h:s3cret/t"])
def test_a_wrong_database_url_is_one_line(url: str) -> None:
    """The same for the database."""
    with pytest.raises(SettingsError, match=r"^TUTOR_DATABASE_URL: [^\n]*$") as told:
        Settings.load(database_url=url)
    assert "s3cret" not in str(told.value)


def test_a_user_without_a_home_is_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No HOME, and a number that no user has, as in a container: one line; with folders named
    nothing is missing."""

    def unknown(number: int) -> None:
        raise KeyError(number)

    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TUTOR_CACHE_DIR", "TUTOR_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(SettingsError, match=r"^this user has no home folder: set TUTOR_[^\n]*$"):
        Settings.load()
    assert Settings.load(cache_dir=tmp_path, data_dir=tmp_path).data_dir == tmp_path


@pytest.mark.parametrize(
    "url",
    ["tutor.example", "ftp://tutor.example", "https://a@tutor.example", "https://t.example/p"],
)
def test_a_public_url_is_an_origin(url: str) -> None:
    """A scheme, a name and perhaps a port: nothing more, which would be ignored."""
    with pytest.raises(SettingsError, match=r"^TUTOR_PUBLIC_URL: "):
        Settings.load(public_url=url)


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


@pytest.mark.parametrize("languages", ["", "en, zh-CN", "all"])
def test_languages_to_expect_are_tags(languages: str) -> None:
    """Or all, or none: then those that are taught."""
    assert Settings(auto_languages=languages).auto_languages == languages


def test_a_language_that_nobody_knows_is_refused_at_the_start() -> None:
    """In one line that says what may stand there."""
    told = r"TUTOR_AUTO_LANGUAGES='en,klingon': name languages that Whisper knows, or `all`"
    with pytest.raises(SettingsError, match=told):
        Settings.load(auto_languages="en,klingon")

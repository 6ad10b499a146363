"""A start that would let anybody in is refused."""

import os
from pathlib import Path

import pytest

from tests.support.doors import KEY
from tests.support.house import free_port
from tests.support.invoke import command


@pytest.mark.parametrize("part", ["serve", "gateway"])
@pytest.mark.parametrize(
    "settings",
    [{}, {"accounts": "required"}, {"secret_key": KEY}],
    ids=["nothing", "no key", "no accounts"],
)
def test_an_open_address_needs_accounts_and_a_key(
    part: str, settings: dict[str, str], tmp_path: Path
) -> None:
    """Without them the start is refused with one line that says what to set."""
    address = {"redis_url": "redis://127.0.0.1:9/0", "data_dir": str(tmp_path)}
    code, told = command(part, "--host", "0.0.0.0", **address, **settings)  # noqa: S104
    assert code == os.EX_CONFIG
    assert told.count("\n") == 1
    assert "TUTOR_ACCOUNTS=required" in told
    assert "TUTOR_SECRET_KEY" in told


def test_a_short_key_is_refused_without_being_told(tmp_path: Path) -> None:
    """A key has 32 characters at least; the line that refuses it does not repeat it."""
    address = {"redis_url": "redis://127.0.0.1:9/0", "data_dir": str(tmp_path)}
    code, told = command("gateway", "--port", str(free_port()), **address, secret_key="short")
    assert code == os.EX_CONFIG
    assert told.startswith("tutor: TUTOR_SECRET_KEY has 5 characters, 32 are needed")

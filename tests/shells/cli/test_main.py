import os

import pytest

from tests.support.invoke import command

pytestmark = pytest.mark.usefixtures("_root_logger")


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", "99999"), ("device", "abacus"), ("endpoint_silence_ms", "5"), ("max_speed", "fast")],
)
def test_a_wrong_setting_is_one_clear_line(name: str, value: str) -> None:
    """A setting out of range is named with its value."""
    code, told = command("serve", **{name: value})
    assert code == os.EX_CONFIG
    assert told.startswith(f"tutor: TUTOR_{name.upper()}='{value}'")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "part",
    ["gateway", "worker asr", "worker batch", "worker files", "worker feedback", "worker speech"],
)
def test_a_part_alone_needs_a_store(part: str) -> None:
    """A gateway or a worker without TUTOR_REDIS_URL says so."""
    code, told = command(*part.split(), redis_url="")
    assert code == os.EX_CONFIG
    assert "TUTOR_REDIS_URL" in told

import os
import subprocess
import sys
import textwrap

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


@pytest.mark.heavy
@pytest.mark.parametrize(("wanted", "threads"), [(None, "1"), ("3", "3")])
def test_a_process_calculates_in_one_thread(wanted: str | None, threads: str) -> None:
    """Unless whoever starts it says otherwise."""
    program = """
        import os, sys
        from contextlib import suppress
        from tutor.__main__ import main

        sys.argv[1:] = ["--help"]
        with suppress(SystemExit):
            main()
        import numpy
        import psutil

        numpy.ones((200, 200)) @ numpy.ones((200, 200))
        print(os.environ["OPENBLAS_NUM_THREADS"], psutil.Process().num_threads())
    """
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    if wanted:
        env["OPENBLAS_NUM_THREADS"] = wanted
    told = subprocess.check_output(
        [sys.executable, "-c", textwrap.dedent(program)], env=env, text=True
    )
    assert told.splitlines()[-1].split()[0] == threads
    assert wanted or told.splitlines()[-1] == "1 1"

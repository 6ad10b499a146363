import subprocess
import sys

import pytest

from tests.support.house import SOON_S

LONG_S = 300
"""Longer than a test may take."""

PROGRAM = """
import threading, time
import pytest

from tutor.adapters.speech.watchdog import Watchdog
dog = Watchdog({stuck_after_s}, {first_s})
def call(seconds):
    with dog.watch():
        time.sleep(seconds)
threads = [threading.Thread(target=call, args=(s,)) for s in ({calls})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
{end}
"""


def run(
    calls: str, stuck_after_s: float, end: str = "", first_s: float = 0
) -> subprocess.CompletedProcess[bytes]:
    """A program that makes calls of so many seconds at once."""
    program = PROGRAM.format(calls=calls, stuck_after_s=stuck_after_s, end=end, first_s=first_s)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=SOON_S)


def test_one_stuck_call_among_others_ends_the_process() -> None:
    """That others come and go does not hide the one that hangs."""
    done = run(f"0.1, {LONG_S}, 0.3", 1)
    assert done.returncode == 1
    assert b"Timeout" in done.stderr


@pytest.mark.heavy
def test_calls_in_time_end_nothing() -> None:
    """Neither quick calls nor the time after them."""
    assert run("0.1, 0.4, 0.2", 3, "time.sleep(4)").returncode == 0


@pytest.mark.heavy
def test_a_call_that_fails_is_no_longer_watched() -> None:
    """Its error is its caller's."""
    end = """
try:
    with dog.watch():
        raise ValueError
except ValueError:
    time.sleep(4)
"""
    assert run("", 3, end).returncode == 0


@pytest.mark.heavy
def test_a_process_that_loads_slowly_is_not_ended() -> None:
    """The first call may take longer, the second not: a busy machine would never have a worker."""
    assert run("2,", 1, first_s=30).returncode == 0
    done = run("2,", 1, f"call({LONG_S})", first_s=30)
    assert done.returncode == 1
    assert b"Timeout (0:00:0" in done.stderr  # a second, not thirty


def test_a_first_call_that_is_stuck_ends_the_process() -> None:
    """It has longer, not for ever."""
    assert run(f"{LONG_S},", 0.2, first_s=1).returncode == 1

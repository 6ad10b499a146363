import subprocess
import sys
import time

from tutor.adapters.watchdog import Watchdog

PROGRAM = """
import threading, time
from tutor.adapters.watchdog import Watchdog
dog = Watchdog(1.0)
def call(seconds):
    with dog.watch():
        time.sleep(seconds)
threads = [threading.Thread(target=call, args=(s,)) for s in ({calls})]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def run(calls: str) -> subprocess.CompletedProcess[bytes]:
    """A program that makes calls of so many seconds at once."""
    program = PROGRAM.replace("{calls}", calls)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=40)


def test_one_stuck_call_among_others_ends_the_process() -> None:
    """That others come and go does not hide the one that hangs."""
    began = time.monotonic()
    done = run("0.1, 30, 0.3")
    assert done.returncode == 1
    assert b"Timeout" in done.stderr
    assert time.monotonic() - began < 20


def test_calls_in_time_end_nothing() -> None:
    """Neither quick calls nor the time after them."""
    assert run("0.1, 0.4, 0.2").returncode == 0


def test_a_call_that_fails_is_no_longer_watched() -> None:
    """Its error is its caller's."""
    dog = Watchdog(0.2)
    try:
        with dog.watch():
            raise ValueError
    except ValueError:
        time.sleep(0.4)

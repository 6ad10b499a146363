import os
import subprocess
import sys
from pathlib import Path

import pytest

AUTOGROUP = Path("/proc/self/autogroup")

SHOW = """
import os
if os.path.exists("/proc/self/autogroup"):
    print(open("/proc/self/autogroup").read())
"""

YIELD = """
import os
from tutor.adapters.niceness import yield_cores
yield_cores(19, idle=True)
print(os.nice(0), os.sched_getscheduler(0) == os.SCHED_IDLE)
"""


def autogroup_niceness() -> list[str]:
    """That of this session; none where the kernel has no autogroups, and none for a session that
    has no group of its own (the file is empty then)."""
    return AUTOGROUP.read_text().split()[-1:] if AUTOGROUP.exists() else []


def printed(program: str, own_session: bool) -> list[str]:
    """The words that a program of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        start_new_session=own_session,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("own_session", [True, False])
def test_a_worker_yields_with_its_session(own_session: bool) -> None:
    """A part of `tutor serve` yields as a session; the shell that starts one stays as it is."""
    before = autogroup_niceness()
    untouched = printed(SHOW, own_session)[-1:]
    nice, is_idle, *autogroup = printed(YIELD + SHOW, own_session)
    assert (nice, is_idle) == ("19", "True")
    assert autogroup[-1:] == (["19"] if own_session and untouched else untouched)
    assert autogroup_niceness() == before

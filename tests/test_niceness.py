import os
import subprocess
import sys
from pathlib import Path

import pytest

AUTOGROUP = Path("/proc/self/autogroup")

PROGRAM = """
import os
from tutor.adapters.niceness import yield_cores
yield_cores(19, idle=True)
print(os.nice(0), os.sched_getscheduler(0) == os.SCHED_IDLE)
if os.path.exists("/proc/self/autogroup"):
    print(open("/proc/self/autogroup").read())
"""


def autogroup_niceness() -> list[str]:
    """That of this session; none where the kernel has no autogroups, or where a control group
    divides the cores (the file is empty then)."""
    return AUTOGROUP.read_text().split()[-1:] if AUTOGROUP.exists() else []


@pytest.mark.parametrize("own_session", [True, False])
def test_a_worker_yields_with_its_session(own_session: bool) -> None:
    """A part of `tutor serve` yields as a session; the shell that starts one stays as it is."""
    before = autogroup_niceness()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        start_new_session=own_session,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode == 0, done.stderr
    nice, is_idle, *autogroup = done.stdout.split()
    assert (nice, is_idle) == ("19", "True")
    expected = ["19"] if own_session and before else before
    assert autogroup[-1:] == expected
    assert autogroup_niceness() == before

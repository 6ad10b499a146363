import os
import subprocess
import sys
from pathlib import Path

import pytest

AUTOGROUP = Path("/proc/self/autogroup")

PROGRAM = """
import os
from tutor.adapters.niceness import AUTOGROUP, yield_cores
yield_cores(19, idle=True)
print(os.nice(0), os.sched_getscheduler(0) == os.SCHED_IDLE, AUTOGROUP.read_text().strip())
"""


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="the kernel has no autogroups")
@pytest.mark.parametrize("own_session", [True, False])
def test_a_worker_yields_with_its_session(own_session: bool) -> None:
    """A part of `tutor serve` yields as a session; the shell that starts one stays as it is."""
    before = AUTOGROUP.read_text().split()[-1]
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
    assert autogroup[-1] == ("19" if own_session else before)
    assert AUTOGROUP.read_text().split()[-1] == before

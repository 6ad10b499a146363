import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutor.adapters.speech import niceness

AUTOGROUP = Path("/proc/self/autogroup")

SHOW = """
import os
if os.path.exists("/proc/self/autogroup"):
    print(open("/proc/self/autogroup").read())
"""

MAY_IDLE = """
import os
try:
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
except OSError:
    pass
print(os.sched_getscheduler(0) == os.SCHED_IDLE)
"""

YIELD = """
import os
from tutor.adapters.speech.niceness import yield_cores
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
    may_idle = printed(MAY_IDLE, own_session)
    nice, is_idle, *autogroup = printed(YIELD + SHOW, own_session)
    assert (nice, [is_idle]) == ("19", may_idle)
    assert autogroup[-1:] == (["19"] if own_session and untouched else untouched)
    assert autogroup_niceness() == before


class BusyFile:
    """An autogroup's file that another worker has just written."""

    def __init__(self) -> None:
        self.busy, self.written = 2, ""

    def write_text(self, text: str) -> None:
        """As Linux does it for all but root."""
        if self.busy:
            self.busy -= 1
            raise BlockingIOError
        self.written = text


def test_workers_that_start_together_all_yield(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is told to try again does so; a kernel that knows no idle class is no reason to die."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    file = BusyFile()
    monkeypatch.setattr(niceness, "AUTOGROUP", file)
    monkeypatch.setattr(niceness, "TRY_AGAIN_S", 0)
    monkeypatch.setattr(os, "nice", lambda _: None)
    monkeypatch.setattr(os, "getsid", lambda _: os.getpid())
    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    niceness.yield_cores(10, idle=True)
    assert file.written == "10"

"""How worker processes share the cores."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os
from tutor.adapters.settings import Settings
from tutor.shells.workers.running import leave_cores
leave_cores(Settings.load())
print(os.nice(0), os.sched_getscheduler(0) == os.SCHED_IDLE)
"""


@pytest.mark.heavy
@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="Linux has this policy")
@pytest.mark.parametrize(("cores", "nicer", "is_idle"), [("idle", 19, True), ("shared", 10, False)])
def test_recordings_take_what_the_setting_leaves_them(
    cores: str, nicer: int, is_idle: bool
) -> None:
    """A worker of files runs when nothing else does, or with a small share if it is told so."""
    environment = os.environ | {"TUTOR_BATCH_CORES": cores}
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == [str(min(19, os.nice(0) + nicer)), str(is_idle)]

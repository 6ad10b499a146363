"""How much of the cores a worker leaves to other processes."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

AUTOGROUP = Path("/proc/self/autogroup")

TRIES, TRY_AGAIN_S = 30, 0.1
"""How often an autogroup is tried, and seconds between: Linux lets one process at a time change
one, every 0.1 s, unless root does it."""


def yield_cores(niceness: int, *, idle: bool = False) -> None:
    """Let this process run after less nice ones; `idle`: only on what they leave.

    Linux shares the cores among sessions first (sched(7), "the autogroup feature"), and the
    supervisor gives each part a session of its own: there a process's own niceness means nothing,
    that of its session does. A worker that was started from a shell shares the shell's session,
    which stays as it is.
    """
    os.nice(niceness)
    if idle and hasattr(os, "SCHED_IDLE"):
        with suppress(OSError):  # not allowed, or not known to a sandbox's kernel
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # no Linux, or no autogroups
            _yield_session(niceness)


def _yield_session(niceness: int) -> None:
    """Set the niceness of this process's session.

    Workers that start together take turns: the kernel refuses one that is too early (EAGAIN).
    """
    for _ in range(TRIES):
        try:
            AUTOGROUP.write_text(str(niceness))
        except BlockingIOError:
            time.sleep(TRY_AGAIN_S)
        else:
            return

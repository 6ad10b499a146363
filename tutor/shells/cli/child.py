"""A program that the supervisor keeps running, and one life of it as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Protocol

# What each child is before it becomes its program, because the wish to die with the supervisor
# can only be voiced from inside, and a preexec_fn would run Python between fork and exec while
# the supervisor has threads. About 20 ms per start; `-I -S` keeps it clear of the environment.
# The parent may have died before prctl (1 is PR_SET_PDEATHSIG), hence the look at getppid.
# Python ignores SIGPIPE and SIGXFSZ, and exec would pass that on.
_LEASH = """
import os, signal, sys
parent, *command = sys.argv[1:]
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, ctypes.c_ulong(signal.SIGKILL))
    if os.getppid() != int(parent):
        sys.exit(1)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
try:
    os.execvp(command[0], command)
except OSError as error:
    print(f"cannot start {command[0]}: {error.strerror}", file=sys.stderr)
    sys.exit(os.EX_CONFIG)
"""


@dataclass(frozen=True)
class Child:
    """A program to keep running."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables added to the supervisor's own environment."""
    grace_s: float = 5.0
    """Seconds from SIGTERM to SIGKILL."""
    stop_order: int = 0
    """Children with the lowest number stop first, together; the next when these are gone. A store
    comes last."""
    is_part: bool = False
    """Whether the command is this very program as one part of the product: then a nursery may fork
    it."""


class Process(Protocol):
    """A process that was started, as `subprocess` knows it."""

    pid: int
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None

    def wait(self) -> int:
        """Wait for its end; its return code."""

    def send_signal(self, sig: int) -> None:
        """Send a signal to it, unless it has ended."""


def start(child: Child) -> subprocess.Popen[bytes]:
    """Start a child as a program of its own, in a session of its own."""
    return subprocess.Popen(
        leashed(child.command),
        env={**os.environ, **child.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # the terminal's Ctrl-C shall reach the supervisor alone
    )


def leashed(command: tuple[str, ...]) -> tuple[str, ...]:
    """A command that ends with this process, where the system can do that."""
    return (sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *command)


def describe_exit(code: int) -> str:
    """A process's return code in words."""
    return f"exit code {code}" if code >= 0 else f"signal {-code} ({signal.strsignal(-code)})"

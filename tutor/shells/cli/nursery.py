"""The nursery: a process that imports once what the parts of the product need, and forks them.

Started on its own each part spends a second or two of CPU on the same imports, and 60 to 110 MB on
what they leave. The nursery has one thread and holds no model, so that a fork of it is sound. What
it forks is a child of the supervisor, as if this had started it: the process between them ends at
once, and orphans go to the supervisor (`PR_SET_CHILD_SUBREAPER`) while it waits for one. Where that
cannot be had, and where a nursery fails, a part is started as a program of its own.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from tutor.shells.cli.child import Child, leashed
from tutor.shells.cli.environment import prepare_environment
from tutor.shells.cli.parts import import_part

_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36  # of <linux/prctl.h>

_MOST_BYTES = 65536
"""Of an order: the arguments and variables of one part."""

_ORPHANED_WITHIN_S = 10.0
"""Seconds until who was forked must have become the supervisor's child; it takes milliseconds."""

ANSWERS_WITHIN_S = 60.0
"""Seconds in which a nursery must have forked what it was asked for: its imports come first, and on
a busy machine these take ten times as long as on a quiet one."""


def can_fork() -> bool:
    """Whether this system has what a nursery needs."""
    return sys.platform == "linux"


@dataclass
class Forked:
    """A process that a nursery forked: a child of this process."""

    pid: int
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._code: int | None = None

    def wait(self) -> int:
        """Wait for its end; its return code, negative for a signal."""
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        with self._lock:  # nobody sends a signal to its number while it may become another's
            if self._code is None:
                self._code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            return self._code

    def send_signal(self, sig: int) -> None:
        """Send a signal to it, unless it has ended."""
        with self._lock, suppress(ProcessLookupError):
            if self._code is None:
                os.kill(self.pid, sig)


class Nursery:
    """The supervisor's side: orders parts, and ends the nursery at last."""

    def __init__(self, env: dict[str, str], first: tuple[str, ...]) -> None:
        """Start a nursery; it has these variables beside this process's own.

        `first`: what it imports at once, the arguments of a part; empty: nothing.
        """
        self._env, self._first = env, first
        self._waiting = 0
        self._start()

    def _start(self) -> None:
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = (sys.executable, "-m", __name__, str(theirs.fileno()), str(os.getpid()))
            self._process = subprocess.Popen(
                leashed(command),
                env={**os.environ, **self._env},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        with suppress(OSError):  # it has died at once: what is ordered tells
            self._orders.send(json.dumps([self._first, {}]).encode())

    def _revive(self) -> None:
        """Start another where it was killed: what it has forked lives."""
        if self._process.poll() is not None:
            self._orders.close()
            self._start()

    async def bear(self, child: Child) -> Forked | None:
        """Have a part forked; None: the nursery cannot."""
        try:
            self._revive()
            with self._adopting(), closing(_Order(child)) as order:
                order.send(self._orders)
                async with asyncio.timeout(ANSWERS_WITHIN_S):
                    return await order.receive()
        except (OSError, TimeoutError, ValueError):
            return None

    @contextmanager
    def _adopting(self) -> Iterator[None]:
        """Let orphans below this process become its own children, inside the block."""
        self._waiting += 1
        _prctl(_SET_CHILD_SUBREAPER, 1)
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                _prctl(_SET_CHILD_SUBREAPER, 0)

    def close(self) -> None:
        """End the nursery; what it forked goes on."""
        self._orders.close()
        self._process.kill()
        self._process.wait()


class _Order:
    """One part that is to be forked: the line on which it answers, and the pipes from it."""

    def __init__(self, child: Child) -> None:
        self._child = child
        self._line, self._its_line = socket.socketpair()
        self._line.setblocking(False)
        self._pipes = [os.pipe(), os.pipe()]
        self._read = [os.fdopen(read, "rb", buffering=0) for read, _ in self._pipes]
        self._taken = False

    def send(self, nursery: socket.socket) -> None:
        asked = json.dumps([list(self._child.command), dict(self._child.env)]).encode()
        if len(asked) > _MOST_BYTES:
            raise ValueError("a part with so many variables is started on its own")
        written = [write for _, write in self._pipes]
        socket.send_fds(nursery, [asked], [self._its_line.fileno(), *written])
        self._close_its_ends()

    async def receive(self) -> Forked | None:
        """Take the new process's number and let it go on; None: there is none."""
        loop = asyncio.get_running_loop()
        told = await loop.sock_recv(self._line, 64)
        if not told:
            return None
        await loop.sock_sendall(self._line, b"go")
        self._taken = True
        return Forked(int(told), *self._read)

    def close(self) -> None:
        """Close what is not handed on: a process that was not let go on ends itself."""
        self._close_its_ends()
        self._line.close()
        for pipe in [] if self._taken else self._read:
            pipe.close()

    def _close_its_ends(self) -> None:
        self._its_line.close()
        for _, write in self._pipes:
            os.close(write)
        self._pipes = []


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), 0, 0, 0)


# ---------------------------------------------------------------- the nursery's own side


@dataclass(frozen=True)
class Birth:
    """What a forked process begins with."""

    command: list[str]
    env: dict[str, str]
    line: socket.socket
    """To the supervisor."""
    outputs: list[int]
    """Where its standard output and error go."""


def _serve(orders: socket.socket) -> Birth:
    """Fork what is ordered, until the supervisor is gone; returns in each forked process. An order
    without files is for imports alone."""
    while True:
        data, handed, _, _ = socket.recv_fds(orders, _MOST_BYTES, 3)
        if not data:
            sys.exit(0)
        command, env = json.loads(data)
        if not handed:
            import_part(command)
            continue
        birth = Birth(command, env, socket.socket(fileno=handed[0]), handed[1:])
        import_part(command[3:])
        if _is_alone() and _fork_twice():
            orders.close()
            return birth
        birth.line.close()
        for output in birth.outputs:
            os.close(output)


def _is_alone() -> bool:
    """Whether this process has one thread: what others hold would be held for ever in a fork."""
    return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1


def _fork_twice() -> bool:
    """Fork a process that is nobody's child; whether this is it."""
    gc.freeze()  # a collection writes into each object, and their pages would be shared no more
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return False
    if os.fork():
        os._exit(0)
    gc.enable()
    return True


def _settle(birth: Birth, supervisor: int) -> None:
    """Become the supervisor's child as it would have started one itself."""
    os.setsid()
    deadline = time.monotonic() + _ORPHANED_WITHIN_S
    while os.getppid() != supervisor:
        if time.monotonic() > deadline:
            os._exit(1)
        time.sleep(0.001)
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:
        os._exit(1)
    for number, output in enumerate(birth.outputs, 1):
        os.dup2(output, number)
        os.close(output)
    os.environ.update(birth.env)
    _rename(birth.command)
    sys.argv = ["tutor", *birth.command[3:]]
    with birth.line as line, suppress(OSError):
        line.sendall(str(os.getpid()).encode())
        if line.recv(2):
            return
    os._exit(0)  # nobody waits for it any more


def _rename(command: list[str]) -> None:
    """Let the system's list of processes show a command, as far as this one's own is as long."""
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    begin, end = int(fields[45]), int(fields[46])  # arg_start and arg_end, counted from `state`
    shown = b"\0".join(os.fsencode(word) for word in command) + b"\0"
    if 0 < len(shown) <= end - begin:
        ctypes.memmove(begin, shown.ljust(end - begin, b"\0"), end - begin)


def main() -> NoReturn:
    """Be a nursery, and in what it forks a part of the product."""
    prepare_environment()
    gc.disable()  # imports make much and throw little away
    from tutor.shells.cli.main import main as run

    channel, supervisor = sys.argv[1:]
    _settle(_serve(socket.socket(fileno=int(channel))), int(supervisor))
    run()
    sys.exit(0)


if __name__ == "__main__":
    main()

"""One process tree: starts children, restarts those that die, and leaves none behind."""

import asyncio
import contextlib
import itertools
import logging
import os
import signal
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import IO

from tutor.shells.cli.child import Child, Process, describe_exit, start
from tutor.shells.cli.lines import LineSplitter, OnLine, line_printer
from tutor.shells.cli.nursery import Nursery

EXIT_GAVE_UP = 1
EXIT_FORCED = 128 + signal.SIGKILL  # as a shell reports a killed program

_CHUNK_BYTES = 65536  # the capacity of a Linux pipe
_GONE_POLL_S = 0.02
_GONE_POLLS = 50  # 1 s: a killed group is gone in milliseconds unless the kernel is stuck
_DRAIN_S = 1.0  # a daemon that left the group may hold the pipe open for ever


@dataclass
class Restarts:
    """How long to wait before one child's next start, and when to give the child up."""

    backoff_s: float
    """Seconds to wait after the first death; doubles with each further one."""
    backoff_max_s: float
    """Seconds of the longest wait."""
    stable_s: float
    """Seconds of a run that bring the wait back to `backoff_s`."""
    quick_s: float
    """Seconds of a run under which its death is a quick one."""
    give_up_after: int
    """Quick deaths in a row after which the child is given up."""
    has_run: bool = False
    """Whether a run was no quick one."""
    _deaths: int = 0
    _quick_deaths: int = 0

    def next_delay_s(self, ran_s: float) -> float | None:
        """Count a death after `ran_s` seconds; return the wait, or None to give up."""
        self.has_run = self.has_run or ran_s >= self.quick_s
        self._deaths = 1 if ran_s >= self.stable_s else self._deaths + 1
        self._quick_deaths = self._quick_deaths + 1 if ran_s < self.quick_s else 0
        if self._quick_deaths >= self.give_up_after:
            return None
        doublings = min(self._deaths - 1, 32)  # a float overflows after some thousand deaths
        return min(self.backoff_s * 2.0**doublings, self.backoff_max_s)


class _Running:
    """One life of a child: its process, its process group and the pipes from it."""

    def __init__(self, child: Child, process: Process, on_line: OnLine, waiters: Executor):
        self.child = child
        self._on_line = on_line
        self._last = {"stdout": "", "stderr": ""}
        self._process = process
        loop = asyncio.get_running_loop()
        self.started_at = loop.time()
        self.exited = loop.run_in_executor(waiters, self._process.wait)
        self._pumps = [
            loop.create_task(self._pump("stdout", self._process.stdout)),
            loop.create_task(self._pump("stderr", self._process.stderr)),
        ]

    @property
    def last_words(self) -> str:
        """The last line of the child's stderr; where it wrote none there, of its stdout."""
        return self._last["stderr"] or self._last["stdout"] or "it printed nothing"

    async def ended(self, within_s: float | None = None) -> bool:
        """Wait for the child itself to end; return whether it did."""
        # asyncio.wait: a caller that is cancelled must not cancel the future that others need.
        await asyncio.wait({self.exited}, timeout=within_s)
        return self.exited.done()

    def terminate(self) -> None:
        """Ask the child itself: Celery's main process lets its pool finish, a group could not."""
        self._process.send_signal(signal.SIGTERM)

    def kill_group(self) -> bool:
        """Kill the child and all that it started in its group; return whether any was left."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # macOS refuses where all are zombies
            return False
        _reap_orphans(self._process.pid)
        return True

    async def finish(self) -> None:
        """Leave nothing: kill what remains of the group, reap it, read the pipes to the end."""
        for _ in range(_GONE_POLLS):
            if not self.kill_group():
                break
            await asyncio.sleep(_GONE_POLL_S)
        await self.ended()
        _, late = await asyncio.wait(self._pumps, timeout=_DRAIN_S)
        for pump in late:
            pump.cancel()

    async def _pump(self, stream: str, pipe: IO[bytes] | None) -> None:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
        lines = LineSplitter()
        with contextlib.closing(transport):
            while data := await reader.read(_CHUNK_BYTES):
                self._show(stream, lines.receive_bytes(data))
            self._show(stream, lines.receive_end())

    def _show(self, stream: str, lines: list[str]) -> None:
        for line in lines:
            self._last[stream] = line.strip() or self._last[stream]
            with contextlib.suppress(OSError):  # a closed terminal is no reason to lose the tree
                self._on_line(self.child.name, line)


def _reap_orphans(group: int) -> None:
    """Reap what a dead child of ours left in its group, if it became ours."""
    with contextlib.suppress(ChildProcessError, AttributeError):  # macOS has no waitid
        while True:
            found = os.waitid(os.P_PGID, group, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None or found.si_pid == group:  # who waits for the child itself reaps it
                return
            os.waitpid(found.si_pid, 0)


class Supervisor:
    """Keeps children running until it is stopped, then ends them in order.

    Run it on the main thread's event loop: Linux ends a child with the thread that started it.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        on_line: OnLine | None = None,
        restart_backoff_s: float = 0.5,
        backoff_max_s: float = 10.0,
        stable_s: float = 10.0,
        quick_s: float = 2.0,
        give_up_after: int = 5,
        stop_within_s: float = 8.0,
        log: logging.Logger | None = None,
        nursery: Nursery | None = None,
    ) -> None:
        if len({child.name for child in children}) != len(children):
            raise ValueError("two children have the same name")
        self._children = tuple(children)
        self._on_line = on_line or line_printer([child.name for child in children])
        self._restarts = partial(
            Restarts, restart_backoff_s, backoff_max_s, stable_s, quick_s, give_up_after
        )
        self._stop_within_s = stop_within_s
        self._log = log or logging.getLogger(__name__)
        self._running: dict[str, _Running] = {}
        self._forced = False
        self._nursery = nursery

    async def run(self, stop: asyncio.Event) -> int:
        """Keep the children running until `stop` is set or one of them is beyond help.

        Returns 0 when stopped as asked, 78 (EX_CONFIG) when a child said so that has not run
        before, `EXIT_GAVE_UP` when a child kept dying, `EXIT_FORCED` after `kill_now`.
        """
        with ThreadPoolExecutor(len(self._children), "wait") as waiters:  # each child needs one
            try:
                code = await self._until_over(stop, waiters)
            finally:
                await self._stop_all()
        return EXIT_FORCED if self._forced else code

    def kill_now(self) -> None:
        """Cut short the stop that is under way: every process group gets SIGKILL."""
        self._forced = True
        self._kill_all()

    def _kill_all(self) -> None:
        for running in self._running.values():
            running.kill_group()

    async def _until_over(self, stop: asyncio.Event, waiters: Executor) -> int:
        keepers = [asyncio.create_task(self._keep(c, waiters)) for c in self._children]
        tasks = [*keepers, asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return next((keeper.result() for keeper in keepers if keeper.done()), 0)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, child: Child, waiters: Executor) -> int:
        restarts = self._restarts()
        while True:
            code, ran_s, last_words = await self._live(child, waiters)
            if code == os.EX_CONFIG and not restarts.has_run:  # else the machine lacks something
                self._log.error("%s: a setting is wrong, stopping", child.name)
                return code
            delay_s = restarts.next_delay_s(ran_s)
            if delay_s is None:
                self._log.error("%s keeps dying, giving up: %s", child.name, last_words)
                return EXIT_GAVE_UP
            how = describe_exit(code)
            self._log.warning("%s: %s, starting it again in %.1f s", child.name, how, delay_s)
            await asyncio.sleep(delay_s)

    async def _live(self, child: Child, waiters: Executor) -> tuple[int, float, str]:
        process = await self._start(child)
        running = self._running[child.name] = _Running(child, process, self._on_line, waiters)
        await running.ended()
        ran_s = asyncio.get_running_loop().time() - running.started_at
        await running.finish()
        # Forget it now: in the back-off its number may become another program's.
        del self._running[child.name]
        return running.exited.result(), ran_s, running.last_words

    async def _start(self, child: Child) -> Process:
        if self._nursery is not None and child.is_part:
            forked = await self._nursery.bear(child)
            if forked is not None:
                return forked
            self._log.info("%s could not be forked, it starts alone", child.name)
        return start(child)

    async def _stop_all(self) -> None:
        deadline = asyncio.get_running_loop().time() + self._stop_within_s
        last_started_first = [
            self._running[child.name]
            for child in reversed(self._children)
            if child.name in self._running
        ]
        by_order = sorted(last_started_first, key=_stop_order)
        try:
            for _, wave in itertools.groupby(by_order, key=_stop_order):
                await asyncio.gather(*(self._stop(running, deadline) for running in wave))
        finally:
            self._kill_all()  # children that a cancelled stop would leave behind

    async def _stop(self, running: _Running, deadline: float) -> None:
        left_s = max(0.0, deadline - asyncio.get_running_loop().time())
        if not self._forced:
            running.terminate()
            if not await running.ended(min(running.child.grace_s, left_s)):
                self._log.warning("%s did not stop in time, killing it", running.child.name)
        await running.finish()
        del self._running[running.child.name]


def _stop_order(running: _Running) -> int:
    return running.child.stop_order


async def run_until_signalled(supervisor: Supervisor) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP asks for an orderly stop; a second one kills at once."""
    stop = asyncio.Event()

    def on_signal() -> None:
        if stop.is_set():
            supervisor.kill_now()
        stop.set()

    loop = asyncio.get_running_loop()
    caught = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup turns it off
        caught.append(signal.SIGHUP)
    for number in caught:
        loop.add_signal_handler(number, on_signal)
    try:
        return await supervisor.run(stop)
    finally:
        for number in caught:
            loop.remove_signal_handler(number)

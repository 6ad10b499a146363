"""How each fault is done to a product's processes and connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil

from tutor.adapters.serving import is_ready
from tutor.adapters.store.clients import cut_connections
from tutor.adapters.store.errors import StoreError
from tutor.bench.chaos.relay import Relay
from tutor.bench.options import BenchError
from tutor.bench.processes import NURSERY, OTHER, SUPERVISOR, Tree
from tutor.core.chaos.faults import Fault, Means, Part, chosen

BACK_S = 90.0
"""Seconds within which the product must be ready again after a fault."""

LOOK_S = 0.1

FIND_S = 5.0
"""Seconds for which something is looked for that can be hurt: a part may be starting again, a
learner may be on the way."""


@dataclass
class Saboteur:
    """Does faults to one product."""

    url: str
    relay: Relay
    tree: Tree | None
    """None: its processes cannot be reached."""
    _store_url: str = field(init=False, default="")
    _parts: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        if self.tree is not None:
            self._store_url = self.tree.store_url()
            self._parts = self._present()

    @property
    def parts(self) -> frozenset[str]:
        """The parts that the product had when it began."""
        return self._parts | {Part.LINE}

    async def do(self, fault: Fault) -> int:
        """Do a fault, and wait until what stood still goes on; how many processes or connections it
        hurt. 0: there was nothing of the part all the time."""
        ways: dict[Means, Callable[[Fault], Awaitable[int]]] = {
            Means.KILL: self._kill,
            Means.STALL: self._stall,
            Means.LONG_STALL: self._stall,
            Means.CUT: self._cut,
        }
        deadline = time.monotonic() + FIND_S
        while not (hurt := await ways[fault.kind.means](fault)) and time.monotonic() < deadline:
            await asyncio.sleep(LOOK_S)
        return hurt

    async def wait_until_ready(self) -> None:
        """Wait until the product takes learners and no part of it is missing.

        Raises:
            BenchError: it does not come back.
        """
        deadline = time.monotonic() + BACK_S
        while not await asyncio.to_thread(self._is_whole):
            if time.monotonic() > deadline:
                missing = ", ".join(sorted(self._parts - self._present())) or "it is not ready"
                raise BenchError(f"the product did not come back in {BACK_S:g} s: {missing}")
            await asyncio.sleep(LOOK_S)

    def _is_whole(self) -> bool:
        return is_ready(self.url) and self._parts <= self._present()

    def _present(self) -> frozenset[str]:
        if self.tree is None:
            return frozenset()
        return frozenset(part for part, _ in self.tree.processes()) - {SUPERVISOR, NURSERY, OTHER}

    def _of(self, part: Part) -> list[psutil.Process]:
        """The processes of a part, the main one first."""
        assert self.tree is not None, "only a product whose processes are known can be hurt"
        return [process for name, process in self.tree.processes() if name == part]

    async def _kill(self, fault: Fault) -> int:
        processes = self._of(fault.kind.part)
        if not processes:
            return 0
        victim = processes[chosen(fault.victim, len(processes))]
        return _each([victim], psutil.Process.kill)

    async def _stall(self, fault: Fault) -> int:
        if fault.kind.part == Part.LINE:
            return await self.relay.hold(fault.lasts_s)
        processes = self._of(fault.kind.part)
        hurt = _each(processes, psutil.Process.suspend)
        try:
            await asyncio.sleep(fault.lasts_s if hurt else 0.0)
        finally:
            _each(processes, psutil.Process.resume)
        return hurt

    async def _cut(self, fault: Fault) -> int:
        part = fault.kind.part
        if part == Part.LINE:
            return self.relay.cut()
        ports = None if part == Part.STORE else self._ports(self._of(part))
        if ports is not None and not ports:
            return 0
        try:
            return await asyncio.to_thread(cut_connections, self._store_url, ports)
        except StoreError:
            return 0

    def _ports(self, processes: Iterable[psutil.Process]) -> set[int]:
        """The ports from which processes speak to the store."""
        store, ports = urlsplit(self._store_url).port, set()
        for process in processes:
            with suppress(psutil.Error):
                ports |= {
                    connection.laddr.port
                    for connection in process.net_connections("tcp")
                    if connection.raddr and connection.raddr.port == store
                }
        return ports


def _each(processes: Iterable[psutil.Process], do: Callable[[psutil.Process], None]) -> int:
    """Do it to each; how many were still there."""
    done = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            do(process)
            done += 1
    return done

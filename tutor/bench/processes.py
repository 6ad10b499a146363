"""What a server's processes take: CPU seconds and memory, by part of the product."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from tutor.bench.figures import Load, Memory

MIB = 2**20

LOOK_S = 1.0
"""Seconds between two looks at the processes."""

NURSERY = "nursery"

PARTS = {
    NURSERY: ("tutor.shells.cli.nursery",),
    "gateway": ("tutor", "gateway"),
    "asr": ("tutor", "worker", "asr"),
    "batch": ("tutor", "worker", "batch"),
    "files": ("tutor", "worker", "files"),
    "speech": ("tutor", "worker", "speech"),
    "feedback": ("tutor", "worker", "feedback"),
    "store": ("valkey-server",),
}
"""Words of a part's command line, by which a child of `tutor serve` is known."""

SUPERVISOR, OTHER = "supervisor", "other"


class Tree:
    """The processes of one `tutor serve`; those that died still count with what they took."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._took: dict[psutil.Process, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def processes(self) -> list[tuple[str, psutil.Process]]:
        """Each living process with its part."""
        found = [(SUPERVISOR, self._root)]
        with suppress(psutil.NoSuchProcess):
            for child in self._root.children():
                part = _part_of(child)
                found += [(part, process) for process in (child, *_descendants(child))]
        return found

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds so far by part, user and system."""
        with self._lock:
            for part, process in self.processes():
                with suppress(psutil.NoSuchProcess):
                    times = process.cpu_times()
                    self._took[process] = (part, times.user + times.system)
            return _sum_by_part(self._took.values())

    def memory(self) -> dict[str, Memory]:
        """Memory at present by part."""
        taken: dict[str, list[tuple[float, float]]] = {}
        for part, process in self.processes():
            with suppress(psutil.Error):
                full = process.memory_full_info()
                taken.setdefault(part, []).append((full.rss / MIB, getattr(full, "pss", 0) / MIB))
        return {
            part: Memory(sum(rss for rss, _ in of), sum(pss for _, pss in of))
            for part, of in taken.items()
        }

    def part(self, name: str) -> psutil.Process:
        """The first process of a part.

        Raises:
            LookupError: the part is not running.
        """
        for part, process in self.processes():
            if part == name:
                return process
        raise LookupError(f"the server has no {name}")

    def store_url(self) -> str:
        """The address of the store, as the gateway has it; empty: none is named.

        Raises:
            LookupError: the gateway is not running.
        """
        return self.part("gateway").environ().get("TUTOR_REDIS_URL", "")


@dataclass
class PeakWatch:
    """Looks at a tree every second until it is left: peaks of memory, and CPU of what dies."""

    tree: Tree | None
    on_look: Callable[[], None]
    peaks: dict[str, Memory] = field(default_factory=dict)
    """Peaks of memory by part, and `all` together."""
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> PeakWatch:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _run(self) -> None:
        while not self._over.wait(LOOK_S):
            self.on_look()
            self._look()

    def _look(self) -> None:
        if self.tree is None:
            return
        self.tree.cpu_s()
        now = self.tree.memory()
        now["all"] = _together(list(now.values()))
        for part, memory in now.items():
            peak = self.peaks.get(part, Memory())
            self.peaks[part] = Memory(
                max(peak.rss_mib, memory.rss_mib), max(peak.pss_mib, memory.pss_mib)
            )


class LoadMeter:
    """Measures the machine's load from its own creation on."""

    def __init__(self, tree: Tree | None) -> None:
        self._tree = tree
        self._before = self._now()

    def read(self) -> Load:
        """The mean load since the meter was created."""
        wall, busy, server, player = (
            now - before for now, before in zip(self._now(), self._before, strict=True)
        )
        wall = max(wall, 1e-3)
        others = max(0.0, busy - server - player)
        return Load(psutil.cpu_count() or 1, server / wall, player / wall, others / wall)

    def _now(self) -> tuple[float, float, float, float]:
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        # `guest` is counted in `user` already.
        total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
        server = sum(self._tree.cpu_s().values()) if self._tree else 0.0
        return time.monotonic(), total - idle, server, time.process_time()


def _part_of(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        line = " ".join(process.cmdline())
        return next((p for p, words in PARTS.items() if all(w in line for w in words)), OTHER)
    return OTHER


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []


def _sum_by_part(took: Iterable[tuple[str, float]]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for part, seconds in took:
        sums[part] = sums.get(part, 0.0) + seconds
    return sums


def _together(memories: list[Memory]) -> Memory:
    return Memory(sum(m.rss_mib for m in memories), sum(m.pss_mib for m in memories))

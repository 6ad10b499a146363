"""`tutor bench --soak`: the product serves for a long time, and nothing of it may grow."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress

import psutil

from tutor.adapters.store.census import count_keys
from tutor.bench.corpus import sample_recordings
from tutor.bench.figures import Look, Soaked
from tutor.bench.measures import SessionLog, measure
from tutor.bench.options import Progress, SoakOptions
from tutor.bench.overhead.overhead import open_idle, with_server
from tutor.bench.player import play_all, share, write_script
from tutor.bench.processes import Tree
from tutor.bench.report import SoakReport
from tutor.bench.run import describe_machine
from tutor.bench.server import Server
from tutor.bench.soak.soaking import ends, settled, slope_per_hour
from tutor.core.protocol.messages import SessionStart

SETTINGS = {
    "idle_timeout_s": "86400",
    "max_session_s": "86400",
    "log_level": "warning",
}

START = SessionStart("en", endpoint_silence_ms=500)

EACH = 8
"""Recordings of one speaking session; then another session begins."""

GAP_MS = 1500

LOOK_S = 5.0

QUIET_S = 3.0
"""Seconds after readiness before descriptors are counted."""


def run(options: SoakOptions, progress: Progress) -> SoakReport:
    """Serve and watch on a server that is started for it."""
    return with_server(
        SETTINGS | dict(options.settings),
        options.idle,
        progress,
        lambda server: _soak(server, options, progress),
    )


async def _soak(server: Server, options: SoakOptions, progress: Progress) -> SoakReport:
    assert server.tree is not None
    tree, store_url = server.tree, server.tree.store_url()
    await asyncio.sleep(QUIET_S)
    before, kept_before = descriptors(tree), await asyncio.to_thread(count_keys, store_url)
    looks: dict[str, list[Look]] = {}
    mains: dict[str, set[int]] = {}  # the process numbers of each part's main process
    logs: list[SessionLog] = []
    began, wanted_s = time.monotonic(), options.minutes * 60
    async with AsyncExitStack() as idle:
        clients = await open_idle(server.url, options.idle, idle)
        watching = asyncio.create_task(_watch(tree, looks, mains, began))
        while (since_s := time.monotonic() - began) < wanted_s:
            progress(f"{options.idle} idle, {options.speakers} speaking", since_s / wanted_s)
            logs += await _speak(server.url, options, len(logs))
            if watching.done():
                watching.result()  # a soak at which nobody looks proves nothing
        idle_lost = sum(client.socket.close_code is not None for client in clients)
        watching.cancel()
    progress("what is left behind", 1.0)
    left, forever = await _left_behind(store_url, kept_before[0], options.settle_s)
    after = descriptors(tree)
    figures = measure(logs, START.endpoint_silence_ms or 0)
    return SoakReport(
        options,
        describe_machine(),
        round(time.monotonic() - began, 1),
        figures.utterances,
        figures.unsettled,
        figures.errors,
        {
            part: _soaked(part, tree, looks[part], before, after, len(mains[part]) - 1)
            for part in sorted(looks)
        },
        left,
        forever,
        figures.recordings,
        round(figures.unheard_s, 1),
        idle_lost,
    )


async def _speak(url: str, options: SoakOptions, said: int) -> Sequence[SessionLog]:
    """One session of each speaker, from beginning to end."""
    recordings = await asyncio.to_thread(sample_recordings, None, 1000, options.seed + said)
    shares = share(recordings, options.speakers, EACH)
    scripts = [write_script(mine, GAP_MS, number) for number, mine in enumerate(shares)]
    return await play_all(url, scripts, START, options.seed + said)


async def _watch(
    tree: Tree, looks: dict[str, list[Look]], mains: dict[str, set[int]], began: float
) -> None:
    while True:
        for part, pid in main_processes(tree.processes()).items():
            mains.setdefault(part, set()).add(pid)
        at_s = time.monotonic() - began
        memory, open_files = await asyncio.to_thread(lambda: (tree.memory(), descriptors(tree)))
        for part, taken in memory.items():
            look = Look(round(at_s, 1), round(taken.rss_mib, 2), open_files.get(part, 0))
            looks.setdefault(part, []).append(look)
        await asyncio.sleep(LOOK_S)


async def _left_behind(
    store_url: str, before: Mapping[str, int], settle_s: float
) -> tuple[dict[str, int], dict[str, int]]:
    """Keys by kind that were not there before, when all had the time to go; and those that live for
    ever."""
    deadline = time.monotonic() + settle_s
    while True:
        found, forever = await asyncio.to_thread(count_keys, store_url)
        left = {kind: count - before.get(kind, 0) for kind, count in found.items()}
        left = {kind: more for kind, more in left.items() if more > 0}
        if not left or time.monotonic() > deadline:
            return left, forever
        await asyncio.sleep(LOOK_S)


def descriptors(tree: Tree) -> dict[str, int]:
    """Open files and sockets by part."""
    found: dict[str, int] = {}
    for part, process in tree.processes():
        with suppress(psutil.Error):
            found[part] = found.get(part, 0) + process.num_fds()
    return found


def main_processes(processes: Sequence[tuple[str, psutil.Process]]) -> dict[str, int]:
    """The number of the first process of each part."""
    found: dict[str, int] = {}
    for part, process in processes:
        found.setdefault(part, process.pid)
    return found


def _soaked(
    part: str,
    tree: Tree,
    looks: Sequence[Look],
    before: Mapping[str, int],
    after: Mapping[str, int],
    restarts: int,
) -> Soaked:
    later = settled(looks)
    first, last = ends(later)
    return Soaked(
        sum(name == part for name, _ in tree.processes()),
        round(first, 1),
        round(last, 1),
        round(slope_per_hour(later), 1),
        before.get(part, 0),
        after.get(part, 0),
        restarts,
    )

"""What one start of the product costs, by process: CPU seconds, memory, seconds until it is ready.

    python etc/bench/start.py [--rounds 3] [--settle 8] [--set name=value ...] [--against FOLDER]
    python etc/bench/start.py --imports

The second tells what imports cost alone: of each part in a process of its own, and of all in one.

Each round starts the product with its parts forked (`TUTOR_FORK_PARTS=true`), and with each a
program of its own; with `--against` that of another checkout, too. All take turns, so that
a busy machine disturbs all alike. Memory is what is left of it where shared pages are divided among
those that share them (PSS), once every part has been idle for `--settle` seconds. Medians of the
rounds are shown; `ready` is `/readyz`, `whole` is when every part has announced itself.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.workers import is_announced
from tutor.bench.processes import Tree
from tutor.bench.server import started

WORKERS = ("asr", "batch", "files", "feedback", "speech")

WHOLE_S = 120.0


@dataclass(frozen=True)
class Start:
    """One start that was measured."""

    ready_s: float
    whole_s: float
    ready_cpu_s: float
    cpu_s: Mapping[str, float]
    pss_mib: Mapping[str, float]


def measure(settings: Mapping[str, str], settle_s: float) -> Start:
    """Start a product with these settings, and end it."""
    began = time.monotonic()
    with started(settings) as server:
        ready_s = time.monotonic() - began
        tree = server.tree
        assert tree is not None
        ready_cpu_s = sum(tree.cpu_s().values())
        whole_s = _until_whole(tree, began)
        time.sleep(settle_s)
        memory = {part: one.pss_mib for part, one in tree.memory().items()}
        return Start(ready_s, whole_s, ready_cpu_s, tree.cpu_s(), memory)


def _until_whole(tree: Tree, began: float) -> float:
    with open_blocking_store(tree.store_url()) as store:
        while not all(is_announced(store, kind) for kind in WORKERS):
            if time.monotonic() - began > WHOLE_S:
                raise SystemExit("not every worker has come")
            time.sleep(0.05)
    return time.monotonic() - began


PARTS = (("worker", "asr"), ("gateway",), *(("worker", kind) for kind in WORKERS[1:]))

IMPORT = """
import json, sys, time
from tutor.shells.cli.environment import prepare_environment
prepare_environment()
import psutil, tutor.shells.cli.main
from tutor.shells.cli.parts import import_part
for part in json.loads(sys.argv[1]):
    import_part(part)
print(time.process_time(), psutil.Process().memory_full_info().pss / 2**20)
"""


def show_imports() -> None:
    """Print what imports take, part by part and together."""
    table = Table("part", "CPU s", "PSS MiB", title="imports alone")
    for part in (*PARTS, PARTS):
        parts = part if part is PARTS else (part,)
        told = subprocess.check_output([sys.executable, "-c", IMPORT, json.dumps(parts)], text=True)
        cpu_s, pss_mib = map(float, told.split())
        name = "all in one process" if part is PARTS else " ".join(map(str, part))
        table.add_row(name, f"{cpu_s:.2f}", f"{pss_mib:.0f}")
    Console().print(table)


def middle(values: list[float]) -> float:
    """Their median; those that lack count as 0."""
    return statistics.median(values) if values else 0.0


def show(kind: str, starts: list[Start]) -> None:
    """Print a row for each part."""
    table = Table(title=f"{kind}: median of {len(starts)}")
    for name in ("part", "CPU s", "PSS MiB"):
        table.add_column(name, justify="left" if name == "part" else "right")
    for part in sorted({part for one in starts for part in one.cpu_s}):
        cpu = middle([one.cpu_s.get(part, 0.0) for one in starts])
        pss = middle([one.pss_mib.get(part, 0.0) for one in starts])
        table.add_row(part, f"{cpu:.2f}", f"{pss:.0f}")
    cpu = middle([sum(one.cpu_s.values()) for one in starts])
    pss = middle([sum(one.pss_mib.values()) for one in starts])
    table.add_row("all", f"{cpu:.2f}", f"{pss:.0f}")
    Console().print(table)
    ready, whole = (
        middle([one.ready_s for one in starts]),
        middle([one.whole_s for one in starts]),
    )
    until = middle([one.ready_cpu_s for one in starts])
    Console().print(f"ready after {ready:.1f} s ({until:.1f} CPU s), whole after {whole:.1f} s")


def main() -> None:
    """Measure and show."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--settle", type=float, default=8.0)
    reader.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    reader.add_argument("--against", type=Path, help="another checkout of this repository")
    reader.add_argument("--imports", action="store_true", help="measure imports alone")
    given = reader.parse_args()
    if given.imports:
        show_imports()
        return
    wanted = dict(one.split("=", 1) for one in given.set)
    here = os.environ.get("PYTHONPATH", "")
    kinds: dict[str, tuple[str, dict[str, str]]] = {
        "forked": (here, {"fork_parts": "true"}),
        "each a program": (here, {"fork_parts": "false"}),
    }
    if given.against:
        kinds[f"as in {given.against.name}"] = (str(given.against), {})
    starts: dict[str, list[Start]] = {kind: [] for kind in kinds}
    for _ in range(given.rounds):
        for kind, (path, settings) in kinds.items():
            os.environ["PYTHONPATH"] = path
            starts[kind].append(measure(wanted | settings, given.settle))
    for kind, measured in starts.items():
        show(kind, measured)


if __name__ == "__main__":
    main()

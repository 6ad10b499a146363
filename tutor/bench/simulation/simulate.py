"""`tutor bench --simulate`: the model beside what was measured in the same run, then on a GPU that
was not."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tutor.bench.figures import Run
from tutor.bench.report import PRODUCT, BenchReport
from tutor.bench.simulation.costs import BASE, MeasuredCosts, h200, slower
from tutor.bench.simulation.designs import ASSUMPTIONS, Bound, Design, Outcome
from tutor.bench.simulation.simulation import Simulation, most_sessions

HOST_S = 0.003
"""Seconds of a worker's interpreter for each task beside recognition, measured."""

GATEWAY_CORES = 0.027
"""Of a core, for each speaking session, measured."""

SECONDS, GPU_SECONDS = 120.0, 20.0
"""Simulated for each number of sessions."""

CANDIDATES = (20, 40, 60, 80, 120, 160, 200, 250, 300, 350, 400, 500)


@dataclass(frozen=True)
class Compared:
    """One number of sessions, measured and simulated."""

    measured_p50_s: float | None
    measured_p95_s: float | None
    simulated: Outcome


@dataclass(frozen=True)
class Capacity:
    """How many sessions one design carries, as simulated."""

    design: str
    sessions: int
    outcomes: list[Outcome]


@dataclass(frozen=True)
class SimulationReport:
    """What was simulated, and on what it rests."""

    assumptions: tuple[str, ...]
    bound: Bound
    compared: list[Compared]
    """On this machine; empty where nothing was measured."""
    gpu: list[Capacity]
    """On an H200, of which nothing was measured."""
    measured: BenchReport | None = None
    """What was measured on this machine; None: nothing."""


def designs() -> list[Design]:
    """What is looked at on a GPU: groups, as the worker was, then the coalescer, step by step."""
    groups = Design("groups, one process, turbo for all", "groups", 1, 16, h200(), HOST_S)
    one = replace(groups, name="coalescer, one process", rule="coalescer", max_batch=32)
    four = replace(one, name="coalescer, four processes", processes=4)
    two_models = replace(
        one,
        name="four processes, and four for partials by base",
        processes=4,
        partial_processes=4,
        costs=h200(BASE),
    )
    doubted = replace(
        two_models, name="the same, a GPU half as fast as assumed", costs=slower(h200(BASE), 2)
    )
    return [groups, one, four, two_models, doubted]


def simulate(report: BenchReport | None) -> SimulationReport:
    """Simulate this machine with the costs that the smallest measured run found, and a GPU."""
    bound = Bound()
    gpu = [
        Capacity(one.name, *most_sessions(one, bound, CANDIDATES, GPU_SECONDS)) for one in designs()
    ]
    compared = _compared(report) if report else []
    return SimulationReport(ASSUMPTIONS, bound, compared, gpu, report)


def _compared(report: BenchReport) -> list[Compared]:
    runs = report.of(PRODUCT)
    if not runs or any(not one.count for one in runs[0].decodes.values()):
        return []
    cores, silence_s = report.machine.cores, report.options.endpoint_silence_ms / 1000
    return [
        Compared(
            run.figures.final.p50,
            run.figures.final.p95,
            Simulation(
                cpu_design(runs[0], cores, run.sessions), run.sessions, silence_s=silence_s
            ).run(SECONDS),
        )
        for run in runs
    ]


def cpu_design(calibration: Run, cores: int, sessions: int) -> Design:
    """This machine's workers, at the cost that a run found, beside the gateway of so many
    sessions."""
    left = max(0.1, 1 - GATEWAY_CORES * sessions / cores)
    means = {kind: (one.mean_s or 0.0) / left for kind, one in calibration.decodes.items()}
    costs = MeasuredCosts(means)
    return Design("this machine", "alone", cores, 1, costs, HOST_S, shares_device=False)


def show_simulation(report: SimulationReport, console: Console) -> None:
    """Print it, its assumptions below."""
    if report.compared:
        table = Table(title="This machine: final after the end of speech, seconds", box=None)
        for name in ("sessions", "measured p50", "p95", "simulated p50", "p95", "partials/s"):
            table.add_column(name, justify="right")
        for one in report.compared:
            got = one.simulated
            measured = (_text(one.measured_p50_s), _text(one.measured_p95_s))
            simulated = (
                _text(got.final_p50_s),
                _text(got.final_p95_s),
                f"{got.partials_per_s:.1f}",
            )
            table.add_row(str(got.sessions), *measured, *simulated)
        console.print(table)
    table = Table(title="One H200, SIMULATED: nothing of it was measured", box=None)
    for name in ("workers", "sessions", "final p95", "partials/s", "device busy", "batch"):
        table.add_column(name, justify="left" if name == "workers" else "right")
    for design in report.gpu:
        held = next(
            (o for o in design.outcomes if o.sessions == design.sessions), design.outcomes[0]
        )
        table.add_row(
            design.design,
            str(design.sessions),
            _text(held.final_p95_s),
            f"{held.partials_per_s:.1f}",
            f"{held.device_busy:.0%}",
            f"{held.mean_batch:.1f}",
        )
    console.print(table)
    bound = report.bound
    console.print(
        f"Sessions: the most at which finals come within {bound.final_p95_s:g} s (p95) and "
        f"partials {bound.partials_per_s:g} times a second. Assumed:"
    )
    for line in report.assumptions:
        console.print(f"- {line}", highlight=False)


def write_simulation(report: SimulationReport, path: Path) -> None:
    """Write it as JSON."""
    path.write_text(json.dumps(asdict(report), indent=2) + "\n", "utf-8")


def _text(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"

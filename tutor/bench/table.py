"""Reports as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from tutor.bench.figures import Figures, Machine, Run, Spread
from tutor.bench.report import BASELINE, LOADED, PRODUCT, BenchReport, OverheadReport, SoakReport

GOAL_FINAL_S = 0.015
GOAL_IDLE_KIB = 35

FOREIGN_CORES = 0.3
"""Cores that other processes may take before the reader is warned."""

LATE_FRAME_S = 0.1
"""Seconds by which a frame may be sent late before the reader is warned: the player is too slow."""


@dataclass(frozen=True)
class Row:
    """A figure with its name and unit, and how to get it from a run."""

    name: str
    unit: str
    value: Callable[[Run], float | None]
    digits: int = 0
    is_ratio: bool = True
    """Whether product over baseline means something."""


def _latency_rows(name: str, spread: Callable[[Figures], Spread]) -> list[Row]:
    return [
        Row(f"{name}, p50", "ms", lambda run: _scaled(spread(run.figures).p50, 1000)),
        Row(f"{name}, p95", "ms", lambda run: _scaled(spread(run.figures).p95, 1000)),
    ]


def _cpu_rows(part: str) -> list[Row]:
    return [
        Row(f"CPU, {part}", "s per s of audio", lambda run: _cpu(run, part), 3),
    ]


def _memory_rows(part: str) -> list[Row]:
    return [
        Row(f"peak RSS, {part}", "MiB", lambda run: _peak(run, part, "rss_mib")),
        Row(f"peak PSS, {part}", "MiB", lambda run: _peak(run, part, "pss_mib")),
    ]


def _decode_rows(kind: str) -> list[Row]:
    return [
        Row(f"{kind}s decoded", "", lambda run: _decodes(run, kind)),
        Row(f"decode of a {kind}, mean", "ms", lambda run: _scaled(_mean(run, kind), 1000)),
    ]


PARTS = ("all", "gateway", "asr", "batch", "files", "feedback", "speech", "store")

ROWS: tuple[Row, ...] = (
    Row("recordings", "", lambda run: run.figures.recordings, is_ratio=False),
    Row("utterances", "", lambda run: run.figures.utterances, is_ratio=False),
    Row("final words", "", lambda run: run.figures.final_words, is_ratio=False),
    Row("audio played", "s", lambda run: run.figures.audio_s, is_ratio=False),
    Row("speech in it", "s", lambda run: run.figures.speech_s, is_ratio=False),
    *_latency_rows("first partial after onset", lambda figures: figures.first_partial),
    Row("no partial at all", "utterances", lambda run: run.figures.without_partial),
    *_latency_rows("word after its end", lambda figures: figures.word),
    *_latency_rows("final after end of speech", lambda figures: figures.final),
    *_latency_rows("final beyond the silence", lambda figures: figures.final_beyond_silence),
    *_latency_rows("feedback after the final", lambda figures: figures.feedback),
    Row("WER", "%", lambda run: _scaled(run.figures.wer.rate, 100), 1),
    Row("  substituted", "words", lambda run: run.figures.wer.substitutions),
    Row("  deleted", "words", lambda run: run.figures.wer.deletions),
    Row("  inserted", "words", lambda run: run.figures.wer.insertions),
    Row("flicker, committed", "words", lambda run: run.figures.committed_flicker),
    Row(
        "flicker, tentative",
        "per final word",
        lambda run: _per(run.figures.tentative_flicker, run.figures.final_words),
        2,
    ),
    Row(
        "committed, final differs",
        "per final word",
        lambda run: _per(run.figures.committed_revised, run.figures.final_words),
        3,
    ),
    Row(
        "partials",
        "per s of speech",
        lambda run: _per(run.figures.partials, run.figures.speech_s),
        2,
    ),
    *_decode_rows("partial"),
    *_decode_rows("final"),
    *(row for part in PARTS for row in _cpu_rows(part)),
    *(row for part in PARTS for row in _memory_rows(part)),
    Row("files recognised meanwhile", "s", lambda run: run.files_s or None, is_ratio=False),
    Row("speech in no utterance", "s", lambda run: run.figures.unheard_s, 1),
    Row("not one terminal event", "utterances", lambda run: run.figures.unsettled),
    Row("errors", "", lambda run: sum(run.figures.errors.values())),
    Row(
        "latest frame of the player",
        "ms",
        lambda run: run.figures.latest_frame_s * 1000,
        is_ratio=False,
    ),
    Row("server's load", "cores", lambda run: run.load.server, 2, is_ratio=False),
    Row("player's load", "cores", lambda run: run.load.player, 2, is_ratio=False),
    Row("others' load", "cores", lambda run: run.load.others, 2, is_ratio=False),
)


def show_bench(report: BenchReport, console: Console) -> None:
    """Print the tables of a benchmark and its conclusions."""
    console.print(describe(report.machine))
    for variant in (PRODUCT, LOADED, BASELINE):
        if report.of(variant):
            console.print(_figures(report, variant))
    if report.ratios():
        console.print(_ratios("product / baseline", report.ratios()))
    if report.loaded_ratios():
        console.print(_ratios("with files / without", report.loaded_ratios()))
    console.print(Group(*_conclusions(report)))


def show_overhead(report: OverheadReport, console: Console) -> None:
    """Print the table of an overhead measurement."""
    table = Table(title="everything that is not recognition, milliseconds", title_justify="left")
    table.add_column("figure", no_wrap=True)
    for name in ("count", "p50", "p95", "p99", "most"):
        table.add_column(name, justify="right")
    table.add_row("commit → final", *_spread(report.final))
    for hop, spread in report.hops.items():
        # Each hop begins where the one above it ends.
        table.add_row(f"  → {hop.partition(' → ')[2]}", *_spread(spread))
    table.add_row("audio → partial", *_spread(report.partial))
    console.print(describe(report.machine))
    console.print(table)
    console.print(Group(*_overheads(report)))


def show_soak(report: SoakReport, console: Console) -> None:
    """Print what grew and what was left behind."""
    options = report.options
    table = Table(
        title=f"{options.idle} idle and {options.speakers} speaking sessions for "
        f"{options.minutes:g} minutes",
        title_justify="left",
    )
    table.add_column("part", no_wrap=True)
    for name in ("processes", "first, MiB", "last, MiB", "slope, MiB an hour"):
        table.add_column(name, justify="right")
    for name in ("descriptors before", "after"):
        table.add_column(name, justify="right")
    for part, found in report.parts.items():
        memory = (found.first_mib, found.last_mib, found.slope_mib_per_hour)
        files = (found.descriptors_before, found.descriptors_after)
        table.add_row(
            part, str(found.processes), *(f"{mib:.1f}" for mib in memory), *map(str, files)
        )
    console.print(describe(report.machine))
    console.print(table)
    console.print(
        f"{report.recordings} recordings, {report.unheard_s:.1f} s of speech unheard; "
        f"{report.utterances} utterances, {report.unsettled} without exactly one terminal event; "
        f"errors: {_named(report.errors)}"
    )
    console.print(
        f"keys left behind: {_named(report.left)}; keys without an end: {_named(report.forever)}"
    )
    console.print(f"NOT held: {', '.join(report.faults)}" if report.faults else "all held")


def _named(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _figures(report: BenchReport, variant: str) -> Table:
    runs = report.of(variant)
    table = Table(title=f"{variant}, by sessions at once", title_justify="left")
    table.add_column("figure", no_wrap=True)
    table.add_column("unit", style="dim", no_wrap=True)
    for run in runs:
        table.add_column(str(run.sessions), justify="right")
    for row in ROWS:
        values = [row.value(run) for run in runs]
        if any(value is not None for value in values):
            table.add_row(row.name, row.unit, *(_number(value, row.digits) for value in values))
    return table


def _ratios(title: str, pairs: list[tuple[Run, Run]]) -> Table:
    table = Table(title=f"{title}, by sessions at once", title_justify="left")
    table.add_column("figure", no_wrap=True)
    for product, _ in pairs:
        table.add_column(str(product.sessions), justify="right")
    for row in ROWS:
        ratios = [_ratio(row.value(product), row.value(base)) for product, base in pairs]
        if row.is_ratio and any(ratio is not None for ratio in ratios):
            table.add_row(row.name, *(_number(ratio, 2) for ratio in ratios))
    return table


def _conclusions(report: BenchReport) -> list[RenderableType]:
    lines: list[RenderableType] = [
        f"{variant}: {report.capacity(variant)} sessions at once with a p95 final latency of "
        f"at most {report.options.bound_s:g} s (of those measured)"
        for variant in (PRODUCT, BASELINE)
        if report.of(variant)
    ]
    for run in report.runs:
        lines += [Text(f"{run.variant}, {run.sessions}: {line}", "red") for line in _doubts(run)]
    return lines


def _doubts(run: Run) -> list[str]:
    doubts = [f"{count} of {code}" for code, count in run.figures.errors.items()]
    if run.load.others > FOREIGN_CORES:
        doubts.append(f"others took {run.load.others:.2f} cores of the machine meanwhile")
    if run.figures.latest_frame_s > LATE_FRAME_S:
        doubts.append(f"a frame was sent {run.figures.latest_frame_s * 1000:.0f} ms too late")
    return doubts


def _overheads(report: OverheadReport) -> list[RenderableType]:
    frames, speaking, idle = report.frames, report.speaking, report.idle
    p99 = report.final.p99 or 0.0
    shares = ", ".join(f"{part} {cores:.2%}" for part, cores in speaking.cores_each.items())
    lines: list[RenderableType] = [
        f"final after commit, p99: {p99 * 1000:.1f} ms "
        f"({_verdict(p99 < GOAL_FINAL_S)} the goal of 15 ms)",
        f"frames of 20 ms: {frames.frames} in {frames.wall_s:.1f} s, "
        f"{frames.gateway_cpu_s / frames.frames * 1e6:.0f} CPU-ms of the gateway per 1000, "
        f"{frames.per_core_second:,.0f} per second of one gateway core",
        f"one of {speaking.sessions} speaking sessions takes, of one core: {shares}; "
        f"the gateway's memory peaks at {speaking.gateway_peak_mib:.0f} MiB",
        f"one of {idle.sockets} idle sockets takes {idle.gateway_rss_kib_each:.1f} KiB of the "
        f"gateway ({_verdict(idle.gateway_rss_kib_each <= GOAL_IDLE_KIB)} the goal of 35 KiB); "
        f"all of them {idle.gateway_cores:.1%} of a core in the gateway, "
        f"{idle.store_cores:.1%} in the store",
    ]
    if report.load.others > FOREIGN_CORES:
        others = f"others took {report.load.others:.2f} cores of the machine meanwhile"
        lines.append(Text(others, "red"))
    return lines


def describe(machine: Machine) -> Text:
    """The machine and the versions of a report, in one line."""
    return Text(
        f"{machine.at}, {machine.cores} cores of {machine.cpu or 'an unknown CPU'}, "
        f"Python {machine.python}, voice-tutor {machine.version}",
        "dim",
    )


def _verdict(is_met: bool) -> str:
    return "meets" if is_met else "misses"


def _spread(spread: Spread) -> list[str]:
    seconds = (spread.p50, spread.p95, spread.p99, spread.greatest)
    return [str(spread.count), *(_number(_scaled(value, 1000), 2) for value in seconds)]


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"  # noqa: RUF001 - no figure


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _per(value: float, by: float) -> float | None:
    return value / by if by else None


def _ratio(product: float | None, baseline: float | None) -> float | None:
    return None if product is None or not baseline else product / baseline


def _cpu(run: Run, part: str) -> float | None:
    return run.cost.parts[part].cpu_s_per_audio_s if run.cost and part in run.cost.parts else None


def _peak(run: Run, part: str, which: str) -> float | None:
    if run.cost is None or part not in run.cost.parts:
        return None
    return float(getattr(run.cost.parts[part].peak, which))


def _decodes(run: Run, kind: str) -> float | None:
    return run.decodes[kind].count if kind in run.decodes else None


def _mean(run: Run, kind: str) -> float | None:
    return run.decodes[kind].mean_s if kind in run.decodes else None

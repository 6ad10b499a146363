"""Latency against the number of sessions, as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tutor.bench.figures import Figures, Spread
from tutor.bench.options import BenchError
from tutor.bench.report import BASELINE, PRODUCT, BenchReport

PANELS: tuple[tuple[str, Callable[[Figures], Spread]], ...] = (
    ("first partial\nafter the onset of speech", lambda figures: figures.first_partial),
    ("word on the screen\nafter its end", lambda figures: figures.word),
    ("final\nafter the end of speech", lambda figures: figures.final),
)

COLOURS = {PRODUCT: "#0b6e99", BASELINE: "#c8691c"}
"""Colours that readers who do not tell red from green tell apart, too."""

WIDE = 8
"""Ratio of the greatest figure to the least from which on the axis is logarithmic."""


def plot_bench(report: BenchReport, path: Path) -> None:
    """Draw the picture; the name's ending says in which format.

    Raises:
        BenchError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise BenchError("--plot needs matplotlib: pip install 'voice-tutor[bench]'") from error
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    axes = figure.subplots(1, len(PANELS), sharex=True, sharey=True)
    for axis, (title, spread) in zip(axes, PANELS, strict=True):
        _fill(axis, title, report, spread)
    _scale(axes[0], report)
    _mark_bound(axes[-1], report.options.bound_s)
    figure.legend(*axes[-1].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.suptitle(_headline(report), fontsize=12)
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot draw {path}: {error}") from error


def _headline(report: BenchReport) -> str:
    machine = f"{report.machine.cores} cores, {report.machine.cpu or 'CPU'}"
    silence = f"endpoint silence {report.options.endpoint_silence_ms} ms"
    return f"Voice Tutor: latency by load ({machine}, {silence})"


def _fill(axis: Any, title: str, report: BenchReport, spread: Callable[[Figures], Spread]) -> None:
    for variant in (PRODUCT, BASELINE):
        _draw(axis, report, variant, spread)
    axis.set_title(title, fontsize=11)
    axis.set_xlabel("sessions speaking at once")
    axis.set_xticks(sorted({run.sessions for run in report.runs}))
    axis.grid(visible=True, color="#dddddd", linewidth=0.6)
    axis.spines[["top", "right"]].set_visible(False)


def _mark_bound(axis: Any, bound_s: float) -> None:
    axis.axhline(bound_s, color="#888888", linewidth=1, linestyle=":")
    axis.annotate(
        f"bound {bound_s:g} s",
        (0.5, bound_s),
        xycoords=("axes fraction", "data"),
        ha="center",
        va="bottom",
        fontsize=8,
        color="#666666",
    )


def _scale(axis: Any, report: BenchReport) -> None:
    """Scale the axis: seconds from zero; logarithmic when a baseline would flatten the product."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    spreads = [spread(run.figures) for run in report.runs for _, spread in PANELS]
    values = [value for s in spreads for value in (s.p50, s.p95) if value is not None]
    if not values or min(values) <= 0 or max(values) < WIDE * min(values):
        axis.set_ylabel("latency, seconds")
        axis.set_ylim(bottom=min([0.0, *values]))
        return
    axis.set_yscale("log")
    axis.set_ylabel("latency, seconds (logarithmic)")
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.yaxis.set_minor_formatter(NullFormatter())


def _draw(
    axis: Any, report: BenchReport, variant: str, spread: Callable[[Figures], Spread]
) -> None:
    runs = report.of(variant)
    for which, style in (("p50", "-"), ("p95", "--")):
        points = [(run.sessions, getattr(spread(run.figures), which)) for run in runs]
        points = [(sessions, value) for sessions, value in points if value is not None]
        if points:
            axis.plot(
                *zip(*points, strict=True),
                linestyle=style,
                marker="o",
                markersize=4,
                color=COLOURS[variant],
                label=f"{variant}, {which}",
            )

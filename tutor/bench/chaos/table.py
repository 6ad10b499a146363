"""The report of `tutor chaos` as a table for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tutor.bench.chaos.report import ChaosReport, Trial
from tutor.bench.table import describe
from tutor.core.chaos.outcome import Outcome

COLUMNS = (
    "faults",
    "utterances",
    "lost",
    "doubled",
    "differing",
    "told to have failed",
    "told to have no scores",
    "broken promises",
    "worst recovery, s",
)


def show_chaos(report: ChaosReport, console: Console) -> None:
    """Print the table and, of each fault that was not held, what happened."""
    table = Table(title=f"{len(report.trials)} faults, seed {report.options.seed}")
    table.add_column("kind of fault", no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right")
    for kind, trials in report.of_kinds().items():
        table.add_row(kind, *_row(trials))
    table.add_section()
    table.add_row("all", *_row(report.trials))
    console.print(describe(report.machine))
    console.print(table)
    console.print(f"{report.took_s:.0f} s; {'all held' if report.is_held else 'NOT held'}")
    if report.ended:
        console.print(
            Text(
                f"ended after {len(report.trials)} of {report.options.faults} faults: "
                f"{report.ended}; {sum(trial.waited_for for trial in report.trials)} files and "
                "texts were not waited for",
                "yellow",
            )
        )
    for trial in report.trials:
        for remark in () if trial.is_held else (*trial.broken, *trial.remarks):
            console.print(Text(f"{trial.number} {trial.part} {trial.means}: {remark}", "red"))


def _row(trials: Sequence[Trial]) -> list[str]:
    def total(*outcomes: Outcome) -> int:
        return sum(trial.count(*outcomes) for trial in trials)

    return [
        str(len(trials)),
        str(sum(trial.total for trial in trials)),
        str(total(Outcome.LOST)),
        str(total(Outcome.DOUBLED)),
        str(total(Outcome.DIFFERING)),
        str(total(Outcome.FAILED)),
        str(sum(trial.unscored for trial in trials)),
        str(sum(len(trial.broken) + trial.unanswered for trial in trials)),
        f"{max((trial.recovered_s for trial in trials), default=0.0):.1f}",
    ]

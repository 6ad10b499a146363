import io
from dataclasses import replace

import pytest
from rich.console import Console

from tutor.bench.chaos import ChaosOptions, ChaosReport
from tutor.bench.chaos.report import Trial
from tutor.bench.chaos.table import show_chaos
from tutor.bench.figures import Machine

TRIAL = Trial(1, "gateway", "kill", 2.5, 0.0, {"whole": 6}, 0, (), 4.2)

MACHINE = Machine("2026-11-30T12:00:00+00:00", "a CPU", 2, "3.11", "0.2.0")


def report(*trials: Trial) -> ChaosReport:
    """A report of these faults."""
    return ChaosReport(ChaosOptions(), MACHINE, 600.0, trials)


@pytest.mark.parametrize(
    ("change", "is_held"),
    [
        ({}, True),
        ({"outcomes": {"whole": 5, "lost": 1}}, False),
        ({"outcomes": {"whole": 5, "doubled": 1}}, False),
        ({"outcomes": {"whole": 5, "differing": 1}}, False),
        ({"outcomes": {"whole": 5, "failed": 1}}, False),
        ({"outcomes": {"whole": 5, "failed": 1}, "part": "store"}, True),
        ({"outcomes": {"whole": 5, "failed": 1}, "part": "store", "means": "cut"}, False),
        ({"outcomes": {"whole": 5, "failed": 1}, "part": "store", "means": "long stall"}, False),
        ({"unscored": 1}, True),
        ({"hurt": 0}, False),
        ({"outcomes": {"whole": 5, "lost": 1}, "part": "store"}, False),
        ({"broken": ("closed with 1013",)}, False),
        ({"unanswered": 1}, False),
    ],
)
def test_what_is_promised_is_held_or_not(change: dict[str, object], is_held: bool) -> None:
    """What was being said may fail with the store, and its speaker is told; nothing else."""
    assert report(TRIAL, replace(TRIAL, **change)).is_held is is_held  # type: ignore[arg-type]


def test_a_run_that_did_not_come_to_its_end_says_so() -> None:
    """How far it came, why, and what nobody waited for; a product that stays away has failed."""
    told = replace(report(replace(TRIAL, waited_for=2)), ended="it is not ready", is_back=False)
    out = io.StringIO()
    show_chaos(told, Console(file=out, width=200))
    assert "ended after 1 of 60 faults: it is not ready; 2 files and texts" in out.getvalue()
    assert not told.is_held
    assert replace(told, is_back=True).is_held


def test_a_report_is_itself_as_json() -> None:
    """With all of its faults."""
    whole = report(TRIAL, replace(TRIAL, number=2, remarks=("market: lost ''",)))
    assert ChaosReport.from_json(whole.to_json()) == whole


def test_the_table_has_a_line_for_each_kind_and_says_what_was_not_held() -> None:
    """With the sums, and the worst recovery."""
    lost = replace(TRIAL, number=3, outcomes={"whole": 5, "lost": 1}, remarks=("market: lost",))
    lost = replace(lost, unscored=1)
    out = io.StringIO()
    show_chaos(
        report(TRIAL, replace(TRIAL, number=2, recovered_s=9.0), replace(lost, part="asr")),
        Console(file=out, width=160),
    )
    lines = [" ".join(line.replace("│", " ").split()) for line in out.getvalue().splitlines()]
    assert "gateway: kill 2 12 0 0 0 0 0 0 9.0" in lines
    assert "asr: kill 1 6 1 0 0 0 1 0 4.2" in lines
    assert "all 3 18 1 0 0 0 1 0 9.0" in lines
    assert "3 asr kill: market: lost" in lines
    assert "600 s; NOT held" in lines

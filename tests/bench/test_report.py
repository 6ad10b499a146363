import pytest

from tutor.bench import BenchError, BenchOptions, BenchReport, OverheadOptions, OverheadReport
from tutor.bench.figures import (
    Cost,
    Decodes,
    Figures,
    FrameCost,
    Idle,
    Load,
    Machine,
    Memory,
    PartCost,
    Run,
    Speaking,
    Spread,
    WordErrors,
)


def run(variant: str, sessions: int, p95: float, errors: dict[str, int] | None = None) -> Run:
    """A measurement with one p95."""
    some = Spread(5, p95 / 2, p95, p95, p95)
    return Run(
        variant,
        sessions,
        Figures(
            recordings=1,
            utterances=1,
            audio_s=4.0,
            speech_s=2.0,
            unheard_s=0.0,
            first_partial=some,
            without_partial=0,
            word=Spread(),
            final=some,
            final_beyond_silence=some,
            feedback=some,
            wer=WordErrors(10, 1, 1, 0),
            final_words=10,
            partials=6,
            committed_flicker=0,
            tentative_flicker=2,
            committed_revised=0,
            unsettled=0,
            errors=errors or {},
            latest_frame_s=0.001,
        ),
        Cost({"all": PartCost(0.5, Memory(300.0, 200.0))}),
        {"final": Decodes(1, 0.2)},
        Load(2, 0.5, 0.1, 0.0),
    )


MACHINE = Machine("2026-01-01T00:00:00+00:00", "a CPU", 2, "3.11", "0.1.0")


def test_capacity_is_the_largest_number_up_to_which_all_hold() -> None:
    """A number over the bound, or with an error, ends it; what comes after does not count."""
    product = [run("product", n, p95) for n, p95 in ((1, 0.6), (2, 0.9), (4, 1.3), (6, 1.1))]
    report = BenchReport(BenchOptions(), MACHINE, (*product, run("baseline", 1, 2.0)))
    assert report.capacity("product") == 2
    assert report.capacity("baseline") == 0
    failing = BenchReport(BenchOptions(), MACHINE, (run("product", 1, 0.6, {"busy": 1}),))
    assert failing.capacity("product") == 0
    assert [(a.sessions, b.variant) for a, b in report.ratios()] == [(1, "baseline")]


def test_a_report_survives_json() -> None:
    """What is written is read back equal; anything else is refused."""
    report = BenchReport(
        BenchOptions(data="x", sessions=(1, 2), settings={"model": "base"}),
        MACHINE,
        (run("product", 1, 0.6), run("baseline", 1, 2.0)),
    )
    assert BenchReport.from_json(report.to_json()) == report
    with pytest.raises(ValueError, match="BenchReport"):
        BenchReport.from_json('{"runs": []}')


def test_an_overhead_report_survives_json() -> None:
    """What is written is read back equal."""
    report = OverheadReport(
        OverheadOptions(),
        MACHINE,
        Spread(1, 0.01, 0.01, 0.01, 0.01),
        Spread(),
        {"commit → enqueued": Spread()},
        FrameCost(1000, 2.0, 0.5),
        Speaking(8, 15.0, {"gateway": 0.01}, 120.0),
        Idle(500, 30.0, 0.02, 0.001),
        Load(2, 0.5, 0.1, 0.0),
    )
    assert OverheadReport.from_json(report.to_json()) == report
    assert report.frames.per_core_second == 2000


def test_files_are_set_beside_the_same_sessions_without() -> None:
    """`--batch-load`: each number of sessions with and without them, and the ratio."""
    runs = (run("product", 1, 0.6), run("with files", 1, 0.66), run("product", 2, 0.9))
    report = BenchReport(BenchOptions(batch_load=2), MACHINE, runs)
    ((loaded, alone),) = report.loaded_ratios()
    assert (loaded.figures.final.p95, alone.figures.final.p95) == (0.66, 0.6)
    with pytest.raises(BenchError, match="batch-load"):
        BenchOptions(batch_load=-1)

from pathlib import Path

import pytest

from tests.support.command import bench
from tests.support.invoke import command
from tests.support.speech import SPEECH
from tutor.bench import BenchReport, OverheadOptions, OverheadReport, run_overhead


def test_bench_measures_a_server_of_its_own(tmp_path: Path) -> None:
    """`tutor bench` starts a server, plays recordings into it, and writes table, JSON and plot."""
    report, plot = tmp_path / "report.json", tmp_path / "plot.svg"
    done = bench(
        *("--data", str(SPEECH), "--sessions", "1,2", "--utterances", "1"),
        *("--set", "recogniser=instant", "--set", "feedback=false", "--set", "asr_processes=1"),
        *("--json", str(report), "--plot", str(plot)),
    )
    assert done.returncode == 0, done.stderr
    found = BenchReport.from_json(report.read_text())
    assert [(run.variant, run.sessions) for run in found.runs] == [("product", 1), ("product", 2)]
    for run in found.runs:
        figures = run.figures
        assert figures.recordings == figures.utterances == run.sessions
        assert figures.unsettled == figures.committed_flicker == 0
        assert not figures.errors
        assert figures.final.p50 is not None
        assert figures.final.p50 > 0.45  # the endpoint silence is part of it
        assert run.decodes["final"].count == run.sessions
        assert run.cost is not None
        assert {"all", "asr", "gateway", "store"} <= set(run.cost.parts)
        assert run.cost.parts["gateway"].cpu_s_per_audio_s > 0
        assert run.cost.parts["asr"].peak.rss_mib > 10
    assert "final after end of speech, p95" in done.stdout
    assert "sessions at once" in done.stdout
    assert plot.read_text().startswith("<?xml")


def test_overhead_measures_what_is_not_recognition() -> None:
    """Commits, hops, frames, speaking and idle sessions each give figures that can be true."""
    options = OverheadOptions(
        finals=10,
        frames=800,
        speakers=2,
        speaking_s=3.0,
        idle=30,
        idle_s=1.0,
        settings={"feedback": "false", "asr_processes": "1"},
    )
    report = run_overhead(options)
    assert report.final.count == report.partial.count == 10
    assert report.final.p50 is not None
    assert report.final.p50 > 0
    assert len(report.hops) == 7
    assert sum(hop.p50 or 0.0 for hop in report.hops.values()) > 0
    assert report.frames.frames == 800
    assert report.frames.gateway_cpu_s > 0
    assert report.speaking.cores_each["gateway"] > 0
    assert report.idle.sockets == 30
    assert OverheadReport.from_json(report.to_json()) == report


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--url", "http://127.0.0.1:9"], "no server at http://127.0.0.1:9"),
        (["--data", "nowhere"], "nowhere: there is no manifest.json"),
        (["--sessions", "many"], "whole numbers"),
        (["--baseline", "--url", "http://127.0.0.1:9"], "a baseline needs servers of its own"),
        (["--set", "model=/nowhere"], "the server did not start: "),
        (["--json", "/nowhere/report.json"], "there is no folder /nowhere"),
    ],
)
def test_bench_says_in_one_line_what_is_wrong(arguments: list[str], complaint: str) -> None:
    """A missing server, folder or model and a wrong option end the command with their name."""
    code, told = command("bench", *arguments)
    assert code == 1, told
    assert complaint in told
    assert told.count("\n") == 1

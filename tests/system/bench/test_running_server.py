import json
from pathlib import Path

from tests.support.command import bench
from tests.support.house import House
from tests.support.speech import SPEECH


def test_bench_plays_into_a_server_that_runs(lean: House, tmp_path: Path) -> None:
    """With `--url` it measures somebody else's server, without looking at its processes."""
    report = tmp_path / "report.json"
    done = bench(
        *("--url", lean.url, "--data", str(SPEECH), "--sessions", "1", "--utterances", "1"),
        *("--json", str(report)),
    )
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(report.read_text())["runs"]
    assert run["cost"] is None
    assert run["figures"]["wer"]["words"] > 0
    assert run["figures"]["final"]["p50"] > 0

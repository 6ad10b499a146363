"""`etc/bench/gpu_check.py` without a GPU: that it runs, what it measures, and that it says so."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.places import ROOT

pytestmark = pytest.mark.heavy


def test_the_program_for_a_gpu_runs_without_one() -> None:
    """A dry run goes through every measurement but the product's with a tiny model of random
    weights, each a line of JSON that names its weights, and makes the same of a recording twice."""
    done = subprocess.run(
        [sys.executable, ROOT / "etc" / "bench" / "gpu_check.py", "facts", "equality", "--dry"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["measured"] for line in lines] == [
        "machine",
        "start",
        "start",
        "call",
        "call",
        "processes",
        "recognition",
        "recognition",
        "equality",
        "spectrogram",
        "spectrogram",
    ]
    calls = [line for line in lines if line["measured"] == "call"]
    assert [line["members"] for line in calls] == [1, 2]
    assert all(line["weights"] == "random tiny-random" for line in calls)
    assert all(line[part] > 0 for line in calls for part in ("mel_s", "encode_s", "decode_s"))
    (equality,) = [line for line in lines if line["measured"] == "equality"]
    assert equality["equal"] == equality["recordings"] == 1

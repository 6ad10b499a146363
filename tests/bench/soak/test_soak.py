"""What a soak calls held, and what not."""

from __future__ import annotations

import os
from dataclasses import replace

import psutil
import pytest

from tutor.bench import SoakOptions, SoakReport
from tutor.bench.figures import Machine, Soaked
from tutor.bench.soak.soak import main_processes

PART = Soaked(2, 100.0, 101.0, 0.5, 20, 25)
REPORT = SoakReport(
    SoakOptions(30.0),
    Machine("2026-11-30T12:00:00+00:00", "a CPU", 2, "3.11", "0.2.0"),
    1800.0,
    700,
    0,
    {"recognition_failed": 3},
    {"asr": PART, "gateway": PART},
    {"throttle": 2},
    {},
    720,
)


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (REPORT, None),
        (replace(REPORT, unsettled=1), "1 utterances without exactly one terminal event"),
        (replace(REPORT, idle_lost=7), "7 idle sessions lost"),
        (replace(REPORT, forever={"audio": 2}), "2 keys without an end"),
        (
            replace(REPORT, parts={"asr": replace(PART, restarts=2), "gateway": PART}),
            "2 processes started anew",
        ),
    ],
)
def test_what_may_not_be_whatever_the_load(found: SoakReport, fault: str | None) -> None:
    """A leak goes with the process that had it: who was started anew proves nothing."""
    assert found.faults == ([] if fault is None else [fault])
    assert SoakReport.from_json(found.to_json()) == found


def test_the_main_process_of_a_part_is_its_first() -> None:
    """Processes of a pool come and go by themselves."""
    own, init = psutil.Process(os.getpid()), psutil.Process(1)
    assert main_processes([("asr", own), ("asr", init), ("store", init)]) == {
        "asr": own.pid,
        "store": 1,
    }

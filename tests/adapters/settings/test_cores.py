import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.places import ROOT
from tutor.adapters.settings import Settings, cores
from tutor.adapters.settings.cores import usable_cores

ASKS = "os.cpu_count("


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine of 96 cores on which this process may run everywhere."""
    monkeypatch.setattr(os, "cpu_count", lambda: 96)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(96)), raising=False)


def group(folder: Path, membership: str, files: dict[str, str]) -> tuple[Path, Path]:
    """Control groups with these files, and the membership of this process."""
    for name, text in files.items():
        path = folder / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "membership").write_text(membership)
    return folder / "groups", folder / "membership"


@pytest.mark.parametrize(
    ("membership", "files", "count"),
    [
        ("0::/\n", {"cpu.max": "400000 100000\n"}, 4),
        ("0::/\n", {"cpu.max": "max 100000\n"}, 96),
        ("0::/\n", {"cpu.max": "250000 100000\n"}, 2),
        ("0::/\n", {"cpu.max": "50000 100000\n"}, 1),
        ("0::/a/b\n", {"a/cpu.max": "300000 100000", "a/b/cpu.max": "max 100000"}, 3),
        ("0::/a/b\n", {"a/cpu.max": "800000 100000", "a/b/cpu.max": "200000 100000"}, 2),
        ("0::/host/slice\n", {"cpu.max": "400000 100000\n"}, 4),
        ("0::/\n", {"cpu.max": "what is this\n"}, 96),
        (
            "5:cpu,cpuacct:/docker/c\n",
            {"cpu,cpuacct/cpu.cfs_quota_us": "600000", "cpu,cpuacct/cpu.cfs_period_us": "100000"},
            6,
        ),
        ("5:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 96),
        ("3:cpuset:/\n0::/\n", {}, 96),
    ],
)
def test_a_container_has_the_cores_that_it_is_given(
    tmp_path: Path, membership: str, files: dict[str, str], count: int
) -> None:
    """The least quota of the groups above decides, of whichever version, not the host's cores."""
    assert usable_cores(*group(tmp_path, membership, files)) == count


def test_a_machine_without_control_groups_has_those_it_may_run_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`taskset` and cpusets count, too."""
    nowhere = tmp_path / "none"
    assert usable_cores(nowhere, nowhere) == 96
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7})
    assert usable_cores(nowhere, nowhere) == 3


def test_processes_and_threads_follow_the_quota(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four cores of a large host start four recognisers of one thread, not eight of twelve; voices
    and assessments follow, too."""
    groups, membership = group(tmp_path, "0::/\n", {"cpu.max": "400000 100000\n"})
    monkeypatch.setattr(cores, "CGROUPS", groups)
    monkeypatch.setattr(cores, "MEMBERSHIP", membership)
    settings = Settings.load()
    assert (settings.processes, settings.threads) == (4, 1)
    assert settings.clauses_at_once <= 4
    assert settings.assessments_at_once <= 4


def test_nobody_counts_the_machines_cores() -> None:
    """`os.cpu_count` is asked in one place, for where Linux's answers are not to be had."""
    asking = [path.name for path in (ROOT / "tutor").rglob("*.py") if ASKS in path.read_text()]
    assert asking == ["cores.py"]


@pytest.mark.skipif(not hasattr(os, "SCHED_IDLE"), reason="Linux has this call")
def test_the_affinity_of_a_real_process_counts() -> None:
    """A process that may run on one core only has one."""
    program = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
        "from tutor.adapters.settings.cores import usable_cores; print(usable_cores())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert told == "1\n"

import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from tests.support.house import LEAN, served, wait_until
from tests.support.recordings import DONE_S, post, result, state
from tests.support.speech import plain
from tests.support.uploads import flac, spoken_together


def test_a_job_survives_the_death_of_every_process(tmp_path: Path) -> None:
    """SIGKILL of the whole tree in the middle of a job: the next one finishes it.

    What was recognised before is not recognised again.
    """
    audio, text = spoken_together([1.2] * 6, ["market.flac", "weather.flac", "train.flac"])
    with served(tmp_path, **LEAN) as house:
        job = post(house.url, flac(audio), language="en")["id"]
        wait_until(lambda: state(house.url, job)["progress"] > 0.2, DONE_S, house.log)
        tree = [house.process.pid, *_pids(house.process.pid)]
        for pid in tree:
            with suppress(ProcessLookupError):  # those that went with the supervisor
                os.kill(pid, signal.SIGKILL)
        house.process.wait()
        before = recognised(house.log, job)
    with served(tmp_path, **LEAN) as house:
        assert plain(result(house, job)["text"]) == plain(text)
        after = recognised(house.log, job)
    assert len(before) >= 1
    assert len(before | after) == 6
    assert len(before & after) <= 2  # what was just being recognised


def _pids(root: int) -> list[int]:
    return [child.pid for child in psutil.Process(root).children(recursive=True)]


def recognised(log: Path, job: str) -> set[str]:
    """The pieces of a job that a worker says to have recognised."""
    lines = [line for line in log.read_text().splitlines() if f"file-{job}-" in line]
    return {line.split("/")[1].split(".")[0] for line in lines if " ok " in line}

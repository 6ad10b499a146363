from pathlib import Path

import pytest

from tests.support.house import LEAN, served
from tutor.bench.chaos import ChaosOptions, run_chaos

pytestmark = pytest.mark.timeout(600)


def test_ten_faults_lose_nothing(tmp_path: Path) -> None:
    """Kills, stalls and cuts of the parts that every word passes, at moments of chance: each
    utterance has one terminal event and the words of an undisturbed run, but for those that died
    with the store, of which their speakers are told.

    A word of the instant recogniser is 0.4 s of audio: what is lost or doubled shows in the text.
    """
    with served(tmp_path, **LEAN, recogniser="instant") as house:
        report = run_chaos(
            ChaosOptions(
                faults=10,
                seed=1299,  # among them the death of each part, and a long stall
                learners=2,
                sentences=1,
                different=2,
                errands=False,
                parts=("gateway", "asr", "store", "line"),
                url=house.url,
                pid=house.process.pid,
            )
        )
    assert len(report.trials) == 10
    assert report.is_held, [(one.part, one.means, one.remarks) for one in report.trials]
    assert sum(trial.outcomes.get("whole", 0) for trial in report.trials) >= 16

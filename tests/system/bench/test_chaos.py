from tests.support.house import House
from tutor.bench.chaos import ChaosOptions, run_chaos


def test_ten_faults_lose_nothing(house: House) -> None:
    """Kills, stalls and cuts of the parts that every word passes, at moments of chance: each
    utterance has one terminal event and the words of an undisturbed run, but for those that died
    with the store, of which their speakers are told."""
    report = run_chaos(
        ChaosOptions(
            faults=10,
            seed=1299,  # among them the death of each part, and a long stall
            learners=2,
            sentences=1,
            different=2,
            parts=("gateway", "asr", "store", "line"),
            url=house.url,
            pid=house.process.pid,
        )
    )
    assert len(report.trials) == 10
    assert report.is_held, [(one.part, one.means, one.remarks) for one in report.trials]
    assert sum(trial.outcomes.get("whole", 0) for trial in report.trials) >= 16

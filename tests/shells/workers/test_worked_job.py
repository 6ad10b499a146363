from dataclasses import replace

from tests.support.series import MOST_SERIES, series
from tests.support.watched import HEARD, PARTIAL
from tutor.adapters.settings import Settings
from tutor.adapters.store.client import open_blocking_store
from tutor.shells.workers.worked_job import WorkerWatch


def test_no_job_can_make_up_a_series_of_a_worker(store: Settings) -> None:
    """Whatever sessions and utterances a worker meets, its series stay the same."""
    watch = WorkerWatch()
    connection = open_blocking_store(store.redis_url)

    def flood(jobs: int) -> int:
        for number in range(jobs):
            job = replace(PARTIAL, session=f"s{number}", utterance=f"u{number}", language="xx")
            with watch.task(job, {"queued_at": 1.0}) as task:
                task.post(connection, replace(HEARD, session=job.session, utterance=job.utterance))
        return series(watch.metrics.registry)

    assert flood(2) == flood(100) <= MOST_SERIES

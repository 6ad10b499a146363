from dataclasses import replace

import pytest

from tests.support.series import MOST_SERIES, series
from tests.support.watched import HEARD, PARTIAL
from tutor.adapters.settings import Settings
from tutor.adapters.store.client import open_blocking_store
from tutor.core.audio.recognition import Recognition
from tutor.core.queue.jobs import AssessmentJob, AssessmentResult, Piece
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


def test_a_joined_sentence_is_as_long_as_all_its_pieces(store: Settings) -> None:
    """Its worker assesses them with the silence between: audio and real-time factor count that,
    not the last piece alone."""
    watch = WorkerWatch()
    second = 32_000
    job = AssessmentJob(
        "s",
        "u2",
        1,
        second,
        Recognition("I went home.", "en"),
        before=(Piece("u1", 0, 2 * second),),
        offset_bytes=4 * second,
    )
    with watch.task(job, {}) as task:
        found = AssessmentResult("s", "u2", 1, "ok", assess_s=0.5)
        task.post(open_blocking_store(store.redis_url), found)
    told = watch.metrics.registry.get_sample_value
    labels = {"kind": "assessment"}
    assert told("tutor_worker_audio_seconds_total", labels) == 5.0
    assert told("tutor_real_time_factor_sum", labels) == pytest.approx(0.1)

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.house import SOON_S, wait_until
from tests.support.speech import SPEECH, silence, spoken
from tests.support.uploads import (
    FilesWorker,
    failed,
    flac,
    recognising,
    spoken_together,
    understood,
)
from tutor.adapters.settings import Settings
from tutor.adapters.sql.accounts import Accounts
from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.store import keys
from tutor.adapters.store.pieces import note_taker
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import RATE
from tutor.core.queue.jobs import RecognitionJob, RecognitionResult
from tutor.core.text.expected import Expected
from tutor.shells.workers.file_job import FileJob
from tutor.shells.workers.files import MOST_RUNS, work_on

pytestmark = pytest.mark.heavy

SHORT = ["two_words.flac", "weather.flac", "market.flac"]

MANY, _ = spoken_together([1.2] * 8, SHORT)
"""Eight pieces, each a sentence."""


@pytest.fixture
def worker(store: Settings, tmp_path: Path) -> Iterator[FilesWorker]:
    """A files worker with an empty database."""
    worker = FilesWorker(store.model_copy(update={"data_dir": tmp_path, "batch_timeout_s": 4.0}))
    worker.redis.flushall()
    yield worker
    worker.database.close()


def texts(row: JobRow) -> list[str]:
    """The pieces' texts in the result."""
    assert row.result is not None, (row.state, row.error, row.detail)
    return str(row.result["transcript"]["text"]).split()


def ended(worker: FilesWorker) -> dict[str, float]:
    """The jobs in its metrics by how they ended."""
    (tasks,) = worker.tools.metrics.tasks.collect()
    samples = [sample for sample in tasks.samples if sample.name.endswith("_total")]
    return {sample.labels["outcome"]: sample.value for sample in samples}


def test_pieces_come_back_in_order_and_nothing_is_left(worker: FilesWorker) -> None:
    """Whatever order they were recognised in; the file and Redis are empty afterwards."""
    held: list[RecognitionJob] = []

    def backwards(job: RecognitionJob, pcm: bytes | None) -> RecognitionResult:
        held.append(job)
        time.sleep(0.05 if len(held) % 2 else 0)
        return understood(job, pcm)

    job = worker.add(flac(MANY))
    with recognising(worker.settings, backwards):
        row = worker.work(job)
    assert row.state == "done"
    assert [text.partition(":")[0] for text in texts(row)] == [f"p{n}" for n in range(8)]
    assert row.duration_s == pytest.approx(len(MANY) / RATE, abs=0.001)
    assert row.progress == 1.0
    assert ended(worker) == {"ok": 1}
    assert list(worker.jobs.upload(job)) == []
    assert worker.left() == []


def test_only_a_few_pieces_are_in_redis_at_once(worker: FilesWorker) -> None:
    """However long a file is, it takes no more of Redis than the setting says."""
    most = 0

    def there() -> int:
        return len([key for key in worker.left() if ":audio:" in key])

    def counting(job: RecognitionJob, pcm: bytes | None) -> RecognitionResult:
        nonlocal most
        if job.utterance < "p7":  # behind the last there is no other
            wait_until(lambda: there() >= 2, SOON_S)
        time.sleep(0.05)  # for one too many
        most = max(most, there())
        return understood(job, pcm)

    worker.tools = replace(
        worker.tools,
        settings=worker.settings.model_copy(
            update={"pieces_in_flight": 2, "batch_timeout_s": SOON_S}
        ),
    )
    with recognising(worker.settings, counting):
        assert worker.work(worker.add(flac(MANY))).state == "done"
    assert most == 2


def test_pieces_go_behind_whoever_speaks_now(worker: FilesWorker) -> None:
    """Every piece is a job for `asr.batch`, final, exact, and marked as part of a file."""
    with recognising(worker.settings) as batch:
        worker.work(worker.add(flac(spoken("market.flac"))))
    (job,) = batch.seen
    assert (job.batch, job.kind, job.language) == (True, "final", "en")


def test_the_language_is_found_once(worker: FilesWorker) -> None:
    """With `auto` the first piece that is understood decides for the rest of the file."""

    def found(job: RecognitionJob, pcm: bytes | None) -> RecognitionResult:
        result = understood(job, pcm)
        heard = Recognition("" if job.utterance == "p0" else "слово", "ru")
        return replace(result, recognition=heard)

    audio, _ = spoken_together([1.2] * 4, SHORT)
    with recognising(worker.settings, found) as batch:
        row = worker.work(worker.add(flac(audio), "auto"))
    assert [job.language for job in batch.seen] == ["auto", "auto", "ru", "ru"]
    assert row.result is not None
    assert row.result["transcript"]["language"] == "ru"


def test_a_lost_piece_is_sent_again(worker: FilesWorker) -> None:
    """A piece whose audio Redis lost, or that no worker answers, is recognised in the end."""

    def losing(job: RecognitionJob, pcm: bytes | None) -> RecognitionResult | None:
        if job.attempt == 1 and job.utterance == "p0":
            worker.redis.delete(*worker.redis.keys("tutor:audio:*p0"))
            return None
        if job.attempt == 1 and job.utterance == "p1":
            return None  # its audio stays: only time tells
        return understood(job, pcm)

    audio, _ = spoken_together([1.2] * 3, SHORT)
    with recognising(worker.settings, losing) as batch:
        row = worker.work(worker.add(flac(audio)))
    assert len(texts(row)) == 3
    assert sorted((job.utterance, job.attempt) for job in batch.seen) == [
        ("p0", 1),
        ("p0", 2),
        ("p1", 1),
        ("p1", 2),
        ("p2", 1),
    ]


def test_a_piece_whose_worker_died_is_sent_again_soon(worker: FilesWorker) -> None:
    """Long before the time is over in which any piece would have come back."""
    died = keys.worker("batch", "died")

    def dying(job: RecognitionJob, pcm: bytes | None) -> RecognitionResult | None:
        if job.attempt > 1:
            return understood(job, pcm)
        note_taker(worker.redis, job, died)
        worker.redis.set(died, "", px=300)
        return None

    with recognising(_patient(worker), dying) as batch:
        row = worker.work(worker.add(flac(spoken("market.flac"))))
    assert row.state == "done"
    assert [job.attempt for job in batch.seen] == [1, 2]
    assert worker.left() == []


def test_a_worker_that_lives_is_waited_for(worker: FilesWorker) -> None:
    """However long it takes, and also when its sign of life was late once."""
    slow = keys.worker("batch", "slow")

    def taking(job: RecognitionJob, pcm: bytes | None) -> RecognitionResult | None:
        note_taker(worker.redis, job, slow)
        time.sleep(1.1)  # its key is not there yet
        worker.redis.set(slow, "")
        time.sleep(3)
        return understood(job, pcm)

    with recognising(_patient(worker, lease_s=4), taking) as batch:
        assert worker.work(worker.add(flac(spoken("market.flac")))).state == "done"
    assert [job.attempt for job in batch.seen] == [1]


def test_a_recordings_language_is_looked_for_among_what_is_taught(worker: FilesWorker) -> None:
    """Every job says so to its recogniser: OpenAI's clients seldom name one."""
    with recognising(worker.settings, understood) as batch:
        worker.work(worker.add(flac(spoken("market.flac")), "auto"))
    (job,) = batch.seen
    assert (job.language, job.expected) == ("auto", Expected(("de", "en", "es", "fr", "ru")))


def _patient(worker: FilesWorker, lease_s: float = 0.5) -> Settings:
    """Let only the lease tell that a piece is lost."""
    more = {"batch_timeout_s": 600.0, "batch_lease_s": lease_s}
    worker.tools = replace(worker.tools, settings=worker.settings.model_copy(update=more))
    return worker.settings


def test_a_piece_that_cannot_be_recognised_fails_the_job(worker: FilesWorker) -> None:
    """After three attempts the job has failed, with a code that says why."""
    with recognising(worker.settings, failed) as batch:
        row = worker.work(worker.add(flac(spoken("market.flac"))))
    assert (row.state, row.error) == ("failed", "recognition_failed")
    assert ended(worker) == {"failed": 1}
    assert [job.attempt for job in batch.seen] == [1, 2, 3]


def test_finished_pieces_are_not_recognised_again(worker: FilesWorker) -> None:
    """A worker dies in the middle; the next one goes on behind what is in the database."""
    job = worker.add(flac(MANY))
    first = worker.jobs.take(job, "lease", time.time())
    assert first is not None

    def dying(task: RecognitionJob, pcm: bytes | None) -> RecognitionResult | None:
        return understood(task, pcm) if task.utterance < "p5" else None

    with recognising(worker.settings, dying):
        runner = threading.Thread(target=FileJob(first, worker.tools).run, daemon=True)
        runner.start()
        wait_until(lambda: len(worker.jobs.pieces(job)) == 5, SOON_S)
        worker.stopping.set()
        runner.join(SOON_S)
    assert worker.row(job).state == "queued"
    worker.stopping.clear()
    worker.redis.flushall()  # as an embedded Valkey that was killed
    with recognising(worker.settings) as batch:
        row = worker.work(job)
    assert {task.utterance for task in batch.seen} == {f"p{n}" for n in range(5, 8)}
    assert [text.partition(":")[0] for text in texts(row)] == [f"p{n}" for n in range(8)]


def test_two_workers_never_work_on_the_same_job(worker: FilesWorker) -> None:
    """Whoever holds the lease has it, until it runs out."""
    job, now = worker.add(b"x"), time.time()
    assert worker.jobs.take(job, "a", now)
    assert worker.jobs.take(job, "b", now + 1) is None
    assert worker.jobs.renew(job, "a", now + 10)
    assert worker.jobs.take(job, "b", now + 20) is None
    assert worker.jobs.take(job, "b", now + 30)
    assert not worker.jobs.renew(job, "a", now + 31)
    assert not worker.jobs.finish(job, "a", "done", now + 31)


def test_a_file_that_kills_its_workers_is_given_up(worker: FilesWorker) -> None:
    """After so many workers it is failed instead of killing another one."""
    job = worker.add(flac(spoken("market.flac")))
    now = time.time() - 1000
    for run in range(MOST_RUNS):
        assert worker.jobs.take(job, str(run), now + run * 100)
    row = worker.work(job)
    assert (row.state, row.error) == ("failed", "internal")


def test_a_deleted_job_stops_and_leaves_nothing(worker: FilesWorker) -> None:
    """Even what was just being recognised is gone in the end."""
    job = worker.add(flac(MANY))

    def slow(task: RecognitionJob, pcm: bytes | None) -> RecognitionResult:
        if task.utterance == "p3":
            worker.jobs.remove(job)
        return understood(task, pcm)

    with recognising(worker.settings, slow) as batch:
        work_on(job, worker.tools)
        assert worker.jobs.find(job) is None
        assert worker.jobs.pieces(job) == []
        assert worker.left() == []
    assert len(batch.seen) < 8


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (b"These are words, and no sound. " * 100, "not_audio"),
        ((SPEECH / "long.flac").read_bytes()[:20], "not_audio"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "not_audio"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "not_audio"),
    ],
)
def test_what_is_no_audio_is_told(worker: FilesWorker, file: bytes, error: str) -> None:
    """Text, a stub of a file, and playlists that name other files."""
    row = worker.work(worker.add(file))
    assert (row.state, row.error) == ("failed", error)
    assert row.detail


def test_silence_is_an_empty_transcript(worker: FilesWorker) -> None:
    """Nobody speaks: done, without a word, and no recogniser was asked."""
    with recognising(worker.settings) as batch:
        row = worker.work(worker.add(flac(silence(5))))
    assert texts(row) == []
    assert row.duration_s == 5.0
    assert batch.seen == []


def test_a_truncated_file_is_read_as_far_as_it_goes(worker: FilesWorker) -> None:
    """What is there is transcribed, and a warning says that it is not all."""
    whole = (SPEECH / "long.flac").read_bytes()
    with recognising(worker.settings):
        row = worker.work(worker.add(whole[: len(whole) // 2]))
    assert len(texts(row)) == 1
    assert row.result is not None
    assert row.result["transcript"]["warning"]
    assert row.duration_s is not None
    assert 2 < row.duration_s < 6


def test_a_recording_over_the_limit_is_refused(worker: FilesWorker) -> None:
    """TUTOR_MAX_AUDIO_S: by what the file says, before anything is recognised."""
    worker.tools = replace(
        worker.tools, settings=worker.settings.model_copy(update={"max_audio_s": 2.0})
    )
    row = worker.work(worker.add(flac(spoken("long.flac"))))
    assert (row.state, row.error) == ("failed", "audio_too_long")
    assert "2 s" in (row.detail or "")


def test_a_store_that_is_away_for_a_while_only_delays(worker: FilesWorker) -> None:
    """Everything in Redis is lost in the middle of a job: its pieces are sent again."""
    lost: list[Any] = []

    def losing(job: RecognitionJob, pcm: bytes | None) -> RecognitionResult | None:
        if job.utterance == "p2" and not lost:
            lost.append(worker.redis.flushall())
            return None
        return understood(job, pcm)

    audio, _ = spoken_together([1.2] * 4, SHORT)
    with recognising(worker.settings, losing):
        assert len(texts(worker.work(worker.add(flac(audio))))) == 4
    assert lost


def test_audio_is_counted_once_for_its_owner(worker: FilesWorker) -> None:
    """However often a job is taken up; what exceeds the quota is not recognised at all."""
    user = Accounts(worker.database, timedelta(days=1)).register("a@b.example", "x" * 12, "en")
    audio = flac(spoken("long.flac"))  # 7.8 s
    job = worker.add(audio, owner=user.id)
    row = worker.jobs.take(job, "lease", time.time())
    assert row is not None
    with recognising(worker.settings, lambda *_: None):
        runner = threading.Thread(target=FileJob(row, worker.tools).run, daemon=True)
        runner.start()
        wait_until(lambda: worker.row(job).charged_s > 0, SOON_S)
        worker.stopping.set()
        runner.join(SOON_S)
    worker.stopping.clear()
    with recognising(worker.settings):
        assert worker.work(job).state == "done"
    assert worker.tools.meter.used(user.id) == pytest.approx(7.8, abs=0.1)
    worker.tools = replace(
        worker.tools, settings=worker.settings.model_copy(update={"quota_free_s": 10.0})
    )
    with recognising(worker.settings) as batch:
        row = worker.work(worker.add(audio, owner=user.id))
    assert (row.state, row.error) == ("failed", "quota_exhausted")
    assert batch.seen == []
    assert worker.tools.meter.used(user.id) == pytest.approx(7.8, abs=0.1)

"""Recordings to upload, and a recogniser that answers as a test wants."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty
from typing import Any

import numpy as np

from tests.support.house import SOON_S
from tests.support.speech import TEXTS, silence, spoken
from tutor.adapters.coach.exercises import load_library
from tutor.adapters.settings import Settings
from tutor.adapters.speech.media import encode_flac
from tutor.adapters.speech.vad import Vad
from tutor.adapters.sql.database import open_database
from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.sql.jobs import JobTable
from tutor.adapters.sql.usage import Meter
from tutor.adapters.sql.webhooks import WebhookRow
from tutor.adapters.store import keys
from tutor.adapters.store.audio import read_audio
from tutor.adapters.store.broker.queue import JobQueue, make_celery
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.results import post_result
from tutor.adapters.webhook_sender import new_webhook_secret
from tutor.adapters.wire.practice import decode_job
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import Samples
from tutor.core.queue.jobs import RecognitionJob, RecognitionResult
from tutor.shells.workers.file_job import Tools
from tutor.shells.workers.files import work_on

SENTENCES = ["long.flac", "past_tense.flac", "train.flac", "weather.flac", "question.flac"]


def spoken_together(
    pauses_s: Sequence[float], names: Sequence[str] = SENTENCES
) -> tuple[Samples, str]:
    """Sentences, a pause behind each, and what they say; as many as there are pauses."""
    said = [names[n % len(names)] for n in range(len(pauses_s))]
    parts = [
        part for name, s in zip(said, pauses_s, strict=True) for part in (spoken(name), silence(s))
    ]
    return np.concatenate(parts), " ".join(TEXTS[name] for name in said)


def flac(audio: Samples) -> bytes:
    """A FLAC file."""
    return encode_flac(audio.tobytes())


SECRET = new_webhook_secret()
"""Signs all webhooks of tests."""

Answer = Callable[[RecognitionJob, bytes | None], RecognitionResult | None]


def understood(job: RecognitionJob, pcm: bytes | None) -> RecognitionResult:
    """A result that names the piece and how much of it there was; or that there was none."""
    if pcm is None:
        return _result(job, "audio_gone", None)
    text = f"{job.utterance}:{len(pcm)}"
    words = (RecognisedWord(text, 0.1, 0.5, 0.9),)
    return _result(job, "ok", Recognition(text, "en", words))


def failed(job: RecognitionJob, _: bytes | None) -> RecognitionResult:
    """A result that says that it did not work."""
    return _result(job, "failed", None)


def _result(
    job: RecognitionJob, outcome: Any, recognition: Recognition | None
) -> RecognitionResult:
    return RecognitionResult(
        job.session, job.utterance, job.kind, job.revision, job.attempt, outcome, 0, recognition
    )


class BatchWorker:
    """Takes what the queue `asr.batch` brings, and answers as told; None: not at all."""

    def __init__(self, settings: Settings, answer: Answer = understood) -> None:
        self.answer = answer
        self.seen: list[RecognitionJob] = []
        self._settings = settings
        self._store = open_blocking_store(settings.redis_url)
        self._stop = threading.Event()

    def run(self) -> None:
        """Answer until it is told to stop."""
        app = make_celery(self._settings)
        with app.connection_for_read() as connection:
            simple = connection.SimpleQueue(app.amqp.queues[keys.QUEUE_BATCH])
            while not self._stop.is_set():
                try:
                    message = simple.get(timeout=0.05)
                except Empty:
                    continue
                message.ack()
                self._receive(decode_job(RecognitionJob, message.payload[1]))
            simple.close()

    def _receive(self, job: RecognitionJob) -> None:
        self.seen.append(job)
        result = self.answer(job, read_audio(self._store, job))
        if result is not None:
            post_result(self._store, result)

    def stop(self) -> None:
        """Take nothing more."""
        self._stop.set()


@contextmanager
def recognising(settings: Settings, answer: Answer = understood) -> Iterator[BatchWorker]:
    """Such a worker while the block lasts."""
    worker = BatchWorker(settings, answer)
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    yield worker
    worker.stop()
    thread.join(SOON_S)


class FilesWorker:
    """A files worker without its queue: a test says when it takes which job."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = open_database(settings.database)
        self.jobs = JobTable(self.database)
        self.redis = open_blocking_store(settings.redis_url)
        self.stopping = threading.Event()
        self.tools = Tools(
            settings,
            self.jobs,
            JobQueue(settings),
            self.redis,
            Meter(self.database),
            Vad(),
            load_library(None),
            self.stopping,
        )

    def add(
        self,
        file: bytes,
        language: str = "en",
        owner: str | None = None,
        callback_url: str | None = None,
    ) -> str:
        """A queued job with this file."""
        now = time.time()
        row = JobRow(
            id=secrets.token_hex(16),
            owner=owner,
            purpose="job",
            state="queued",
            progress=0.0,
            parameters={"language": language, "prompt": "", "plan": "free"},
            filename="x",
            size=len(file),
            fingerprint="",
            charged_s=0.0,
            runs=0,
            lease_until=0.0,
            dispatched_at=0.0,
            created_at=now,
            updated_at=now,
            expires_at=now + 1000,
        )
        webhook = WebhookRow(
            job=row.id, url=callback_url, secret=SECRET, state="waiting", tries=0, next_at=0.0
        )
        self.jobs.add(row, [file], 1000, [webhook] if callback_url else [])
        return row.id

    def work(self, job: str) -> JobRow:
        """Work on a job to its end; the job as it is then."""
        work_on(job, self.tools)
        return self.row(job)

    def row(self, job: str) -> JobRow:
        """The job as it is."""
        row = self.jobs.find(job)
        assert row is not None
        return row

    def left(self) -> list[str]:
        """What of jobs is in Redis."""
        return [key.decode() for key in self.redis.scan_iter("tutor:*file-*")]

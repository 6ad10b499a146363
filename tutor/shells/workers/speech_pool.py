"""The worker for speech: its task, and the pool that runs it."""

from __future__ import annotations

import logging

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.consumer import Consumer, Fields, Headers
from tutor.adapters.wire.practice import decode_job
from tutor.core.queue.jobs import SpeechJob
from tutor.shells.one_store import require_one_store
from tutor.shells.workers.running import open_watch, run_consumer
from tutor.shells.workers.speech import SpeechWorker, load_speech_worker

log = logging.getLogger(__name__)


def run_speech_worker(settings: Settings) -> None:
    """Run the worker for `speech` until it is stopped: threads, which share the resident voices.

    Raises:
        SettingsError: no Redis is named.
        VoiceError: a voice cannot be loaded.
    """
    require_one_store(settings)
    consumer = Consumer(settings)
    worker = load_speech_worker(settings, open_watch(settings, "speech"))
    _add_speak(consumer, worker)
    run_consumer(consumer, settings, [keys.QUEUE_SPEECH], "threads", settings.clauses_at_once)


def _add_speak(consumer: Consumer, worker: SpeechWorker) -> None:
    def speak(fields: Fields, headers: Headers) -> None:
        job = decode_job(SpeechJob, fields)
        with worker.watch.task(job, headers) as task:
            result = worker.speak(job, task)
            log.info(
                "speech  %s/%s %-10s %5.2f s of speech in %.2f s",
                job.session,
                job.utterance,
                result.outcome,
                result.audio_s,
                result.work_s,
            )

    def give_up(fields: Fields, headers: Headers) -> None:
        job = decode_job(SpeechJob, fields)
        worker.give_up(job, worker.watch.task(job, headers))

    consumer.add(keys.TASK_SPEAK, speak, give_up)

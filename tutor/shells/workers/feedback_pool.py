"""The worker for feedback: its tasks, and the pool that runs them."""

from __future__ import annotations

import logging

from tutor.adapters.settings import Settings
from tutor.adapters.speech.niceness import yield_cores
from tutor.adapters.store import keys
from tutor.adapters.store.broker.consumer import Consumer, Fields, Headers, when_stopped
from tutor.adapters.wire.practice import decode_job
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE
from tutor.core.queue.jobs import AssessmentJob, ReplyJob
from tutor.shells.one_store import require_one_store
from tutor.shells.workers.feedback import NICENESS, FeedbackWorker, load_feedback_worker
from tutor.shells.workers.running import open_watch, run_consumer

log = logging.getLogger(__name__)


def run_feedback_worker(settings: Settings) -> None:
    """Run the worker for `feedback` until it is stopped.

    Threads, because replies wait for another server most of the time; assessments among them take
    turns.

    Raises:
        SettingsError: no Redis is named.
        WeightsError: there is no usable model.
    """
    require_one_store(settings)
    yield_cores(NICENESS)
    consumer = Consumer(settings)
    worker = load_feedback_worker(settings, open_watch(settings, "feedback"))
    when_stopped(worker.close)
    _add_feedback(consumer, worker)
    run_consumer(consumer, settings, [keys.QUEUE_FEEDBACK], "threads", settings.feedback_pool)


def _add_feedback(consumer: Consumer, worker: FeedbackWorker) -> None:
    def assess(fields: Fields, headers: Headers) -> None:
        job = decode_job(AssessmentJob, fields)
        with worker.watch.task(job, headers) as task:
            result = worker.assess(job, task)
            log.info(
                "assess  %s/%s %-10s %5.2f s of audio in %.2f s",
                job.session,
                job.utterance,
                result.outcome,
                job.span_bytes / BYTES_PER_SAMPLE / RATE,
                result.assess_s,
            )

    def reply(fields: Fields, headers: Headers) -> None:
        job = decode_job(ReplyJob, fields)
        with worker.watch.task(job, headers) as task:
            whole = worker.reply(job, task)
            log.info("reply   %s/%s %s", job.session, job.utterance, "ok" if whole else "failed")

    def give_up_assessing(fields: Fields, headers: Headers) -> None:
        job = decode_job(AssessmentJob, fields)
        worker.give_up(job, worker.watch.task(job, headers))

    def give_up_replying(fields: Fields, headers: Headers) -> None:
        job = decode_job(ReplyJob, fields)
        worker.give_up(job, worker.watch.task(job, headers))

    consumer.add(keys.TASK_ASSESS, assess, give_up_assessing)
    consumer.add(keys.TASK_REPLY, reply, give_up_replying)

"""The workers that recognise: their task, and the pools that run it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.speech.device import batches
from tutor.adapters.speech.models.adapted import resolve_weights
from tutor.adapters.speech.niceness import yield_cores
from tutor.adapters.speech.whisper.loading import import_whisper, load_shared
from tutor.adapters.store import keys
from tutor.adapters.store.broker.consumer import (
    Consumer,
    Fields,
    Headers,
    in_each_child,
    when_ready,
)
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.pieces import note_taker
from tutor.adapters.store.workers import Announcement, own_key
from tutor.adapters.wire.practice import decode_job
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE
from tutor.core.queue.jobs import RecognitionJob
from tutor.shells.one_store import require_one_store
from tutor.shells.workers.recognition import AsrWorker, load_asr_worker
from tutor.shells.workers.running import leave_cores, open_watch, run_consumer

PARTIALS_NICENESS = 5
"""How nice a worker for partials is on a CPU: finals are waited for."""

log = logging.getLogger(__name__)


def run_asr_worker(settings: Settings) -> None:
    """Run the worker for `asr.live` until it is stopped; one that batches takes `asr.batch` too.

    Raises:
        SettingsError: no Redis is named.
        WeightsError: there is no usable model.
    """
    # Pieces of files take part where threads meet in a batch.
    _run_recogniser(settings, "asr", [keys.QUEUE_LIVE], [keys.QUEUE_BATCH])


def run_partials_worker(settings: Settings) -> None:
    """Run the worker for `asr.partials`, which hears partials alone with a smaller model.

    On a CPU it yields to the worker for finals, whose cores it shares.

    Raises:
        SettingsError: no Redis is named, or no model for partials.
        WeightsError: there is no usable model.
    """
    if not settings.partial_model:
        raise SettingsError("TUTOR_PARTIAL_MODEL is needed: the model that hears partials")
    if not batches(settings):
        yield_cores(PARTIALS_NICENESS)
    _run_recogniser(settings.for_partials, "partials", [keys.QUEUE_PARTIALS], [])


def _run_recogniser(settings: Settings, kind: str, queues: list[str], of_files: list[str]) -> None:
    require_one_store(settings)
    # Before anything starts, so that a missing or spoilt model is one clear line.
    model = resolve_weights(settings)
    consumer = Consumer(settings)
    if batches(settings):
        # Threads of one process meet in a batch; the batcher's own watchdog ends a stuck call.
        watch = open_watch(settings, kind)
        worker = load_asr_worker(settings, model, watch, batched=True, kind=kind)
        _add_recognise(consumer, settings, lambda: worker, own_key(kind))
        # Twice as many as meet: pieces of files must not hold every thread.
        run_consumer(consumer, settings, queues + of_files, "threads", 2 * settings.max_batch)
    else:
        # The only pool whose time limit kills a stuck call.
        resident = _resident(settings, model, kind)
        if settings.recogniser != "instant":
            import_whisper()  # once for all children
            load_shared(model)
        in_each_child(resident)  # after the fork: CUDA and OpenMP do not survive one
        _add_recognise(consumer, settings, resident, own_key(kind))
        run_consumer(consumer, settings, queues, "prefork", settings.processes)


def run_batch_worker(settings: Settings) -> None:
    """Run the worker for `asr.batch` on a CPU until it is stopped: it yields to everything else.

    It is ready at once; each of its processes loads the model when its first file comes, and is
    then a ready worker, too.

    Raises:
        SettingsError: no Redis is named.
        WeightsError: there is no usable model.
    """
    require_one_store(settings)
    model = resolve_weights(settings)
    leave_cores(settings)
    patient = settings.model_copy(update={"task_time_limit_s": settings.batch_timeout_s})
    consumer = Consumer(patient, keys.BATCH_UNACKED)
    one_thread = settings.model_copy(update={"asr_threads": 1})
    resident = _resident(one_thread, model, "batch")
    _add_recognise(consumer, settings, resident, own_key("batch"))
    store = open_blocking_store(settings.redis_url)
    when_ready(partial(Announcement, store, "batch", {"metrics": ""}))
    run_consumer(consumer, settings, [keys.QUEUE_BATCH], "prefork", settings.batch_size)


def _resident(settings: Settings, model: Path, kind: str) -> Callable[[], AsrWorker]:
    """A function that gives this process's worker, which loads the model with the first call."""

    @cache
    def load() -> AsrWorker:
        return load_asr_worker(settings, model, open_watch(settings, kind), kind=kind)

    return load


def _add_recognise(
    consumer: Consumer, settings: Settings, resident: Callable[[], AsrWorker], own: str
) -> None:
    """Add the task that recognises.

    `own`: the key of the worker, which holds its tasks; a pool's child works for its parent.
    """
    store = open_blocking_store(settings.redis_url)  # connects when it is used, in any process

    def recognise(fields: Fields, headers: Headers) -> None:
        job = decode_job(RecognitionJob, fields)
        if job.batch:
            note_taker(store, job, own)
        worker = resident()
        with worker.watch.task(job, headers) as task:
            result = worker.handle(job, task)
            log.info(
                "%-7s %s/%s.%d %-10s %5.2f s of audio in %.2f s",
                job.kind,
                job.session,
                job.utterance,
                job.revision,
                result.outcome,
                result.audio_bytes / BYTES_PER_SAMPLE / RATE,
                result.decode_s,
            )

    def give_up(fields: Fields, headers: Headers) -> None:
        job, worker = decode_job(RecognitionJob, fields), resident()
        worker.give_up(job, worker.watch.task(job, headers))

    consumer.add(keys.TASK_RECOGNISE, recognise, give_up)

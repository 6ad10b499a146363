"""The Celery workers: which tasks there are, and the pools that run them."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Any

from celery import Celery, Task
from celery.platforms import SecurityWarning
from celery.signals import (
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
)
from redis import Redis

from tutor.adapters.settings import Settings
from tutor.adapters.speech.device import batches
from tutor.adapters.speech.niceness import yield_cores
from tutor.adapters.speech.weights import resolve_model
from tutor.adapters.store import keys
from tutor.adapters.store.pieces import note_taker
from tutor.adapters.store.queue import make_celery
from tutor.adapters.store.workers import announce, own_key
from tutor.adapters.wire.practice import decode_job
from tutor.core.live.jobs import AssessmentJob, RecognitionJob, ReplyJob
from tutor.shells.logs import configure_logging
from tutor.shells.workers.feedback import NICENESS, FeedbackWorker, load_feedback_worker
from tutor.shells.workers.recognition import AsrWorker, load_asr_worker
from tutor.shells.workers.task import Watch

log = logging.getLogger(__name__)


BATCH_NICENESS = 19
"""Files take what whoever speaks now leaves."""


def run_asr_worker(settings: Settings) -> None:
    """Run the worker for `asr.live` until it is stopped; one that batches takes `asr.batch` too.

    Raises:
        SettingsError: no Redis is named.
        WeightsError: there is no usable model.
    """
    settings.require_store()
    # Before anything starts, so that a missing or spoilt model is one clear line.
    model = resolve_model(settings.model, settings.cache_dir)
    app = make_celery(settings)
    if batches(settings):
        # Threads of one process meet in a batch; the batcher's own watchdog ends a stuck call.
        watch = _open_watch(settings, "asr")
        resident = {"asr": load_asr_worker(settings, model, watch, batched=True)}
        _add_recognise(app, settings, resident, own_key("asr"))
        # Twice as many as meet: pieces of files must not hold every thread.
        queues = [keys.QUEUE_LIVE, keys.QUEUE_BATCH]
        run_celery(app, settings, queues, "threads", 2 * settings.max_batch)
    else:
        # The only pool whose time limit kills a stuck call.
        _load_in_children(app, settings, model)
        run_celery(app, settings, [keys.QUEUE_LIVE], "prefork", settings.processes)


def run_batch_worker(settings: Settings) -> None:
    """Run the worker for `asr.batch` on a CPU until it is stopped: it yields to everything else.

    It is ready at once; each of its processes loads the model when its first file comes, and is
    then a ready worker, too.

    Raises:
        SettingsError: no Redis is named.
        WeightsError: there is no usable model.
    """
    settings.require_store()
    model = resolve_model(settings.model, settings.cache_dir)
    yield_cores(BATCH_NICENESS, idle=True)
    app = make_celery(settings.model_copy(update={"task_time_limit_s": settings.batch_timeout_s}))
    app.conf.broker_transport_options |= keys.BATCH_UNACKED
    one_thread = settings.model_copy(update={"asr_threads": 1})
    _add_recognise(app, settings, _Lazy(one_thread, model), own_key("batch"))

    @worker_ready.connect(weak=False)  # type: ignore[untyped-decorator]
    def tell(**_: Any) -> None:
        announce(Redis.from_url(settings.redis_url), "batch", {"metrics": ""})

    run_celery(app, settings, [keys.QUEUE_BATCH], "prefork", settings.batch_size)


class _Lazy(dict[str, AsrWorker]):
    """Loads the model when it is first asked for."""

    def __init__(self, settings: Settings, model: Path) -> None:
        super().__init__()
        self._settings, self._model = settings, model

    def __missing__(self, name: str) -> AsrWorker:
        watch = _open_watch(self._settings, "batch")
        self[name] = load_asr_worker(self._settings, self._model, watch, kind="batch")
        return self[name]


def run_feedback_worker(settings: Settings) -> None:
    """Run the worker for `feedback` until it is stopped.

    Threads, because replies wait for another server most of the time; assessments among them take
    turns.

    Raises:
        SettingsError: no Redis is named.
        WeightsError: there is no usable model.
    """
    settings.require_store()
    yield_cores(NICENESS)
    app = make_celery(settings)
    worker = load_feedback_worker(settings, _open_watch(settings, "feedback"))
    worker_shutdown.connect(lambda **_: worker.close(), weak=False)
    _add_feedback(app, worker)
    run_celery(app, settings, [keys.QUEUE_FEEDBACK], "threads", settings.feedback_pool)


def _open_watch(settings: Settings, kind: str) -> Watch:
    """What this process tells, sent to the end when it stops."""
    watch = Watch.open(settings, kind)
    for signal in (worker_process_shutdown, worker_shutdown):  # of a pool's child; of a worker

        @signal.connect(weak=False)  # type: ignore[untyped-decorator]
        def close(**_: Any) -> None:
            watch.close()

    return watch


def _load_in_children(app: Celery, settings: Settings, model: Path) -> None:
    resident: dict[str, AsrWorker] = {}

    @worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def load(**_: Any) -> None:
        # In the child, after the fork: CUDA and OpenMP do not survive one.
        resident["asr"] = load_asr_worker(settings, model, _open_watch(settings, "asr"))

    _add_recognise(app, settings, resident, own_key("asr"))


def _add_recognise(
    app: Celery, settings: Settings, resident: dict[str, AsrWorker], own: str
) -> None:
    """`own`: the key of the worker, which holds its tasks; a pool's child works for its parent."""
    redis = Redis.from_url(settings.redis_url)  # connects when it is used, in whichever process

    @app.task(name=keys.TASK_RECOGNISE, bind=True)  # type: ignore[untyped-decorator]
    def recognise(self: Task, **fields: Any) -> None:
        job = RecognitionJob(**fields)
        if job.batch:
            note_taker(redis, job, own)
        worker = resident["asr"]
        with worker.watch.task(job, self.request.headers) as task:
            result = worker.handle(job, task)
            log.info(
                "%-7s %s/%s.%d %-10s %5.2f s of audio in %.2f s",
                job.kind,
                job.session,
                job.utterance,
                job.revision,
                result.outcome,
                result.audio_bytes / 32_000,
                result.decode_s,
            )


def _add_feedback(app: Celery, worker: FeedbackWorker) -> None:
    @app.task(name=keys.TASK_ASSESS, bind=True)  # type: ignore[untyped-decorator]
    def assess(self: Task, **fields: Any) -> None:
        job = decode_job(AssessmentJob, fields)
        with worker.watch.task(job, self.request.headers) as task:
            result = worker.assess(job, task)
            log.info(
                "assess  %s/%s %-10s %5.2f s of audio in %.2f s",
                job.session,
                job.utterance,
                result.outcome,
                job.audio_bytes / 32_000,
                result.assess_s,
            )

    @app.task(name=keys.TASK_REPLY, bind=True)  # type: ignore[untyped-decorator]
    def reply(self: Task, **fields: Any) -> None:
        job = decode_job(ReplyJob, fields)
        with worker.watch.task(job, self.request.headers) as task:
            whole = worker.reply(job, task)
            log.info("reply   %s/%s %s", job.session, job.utterance, "ok" if whole else "failed")


def run_celery(app: Celery, settings: Settings, queues: list[str], pool: str, size: int) -> None:
    """Run a worker of this application until it is stopped; `size`: tasks at once."""

    @setup_logging.connect(weak=False)  # type: ignore[untyped-decorator]
    def keep_our_logging(**_: Any) -> None:
        configure_logging(settings.log_level, settings.log_format)

    # Celery warns root because of pickle, which is not accepted here.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app.worker_main(
        [
            "--quiet",  # no banner
            "worker",
            f"--queues={','.join(queues)}",
            f"--concurrency={size}",
            f"--hostname={queues[0]}@%h-{os.getpid()}",
            f"--pool={pool}",
            "--without-gossip",
            "--without-mingle",
        ]
    )

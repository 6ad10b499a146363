"""The files worker: takes jobs of uploaded files from its queue, and sweeps beside."""

from __future__ import annotations

import logging
import secrets
import threading
import time

from tutor.adapters.coach.exercises import open_library
from tutor.adapters.settings import Settings
from tutor.adapters.speech.niceness import yield_cores
from tutor.adapters.speech.vad import Vad
from tutor.adapters.sql.database import open_database
from tutor.adapters.sql.errors import DatabaseError
from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.sql.jobs import JobTable
from tutor.adapters.sql.usage import Meter
from tutor.adapters.sql.webhooks import WebhookTable
from tutor.adapters.store import keys
from tutor.adapters.store.broker.consumer import Consumer, Fields, Headers, when_stopping
from tutor.adapters.store.broker.queue import JobQueue
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.workers import Announcement
from tutor.adapters.telemetry.worker import show_metrics
from tutor.core.files.errors import JOB_ERRORS
from tutor.shells.one_store import require_one_store
from tutor.shells.workers.file_job import FileJob, Tools
from tutor.shells.workers.running import run_consumer
from tutor.shells.workers.sweeper import Sweeper

log = logging.getLogger(__name__)

NICENESS = 10
"""How nice the worker is: decoding and cutting are cheap, and live work goes first."""

MOST_RUNS = 5
"""Runs of a job, each of which killed its worker, after which the job is given up."""

STORE_TIMEOUT_S = 5.0
"""Seconds that the store may take: more than the longest wait for a result, so that a store that
hangs is noticed."""


def run_files_worker(settings: Settings) -> None:
    """Run the worker for `files` until it is stopped.

    Raises:
        SettingsError: no Redis is named.
        ExerciseError: a file of the teacher's own exercises is wrong.
    """
    require_one_store(settings)
    yield_cores(NICENESS)
    database = open_database(settings.database)
    store = open_blocking_store(settings.redis_url, STORE_TIMEOUT_S)
    jobs, queue, stopping = JobTable(database), JobQueue(settings), threading.Event()
    library = open_library(settings.exercises_dir)
    tools = Tools(settings, jobs, queue, store, Meter(database), Vad(), library, stopping)
    sweeper = Sweeper(settings, jobs, WebhookTable(database), queue, stopping)
    threading.Thread(target=sweeper.run, name="sweeper", daemon=True).start()
    address = show_metrics(tools.metrics.registry, settings.metrics_host, settings.metrics_port)
    Announcement(store, "files", {"jobs": str(settings.file_jobs), "metrics": address})
    when_stopping(stopping.set)
    consumer = Consumer(settings)
    _add_file(consumer, tools)
    run_consumer(consumer, settings, [keys.QUEUE_FILES], "threads", settings.file_jobs)


def _add_file(consumer: Consumer, tools: Tools) -> None:
    def file(fields: Fields, _: Headers) -> None:
        work_on(fields["job"], tools)

    # Acknowledged at once: whether a job is done stands in the database, not in the queue.
    consumer.add(keys.TASK_FILE, file)


def work_on(job: str, tools: Tools) -> None:
    """Take a job up, unless it is done or another worker has it."""
    began = time.monotonic()
    row = tools.jobs.take(job, secrets.token_hex(4), time.time())
    if row is None:
        return
    try:
        ended = FileJob(row, tools).run() if row.runs <= MOST_RUNS else _give_up(row, tools)
    except DatabaseError:
        raise  # the database is away: the next worker finds the job as it is
    except Exception:
        log.exception("job %s failed", job)
        ended = _give_up(row, tools)
    took = time.monotonic() - began
    outcome = "ok" if ended == "done" else ended.partition(":")[0]
    tools.metrics.tasks.labels("file", outcome).inc()
    tools.metrics.work.labels("file").observe(took)
    log.info("job %s %s in %.1f s, run %d", job, ended, took, row.runs)


def _give_up(row: JobRow, tools: Tools) -> str:
    assert row.lease is not None
    detail = JOB_ERRORS["internal"][1]
    tools.jobs.finish(row.id, row.lease, "failed", time.time(), error="internal", detail=detail)
    return "failed: internal"

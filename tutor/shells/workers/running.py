"""What every worker needs to run: its watch, its place among the cores, its pool."""

from __future__ import annotations

from functools import partial

from tutor.adapters.settings import Settings
from tutor.adapters.speech.niceness import yield_cores
from tutor.adapters.store.broker.consumer import Consumer, Pool, when_stopped
from tutor.shells.logs import configure_logging
from tutor.shells.workers.worked_job import WorkerWatch

BATCH_NICENESS, SHARED_NICENESS = 19, 10
"""How nice the worker of files is: files take what live work leaves, or a small share."""


def leave_cores(settings: Settings) -> None:
    """Let a worker of files have what the settings leave it of the cores."""
    if settings.batch_cores == "idle":
        yield_cores(BATCH_NICENESS, idle=True)
    else:
        yield_cores(SHARED_NICENESS)


def open_watch(settings: Settings, kind: str) -> WorkerWatch:
    """The watch of this process; when the process stops, it sends what it has left."""
    watch = WorkerWatch.open(settings, kind)
    when_stopped(watch.close)
    return watch


def run_consumer(
    consumer: Consumer, settings: Settings, queues: list[str], pool: Pool, size: int
) -> None:
    """Run a worker until it is stopped; `size`: tasks at once."""
    keep_our_logging = partial(configure_logging, settings.log_level, settings.log_format)
    consumer.run(queues, pool, size, keep_our_logging)

"""Celery in a worker: which tasks it does, in which pool, and what happens when it comes and goes.

Celery's signals are the process's, not an application's: one worker runs in a process.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from celery import Task
from celery.platforms import SecurityWarning
from celery.signals import (
    setup_logging,
    worker_process_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)

from tutor.adapters.settings import Settings
from tutor.adapters.store.queue import make_celery

Pool = Literal["prefork", "threads"]
"""Processes, whose time limit kills a stuck call; or threads of one process."""

Fields = dict[str, Any]
"""The fields of a message's job."""

Headers = Mapping[str, Any]
"""The headers of a message."""


class Consumer:
    """Takes jobs from queues and has them done."""

    def __init__(
        self, settings: Settings, transport: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        """`transport`: options by which this worker's messages are kept under names of their
        own."""
        self._app = make_celery(settings)
        self._app.conf.broker_transport_options |= transport

    def add(
        self, name: str, work: Callable[[Fields, Headers], None], *, acks_late: bool = True
    ) -> None:
        """Do tasks of this name. `acks_late`: one whose worker dies is handed out again."""

        @self._app.task(name=name, bind=True, acks_late=acks_late)  # type: ignore[untyped-decorator]
        def run(task: Task, **fields: Any) -> None:
            work(fields, task.request.headers or {})

    def run(
        self, queues: list[str], pool: Pool, size: int, configure_logging: Callable[[], None]
    ) -> None:
        """Work until this process is stopped; `size`: tasks at once."""
        _connect(setup_logging, configure_logging)  # Celery then leaves logging alone
        # Celery warns root because of pickle, which is not accepted here.
        warnings.filterwarnings("ignore", category=SecurityWarning)
        self._app.worker_main(
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


def when_ready(do: Callable[[], object]) -> None:
    """Call `do` once the worker takes jobs."""
    _connect(worker_ready, do)


def when_stopping(do: Callable[[], object]) -> None:
    """Call `do` as soon as the worker is to stop, while it still ends what it has begun."""
    _connect(worker_shutting_down, do)


def when_stopped(do: Callable[[], object]) -> None:
    """Call `do` at the end of this process, be it a worker or the child of its pool."""
    _connect(worker_process_shutdown, do)
    _connect(worker_shutdown, do)


def in_each_child(do: Callable[[], object]) -> None:
    """Call `do` in each child of a pool of processes, after the fork."""
    _connect(worker_process_init, do)


def _connect(signal: Any, do: Callable[[], object]) -> None:
    def receive(**_: Any) -> None:
        do()

    signal.connect(receive, weak=False)

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
from tutor.adapters.store.broker.poison import MOST_TRIES, count_try
from tutor.adapters.store.broker.queue import make_celery
from tutor.adapters.store.broker.transport import Door, checked_transport
from tutor.adapters.store.client import open_blocking_store
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.primary import watched

Pool = Literal["prefork", "threads"]
"""Processes, whose time limit kills a stuck call; or threads of one process."""

Fields = dict[str, Any]
"""The fields of a message's job."""

Headers = Mapping[str, Any]
"""The headers of a message."""


Work = Callable[[Fields, Headers], None]
"""What a worker does with a message."""


class Consumer:
    """Takes jobs from queues and has them done."""

    def __init__(
        self, settings: Settings, transport: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        """`transport`: options by which this worker's messages are kept under names of their
        own."""
        self._store = open_blocking_store(settings.redis_url)
        self._door = Door(settings.redis_url)
        self._app = make_celery(settings)
        self._app.conf.broker_transport = checked_transport(
            self._door, watched(settings.queues_url)
        )
        self._app.conf.broker_transport_options |= transport

    def add(self, name: str, work: Work, give_up: Work | None = None) -> None:
        """Do tasks of this name.

        `give_up`: what is done instead with a message whose worker died of it each time; without it
        a message is not handed out again when its worker dies.
        """
        self._door.tasks.append(name)

        @self._app.task(name=name, bind=True, acks_late=give_up is not None)  # type: ignore[untyped-decorator]
        def run(task: Task, **fields: Any) -> None:
            headers, queue = task.request.headers or {}, _queue_of(task)
            try:
                if give_up is None or self._tries(task.request.id) <= MOST_TRIES:
                    work(fields, headers)
                else:
                    self._door.refuse(queue, f"{MOST_TRIES} workers died of it")
                    give_up(fields, headers)
            except (TypeError, ValueError, LookupError, AttributeError) as error:
                self._door.refuse(queue, f"{type(error).__name__} in its task")
                raise

    def _tries(self, message: str) -> int:
        """How often a message was handed out; 1 while the store cannot say."""
        try:
            return count_try(self._store, message)
        except StoreError:
            return 1

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


def _queue_of(task: Task) -> str:
    return str((task.request.delivery_info or {}).get("routing_key"))


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

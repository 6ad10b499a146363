"""Celery: its settings for live work, and the dispatch of jobs."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType

from celery import Celery
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.transport import primary_transport
from tutor.adapters.store.errors import StoreError
from tutor.adapters.store.primary import watched
from tutor.core.queue.jobs import (
    AssessmentJob,
    Job,
    RecognitionJob,
    ReplyJob,
    SpeechJob,
    kind_of,
)

QUEUED_AT = "queued_at"
"""Task header: when the job was sent, in seconds of the machine's clock."""

TRACE = "traceparent"
"""Task header: the span that the job belongs to; only where it is traced."""

VERIFIED = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
"""Options of Kombu's connection: the certificate must be trusted, and the host's."""

HARD_LIMIT_FACTOR = 3
"""Hard time limits after which an unacknowledged task is handed out again."""


class QueueError(StoreError):
    """The broker did not take the job."""


ENDING_S = 15.0
"""Seconds between an assessment's limit and the moment at which its job counts as lost."""


def lost_after_s(settings: Settings) -> float:
    """Seconds after which a task that nobody has finished is given to another worker: none that may
    still be worked on, of whatever queue, since any worker gives back all that was lost."""
    return max(
        HARD_LIMIT_FACTOR * settings.task_time_limit_s, settings.feedback_time_limit_s + ENDING_S
    )


def make_celery(settings: Settings) -> Celery:
    """A Celery application on the Redis in which jobs wait; nothing connects yet."""
    store = watched(settings.queues_url)
    app = Celery("tutor", broker=store.url if store else settings.queues_url)
    if store is not None:
        app.conf.broker_transport = primary_transport(store)
    app.conf.update(
        accept_content=["json"],  # never pickle: writing to Redis must not run code here
        task_serializer="json",
        task_ignore_result=True,  # results come back over the bus
        task_queues=[Queue(name, Exchange(name), routing_key=name) for name in keys.QUEUES],
        task_routes={
            keys.TASK_RECOGNISE: {"queue": keys.QUEUE_LIVE},
            keys.TASK_ASSESS: {"queue": keys.QUEUE_FEEDBACK},
            keys.TASK_REPLY: {"queue": keys.QUEUE_FEEDBACK},
            keys.TASK_FILE: {"queue": keys.QUEUE_FILES},
            keys.TASK_SPEAK: {"queue": keys.QUEUE_SPEECH},
        },
        task_create_missing_queues=False,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_acks_on_failure_or_timeout=True,
        task_time_limit=settings.task_time_limit_s,
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=180,  # a slow model load must not look like a dead process
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_soft_shutdown_timeout=5,
        worker_hijack_root_logger=False,
        # Without it Kombu verifies nothing over `rediss://`, and our workers spoke no TLS at all.
        # What the address itself says of certificates counts more.
        broker_use_ssl=VERIFIED if settings.queues_url.startswith("rediss:") else None,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "global_keyprefix": keys.BROKER_PREFIX,
            "priority_steps": keys.PRIORITY_STEPS,
            "queue_order_strategy": "priority",
            "visibility_timeout": lost_after_s(settings),
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": settings.store_timeout_s,
        },
    )
    return app


class JobQueue:
    """Sends jobs to the workers. Blocking: call it from a thread."""

    def __init__(self, settings: Settings) -> None:
        self._app = make_celery(settings)
        # A publish that hangs must fail soon; a worker's blocking pop must not.
        self._app.conf.broker_connection_timeout = settings.store_timeout_s
        self._app.conf.broker_transport_options |= {
            "socket_timeout": settings.store_timeout_s,
            "max_retries": 1,
            "interval_start": 0,
            "interval_max": 0.1,
        }
        self._settings = settings

    def send(self, job: Job, trace: str = "", *, apart: bool = False) -> None:
        """Queue a job, with the `traceparent` of its span if it is traced.

        `apart`: partials have workers of their own.

        Raises:
            QueueError: the broker is away or does not answer.
        """
        task, priority, expires = self._dispatch(job)
        batch = isinstance(job, RecognitionJob) and job.batch
        queue = keys.QUEUE_BATCH if batch else None
        if apart and kind_of(job) == "partial":
            queue = keys.QUEUE_PARTIALS
        self._send(task, asdict(job), priority, expires, queue, {TRACE: trace} if trace else {})

    def send_file(self, job: str) -> None:
        """Queue the job of an uploaded file, by its id; all else is in the database.

        Raises:
            QueueError: the broker is away or does not answer.
        """
        self._send(keys.TASK_FILE, {"job": job}, keys.PRIORITY_BATCH, None, None)

    def _send(
        self,
        task: str,
        fields: dict[str, object],
        priority: int,
        expires: float | None,
        queue: str | None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        try:
            self._app.send_task(
                task,
                kwargs=fields,
                queue=queue,
                priority=priority,
                expires=expires,
                retry=False,
                headers={QUEUED_AT: time.time(), **headers},
                argsrepr="",  # costs 0.15 ms of the 1 ms, and says who speaks in logs
                kwargsrepr="",
            )
        except (OperationalError, OSError) as error:
            raise QueueError("the queue does not take jobs") from error

    def _dispatch(self, job: Job) -> tuple[str, int, float]:
        """The task for a job, its priority, and the seconds after which nobody waits for it."""
        settings = self._settings
        match job:
            case AssessmentJob(batch=True):
                return keys.TASK_ASSESS, keys.PRIORITY_BATCH, settings.batch_timeout_s
            case RecognitionJob(batch=True):
                return keys.TASK_RECOGNISE, keys.PRIORITY_BATCH, settings.batch_timeout_s
            case AssessmentJob():
                return keys.TASK_ASSESS, keys.PRIORITY_FINAL, settings.feedback_late_s
            case ReplyJob():
                return keys.TASK_REPLY, keys.PRIORITY_PARTIAL, settings.llm_timeout_s
            case SpeechJob():
                return keys.TASK_SPEAK, keys.PRIORITY_FINAL, settings.speech_deadline_s
            case RecognitionJob(kind="final"):
                return keys.TASK_RECOGNISE, keys.PRIORITY_FINAL, settings.final_deadline_s
            case RecognitionJob():
                return keys.TASK_RECOGNISE, keys.PRIORITY_PARTIAL, settings.partial_timeout_s

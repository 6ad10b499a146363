"""The sweeper of a files worker: frees stranded jobs, deletes old ones, sends due webhooks."""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from tutor.adapters.settings import Settings
from tutor.adapters.sql.errors import DatabaseError
from tutor.adapters.sql.job_tables import JobRow
from tutor.adapters.sql.jobs import JobTable
from tutor.adapters.sql.webhooks import WebhookRow, WebhookTable
from tutor.adapters.store.broker.queue import JobQueue, QueueError
from tutor.adapters.webhook_sender import DeliveryError, WebhookSender
from tutor.core.files.webhook import WebhookError, wait_s

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""Seconds between two looks at what is due."""

EXPIRE_EVERY = 30
"""Looks between two deletions of what has expired."""

DELIVERIES_AT_ONCE = 4
"""Webhooks delivered at once: a receiver that hangs must not hold up the others."""


class Sweeper:
    """Looks at the database now and then, in a thread of its own."""

    def __init__(
        self,
        settings: Settings,
        jobs: JobTable,
        webhooks: WebhookTable,
        queue: JobQueue,
        stopping: threading.Event,
    ) -> None:
        self._settings = settings
        self._jobs, self._webhooks, self._queue = jobs, webhooks, queue
        self._stopping = stopping
        self._sender = WebhookSender(
            allow_private=settings.webhook_allow_private, timeout_s=settings.webhook_timeout_s
        )
        self._messengers = ThreadPoolExecutor(DELIVERIES_AT_ONCE, "webhook")

    def run(self) -> None:
        """Look until this worker is stopped."""
        self._jobs.forget_dispatches()  # the queue may have been emptied with its store
        looks = 0
        while not self._stopping.wait(LOOK_S if looks else 0):
            try:
                self.dispatch_stranded()
                self.deliver_due()
                if looks % EXPIRE_EVERY == 0:
                    self.delete_expired()
            except (DatabaseError, QueueError) as error:
                log.warning("cannot sweep: %s", error)
            looks += 1

    def dispatch_stranded(self) -> None:
        """Put jobs that no worker has in the queue again."""
        for job in self._jobs.to_dispatch(time.time()):
            self._queue.send_file(job)
            self._jobs.mark_dispatched(job, time.time())

    def delete_expired(self) -> None:
        """Delete the jobs, with their results, that have expired."""
        expired = self._jobs.remove_expired(time.time())
        if expired:
            log.info("deleted %d expired jobs", len(expired))

    def deliver_due(self) -> None:
        """Hand the webhooks whose time has come to the messengers."""
        for webhook in self._webhooks.take_due(time.time(), DELIVERIES_AT_ONCE):
            self._messengers.submit(self._deliver, webhook)

    def _deliver(self, webhook: WebhookRow) -> None:
        job = self._jobs.find(webhook.job)
        if job is None:
            return
        message = f"msg_{job.id}"  # the same for every try, so that a receiver knows it again
        try:
            self._sender.send(webhook.url, webhook.secret, message, event_of(job))
        except WebhookError as error:
            self._webhooks.note_failed(webhook, str(error), None)
        except DeliveryError as error:
            self._note_failed(webhook, str(error))
        except Exception:
            log.exception("a webhook was not delivered")
            self._note_failed(webhook, "the server made a mistake")
        else:
            self._webhooks.note_delivered(webhook)

    def _note_failed(self, webhook: WebhookRow, error: str) -> None:
        tries = webhook.tries + 1
        again = tries < self._settings.webhook_tries
        wait = wait_s(tries, random.random())  # noqa: S311 - jitter is no secret
        self._webhooks.note_failed(webhook, error, time.time() + wait if again else None)


def event_of(job: JobRow) -> str:
    """The webhook's message: which job ended how, not what was said."""
    assert job.finished_at is not None
    return json.dumps(
        {
            "type": f"job.{job.state}",
            "timestamp": datetime.fromtimestamp(job.finished_at, UTC).isoformat(),
            "data": {"id": job.id, "status": job.state, "error": job.error},
        }
    )

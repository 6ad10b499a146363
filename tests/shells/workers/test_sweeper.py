import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from standardwebhooks.webhooks import Webhook

from tests.support.house import SOON_S, wait_until
from tests.support.receiver import receiving
from tests.support.speech import silence
from tests.support.uploads import SECRET, FilesWorker, flac
from tutor.adapters.settings import Settings
from tutor.adapters.sql.jobs import DISPATCH_AGAIN_S, LEASE_S
from tutor.adapters.sql.webhooks import TAKEN_S, WebhookRow, WebhookTable
from tutor.adapters.store import keys
from tutor.adapters.store.broker.queue import make_celery
from tutor.shells.workers.sweeper import Sweeper

pytestmark = pytest.mark.heavy


class Sweeping(FilesWorker):
    """A files worker that sweeps when a test says so."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.webhooks = WebhookTable(self.database)
        self.sweeper = self.new_sweeper()

    def new_sweeper(self) -> Sweeper:
        """A sweeper of a worker that was just started."""
        return Sweeper(self.settings, self.jobs, self.webhooks, self.tools.queue, self.stopping)

    def webhook(self, job: str) -> WebhookRow:
        """A job's webhook as it is."""
        row = self.webhooks.of(job)
        assert row is not None
        return row

    def ended(self, url: str) -> str:
        """A job that is done, and whose webhook is due."""
        job = self.add(flac(silence(1)), callback_url=url)
        assert self.work(job).state == "done"
        return job

    def queued(self) -> list[str]:
        """The jobs that the queue `files` holds; they are taken."""
        found = []
        app = make_celery(self.settings)
        with app.connection_for_read() as connection:
            simple = connection.SimpleQueue(app.amqp.queues[keys.QUEUE_FILES])
            try:
                while True:
                    message = simple.get(timeout=1)
                    found.append(message.payload[1]["job"])
                    message.ack()
            except Empty:
                simple.close()
        return found


@pytest.fixture
def worker(store: Settings, tmp_path: Path) -> Iterator[Sweeping]:
    """A files worker with an empty database."""
    worker = Sweeping(
        store.model_copy(
            update={"data_dir": tmp_path, "webhook_allow_private": True, "webhook_tries": 3}
        )
    )
    worker.redis.flushall()
    yield worker
    worker.database.close()


def test_a_job_that_the_queue_lost_is_queued_again(worker: Sweeping) -> None:
    """Once, and not again before somebody had the time to take it."""
    job = worker.add(b"x")
    worker.sweeper.dispatch_stranded()
    worker.sweeper.dispatch_stranded()
    assert worker.queued() == [job]
    assert worker.jobs.to_dispatch(time.time() + DISPATCH_AGAIN_S + 1) == [job]


def test_a_job_whose_worker_died_is_queued_again(worker: Sweeping) -> None:
    """When its lease has run out; a worker that starts takes up what was dispatched before, too."""
    job, now = worker.add(b"x"), time.time()
    assert worker.jobs.take(job, "lease", now)
    worker.sweeper.dispatch_stranded()
    assert worker.queued() == []
    assert worker.jobs.to_dispatch(now + LEASE_S + 1) == [job]
    worker.jobs.mark_dispatched(job, now)
    assert worker.jobs.to_dispatch(now + LEASE_S + 1) == []
    worker.stopping.set()
    worker.new_sweeper().run()
    assert worker.jobs.to_dispatch(now + LEASE_S + 1) == [job]


def test_what_is_done_is_not_queued(worker: Sweeping) -> None:
    """However old it is."""
    job = worker.add(flac(silence(1)))
    worker.work(job)
    assert worker.jobs.to_dispatch(time.time() + 10_000) == []


def test_old_jobs_are_deleted(worker: Sweeping) -> None:
    """When their time is over, and not before."""
    job = worker.add(b"x")
    worker.sweeper.delete_expired()
    assert worker.jobs.find(job)
    assert worker.jobs.remove_expired(time.time() + 1001) == [job]
    assert worker.jobs.find(job) is None


def test_a_delivery_that_fails_is_tried_later_and_then_given_up(worker: Sweeping) -> None:
    """TUTOR_WEBHOOK_TRIES: what was tried and when stands in the database, for any worker."""
    with receiving(500) as receiver:
        job = worker.ended(receiver.url)
        for tries, shortest, longest in ((1, 2.5, 6), (2, 5, 11), (3, 0, 0)):
            before = time.time()
            make_due_now(worker, job)
            worker.new_sweeper().deliver_due()
            wait_until(lambda tries=tries: worker.webhook(job).tries == tries, SOON_S)  # type: ignore[misc]
            after, next_at = time.time(), worker.webhook(job).next_at
            assert tries == 3 or before + shortest <= next_at <= after + longest
    webhook = worker.webhook(job)
    assert (webhook.state, webhook.error) == ("failed", "the receiver answered with 500")
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {f"msg_{job}"}
    assert len(receiver.got) == 3


def make_due_now(worker: Sweeping, job: str) -> None:
    """Let the time of the next delivery have come."""
    with worker.database.transaction() as session:
        row = session.get(WebhookRow, job)
        assert row is not None
        row.next_at = 0.0


def test_a_delivery_happens_once(worker: Sweeping) -> None:
    """Two workers that look at the same time: one of them delivers; then it is done."""
    with receiving() as receiver:
        job = worker.ended(receiver.url)
        sweepers = [worker.new_sweeper() for _ in range(4)]
        threads = [threading.Thread(target=sweeper.deliver_due) for sweeper in sweepers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_until(lambda: worker.webhook(job).state == "delivered", SOON_S)
        worker.sweeper.deliver_due()
        time.sleep(0.2)
    ((headers, body),) = receiver.got
    assert Webhook(SECRET).verify(body, headers)["data"] == {
        "id": job,
        "status": "done",
        "error": None,
    }
    assert json.loads(body)["type"] == "job.done"


def test_a_delivery_of_a_worker_that_died_is_taken_over(worker: Sweeping) -> None:
    """After a while it is due again."""
    job, now = worker.ended("https://example.org/"), time.time()
    assert [row.job for row in worker.webhooks.take_due(now + 1, 5)] == [job]
    assert worker.webhooks.take_due(now + 2, 5) == []
    assert [row.job for row in worker.webhooks.take_due(now + TAKEN_S + 2, 5)] == [job]


def test_a_private_receiver_is_given_up_at_once(worker: Sweeping) -> None:
    """Unless TUTOR_WEBHOOK_ALLOW_PRIVATE: nothing is sent, the job says why."""
    worker.settings = worker.settings.model_copy(update={"webhook_allow_private": False})
    job = worker.ended("https://localhost/")
    worker.new_sweeper().deliver_due()
    wait_until(lambda: worker.webhook(job).state == "failed", SOON_S)
    assert worker.webhook(job).error == "localhost is not a public address"


def test_a_webhook_waits_for_the_end(worker: Sweeping) -> None:
    """As long as its job is not done, it is not due."""
    worker.add(b"x", callback_url="https://example.org/")
    assert worker.webhooks.take_due(time.time() + 10_000, 5) == []

from dataclasses import replace

import pytest
import redis

from tests.support.queue import FINAL, PARTIAL, take
from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.poison import PLACES
from tutor.adapters.store.broker.queue import JobQueue, QueueError, make_celery
from tutor.adapters.wire.practice import decode_job
from tutor.core.queue.jobs import RecognitionJob


def test_a_final_is_served_before_partials_that_came_earlier(store: Settings) -> None:
    """Partials clock themselves, a final is waited for: it overtakes them in the queue."""
    queue = JobQueue(store)
    for revision in (1, 2, 3):
        queue.send(replace(PARTIAL, revision=revision))
    queue.send(FINAL)
    kinds = [message["fields"]["kind"] for message in take(store, 4)]  # type: ignore[index]
    assert kinds == ["final", "partial", "partial", "partial"]


def test_a_job_carries_names_and_a_deadline_but_no_audio(store: Settings) -> None:
    """The task is the job's fields as JSON, and it expires when nobody waits any more."""
    JobQueue(store).send(PARTIAL)
    (message,) = take(store, 1)
    assert decode_job(RecognitionJob, message["fields"]) == PARTIAL  # type: ignore[arg-type]
    assert message["task"] == keys.TASK_RECOGNISE
    assert message["expires"]


def test_all_names_in_redis_begin_with_tutor(store: Settings) -> None:
    """The broker's own keys have our prefix too."""
    JobQueue(store).send(FINAL)
    names = redis.Redis.from_url(store.redis_url, decode_responses=True).keys("*")
    assert names
    assert all(str(name).startswith("tutor:") for name in names)
    take(store, 1)


def test_no_broker_is_an_error_at_once() -> None:
    """Where nobody listens, sending a job fails instead of waiting for a broker."""
    queue = JobQueue(Settings.load(redis_url="redis://127.0.0.1:9/0"))
    with pytest.raises(QueueError):
        queue.send(FINAL)


def test_pickle_is_not_accepted() -> None:
    """Whoever can write to Redis must not be able to run code in a worker."""
    app = make_celery(Settings.load(redis_url="redis://127.0.0.1:9/0"))
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_a_piece_of_a_file_waits_in_its_own_queue(store: Settings) -> None:
    """Whoever takes live jobs never sees it."""
    queue = JobQueue(store)
    queue.send(replace(FINAL, batch=True))
    queue.send(FINAL)
    (message,) = take(store, 1)
    assert decode_job(RecognitionJob, message["fields"]) == FINAL  # type: ignore[arg-type]
    (piece,) = take(store, 1, keys.QUEUE_BATCH)
    assert piece["fields"]["batch"] is True  # type: ignore[index]


def test_every_queue_that_has_a_name_is_there() -> None:
    """It is declared, tasks are routed to no other one, and poison is looked for in it."""
    app = make_celery(Settings.load(redis_url="redis://127.0.0.1:9/0"))
    named = [name for key, name in vars(keys).items() if key.startswith("QUEUE_")]
    assert sorted(named) == sorted(keys.QUEUES)
    assert [queue.name for queue in app.conf.task_queues] == list(keys.QUEUES)
    assert {route["queue"] for route in app.conf.task_routes.values()} <= set(keys.QUEUES)
    assert set(keys.QUEUES) < set(PLACES)


@pytest.mark.parametrize("limit_s", [20.0, 300.0])
def test_no_task_is_lost_while_it_may_be_worked_on(limit_s: float) -> None:
    """Whichever of the limits of time is the longest."""
    for name in ("task_time_limit_s", "feedback_time_limit_s"):
        settings = Settings.load(redis_url="redis://127.0.0.1:9/0", **{name: limit_s})
        options = make_celery(settings).conf.broker_transport_options
        assert options["visibility_timeout"] > limit_s

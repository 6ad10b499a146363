"""Real Celery messages in a real Valkey; nobody takes them out."""

from dataclasses import replace

import pytest
import redis

from tutor.adapters.settings import Settings
from tutor.adapters.store import keys
from tutor.adapters.store.broker.queue import JobQueue, QueueError
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.core.audio.recognition import Recognition
from tutor.core.queue.jobs import (
    AssessmentJob,
    AssessmentResult,
    RecognitionJob,
    RecognitionResult,
)
from tutor.core.queue.slots import key_of
from tutor.shells.queue.dispatcher import Dispatcher

PARTIAL = RecognitionJob("a", "u1", "partial", 1, 1, 32_000, "en")
FINAL = replace(PARTIAL, kind="final", revision=2)


class Desk:
    """A dispatcher whose workers can do so many at once, and what lies in their queue."""

    def __init__(self, store: Settings, slots: int = 1) -> None:
        self._redis = redis.Redis.from_url(store.redis_url)
        self._redis.flushdb()
        self.dispatcher = Dispatcher(JobQueue(store), GatewayMetrics(), lambda: 0.0)
        self.dispatcher.receive_slots(slots)

    @property
    def queued(self) -> tuple[int, int]:
        """Finals and partials in the queue."""
        finals, partials = (
            self._redis.llen(keys.waiting(keys.QUEUE_LIVE, priority))
            for priority in (keys.PRIORITY_FINAL, keys.PRIORITY_PARTIAL)
        )
        return int(finals), int(partials)

    @property
    def apart(self) -> int:
        """Partials in the queue of workers of their own."""
        place = keys.waiting(keys.QUEUE_PARTIALS, keys.PRIORITY_PARTIAL)
        return int(self._redis.llen(place))

    @property
    def assessed(self) -> int:
        """Assessments in the queue."""
        return int(self._redis.llen(keys.waiting(keys.QUEUE_FEEDBACK, keys.PRIORITY_FINAL)))


def answer(job: RecognitionJob) -> RecognitionResult:
    """A worker's result."""
    return RecognitionResult(job.session, job.utterance, job.kind, job.revision, job.attempt, "ok")


async def test_a_partial_waits_until_a_worker_is_free(store: Settings) -> None:
    """Others' results let it go."""
    desk = Desk(store)
    await desk.dispatcher.dispatch(PARTIAL)
    await desk.dispatcher.dispatch(replace(PARTIAL, session="b"))
    assert desk.queued == (0, 1)
    await desk.dispatcher.release([answer(PARTIAL)])
    assert desk.queued == (0, 2)


async def test_a_final_that_somebody_waits_for_goes_at_once(store: Settings) -> None:
    """Begun ahead it waits for a worker; at the end of the utterance for none."""
    desk = Desk(store)
    await desk.dispatcher.dispatch(PARTIAL)
    await desk.dispatcher.dispatch(FINAL, ahead=True)
    assert desk.queued == (0, 1)
    await desk.dispatcher.confirm(key_of(FINAL))
    await desk.dispatcher.confirm(key_of(FINAL))
    assert desk.queued == (1, 1)
    await desk.dispatcher.dispatch(replace(FINAL, session="b"))
    assert desk.queued == (2, 1)


async def test_what_is_cancelled_in_time_never_goes(store: Settings) -> None:
    """Its session hears of it as if a worker had passed it over."""
    desk = Desk(store)
    await desk.dispatcher.dispatch(FINAL)
    await desk.dispatcher.dispatch(PARTIAL)
    result = desk.dispatcher.cancel(key_of(PARTIAL))
    assert result == replace(answer(PARTIAL), outcome="cancelled")
    assert desk.dispatcher.cancel(key_of(FINAL)) is None
    await desk.dispatcher.release([answer(FINAL)])
    assert desk.queued == (1, 0)


async def test_a_session_that_is_over_takes_no_worker(store: Settings) -> None:
    """What it has waiting is forgotten, and its slots are free."""
    desk = Desk(store)
    await desk.dispatcher.dispatch(PARTIAL)
    await desk.dispatcher.dispatch(FINAL, ahead=True)
    desk.dispatcher.forget("a")
    await desk.dispatcher.dispatch(replace(PARTIAL, session="b"))
    assert desk.queued == (0, 2)


async def test_partials_go_to_workers_of_their_own_while_there_are_any(store: Settings) -> None:
    """Finals stay where they were; without such workers partials do, too."""
    desk = Desk(store, slots=4)
    desk.dispatcher.receive_slots(4, 1)
    await desk.dispatcher.dispatch(PARTIAL)
    await desk.dispatcher.dispatch(FINAL)
    assert (desk.queued, desk.apart) == ((1, 0), 1)
    desk.dispatcher.receive_slots(4, None)
    await desk.dispatcher.dispatch(replace(PARTIAL, session="b"))
    assert (desk.queued, desk.apart) == ((1, 1), 1)


async def test_assessments_wait_for_a_worker_here(store: Settings) -> None:
    """Only what the feedback workers do at once is in their queue; its session is told of the
    rest."""
    desk = Desk(store)
    said = AssessmentJob("a", "u1", 1, 32_000, Recognition("hi", "en"))
    for session in "ab":
        await desk.dispatcher.dispatch(replace(said, session=session))
    assert await desk.dispatcher.cares_for("a")
    assert desk.dispatcher.held_assessments == (1, 0.0)
    await desk.dispatcher.release([AssessmentResult("a", "u1", 1, "ok")])
    assert not await desk.dispatcher.cares_for("a")
    assert await desk.dispatcher.cares_for("b")
    assert desk.assessed == 2


async def test_a_broker_that_is_away_is_told() -> None:
    """Whoever waits for a final hears of it at once."""
    away = Settings.load(redis_url="redis://127.0.0.1:1/0")
    dispatcher = Dispatcher(JobQueue(away), GatewayMetrics(), lambda: 0.0)
    with pytest.raises(QueueError):
        await dispatcher.dispatch(FINAL)

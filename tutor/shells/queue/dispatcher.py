"""Jobs on their way from a gateway's sessions to the workers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from tutor.adapters.store.broker.queue import JobQueue, QueueError
from tutor.adapters.telemetry.gateway import GatewayMetrics
from tutor.core.live.effects import Cancel, Confirm, Dispatch, Effect
from tutor.core.queue.assessments import Assessments
from tutor.core.queue.jobs import (
    AssessmentJob,
    AssessmentResult,
    Job,
    RecognitionJob,
    RecognitionResult,
    Result,
    kind_of,
)
from tutor.core.queue.slots import Key, Slots, key_of
from tutor.shells.logs import about

log = logging.getLogger(__name__)


class JobObserver(Protocol):
    """Takes note of how a job fares: the watch of the job's session."""

    def begin_job(self, job: Job) -> str:
        """Take note that a job is dispatched; the `traceparent` to send with it, empty if it is not
        traced."""

    def queue_job(self, job: Job) -> None:
        """Take note that a job is in its queue."""


class Unobserved:
    """The observer of jobs that no watch follows."""

    def begin_job(self, job: Job) -> str:  # noqa: ARG002
        """Give no trace."""
        return ""

    def queue_job(self, job: Job) -> None:
        """Take no note."""


class Dispatcher:
    """Sends jobs when their turn comes; shared by all sessions of a gateway."""

    def __init__(
        self,
        queue: JobQueue,
        metrics: GatewayMetrics,
        now: Callable[[], float],
        assessments: Assessments | None = None,
    ) -> None:
        self._queue = queue
        self._metrics = metrics
        self._now = now
        self._slots = Slots(assessments=assessments or Assessments())
        self._waiting: dict[Key, tuple[str, JobObserver]] = {}  # traces and observers of what waits
        self._assessed: dict[str, tuple[str, JobObserver]] = {}  # of assessments, by session

    def receive_slots(self, count: int, partials: int | None = None) -> None:
        """Take how many recognitions the workers can do for this gateway at once, as of now.

        `partials`: how many partials workers of their own can do; None: there are none.
        """
        self._slots.count, self._slots.partials = max(1, count), partials

    def receive_assessors(self, count: int, names: frozenset[str], *, shares_cores: bool) -> None:
        """Take how many assessments the workers of these names can do for this gateway at once, and
        whether on the recognisers' cores."""
        self._slots.assessments.receive_workers(names)
        self._slots.assessments.count = count
        self._slots.assessments.shares_cores = shares_cores

    @property
    def held(self) -> tuple[int, float]:
        """How many recognitions wait here for a slot, and for how many seconds the oldest."""
        return self._slots.held(self._now())

    @property
    def held_assessments(self) -> tuple[int, float]:
        """How many assessments wait here for a worker, and for how many seconds the oldest."""
        return self._slots.assessments.held(self._now())

    async def cares_for(self, session: str, *, away: bool = False) -> bool:
        """Whether a session's assessment waits here, or is at a worker that lives; all goes first
        that may go now. `away`: the session's client is not there, and others go before it."""
        self._slots.assessments.receive_presence(session, away=away)
        await self._send_waiting()
        return self._slots.assessments.cares_for(session)

    async def carry_out(
        self, session: str, effect: Effect, observer: JobObserver
    ) -> RecognitionResult | None:
        """Carry out what a session asks of the workers; the result of a job that never went to one.

        Raises:
            QueueError: the broker does not take a job that was confirmed.
        """
        match effect:
            case Dispatch(job, ahead):
                with suppress(QueueError):  # the job's own deadline sees to it
                    await self.dispatch(job, observer, ahead=ahead)
            case Confirm(utterance, revision):
                await self.confirm((session, utterance, revision))
            case Cancel(utterance, revision):
                return self.cancel((session, utterance, revision))
        return None

    async def dispatch(
        self, job: Job, observer: JobObserver | None = None, *, ahead: bool = False
    ) -> None:
        """Queue a job, at once or when a slot is free. `ahead`: nobody waits for it yet.

        Raises:
            QueueError: the broker does not take it.
        """
        observer = observer or Unobserved()
        trace = observer.begin_job(job)
        if isinstance(job, AssessmentJob):
            self._assessed[job.session] = trace, observer
            self._slots.assessments.receive_job(job, self._now())
            await self._send_waiting()
            return
        if not isinstance(job, RecognitionJob):
            await self._send(job, trace, observer)
            return
        self._slots.receive_job(job, self._now(), ahead=ahead)
        if job.kind == "final" and not ahead:
            await self._send(job, trace, observer)
        else:
            self._waiting[key_of(job)] = trace, observer
        await self._send_waiting()

    async def confirm(self, key: Key) -> None:
        """Take note that a final dispatched ahead is waited for now.

        Raises:
            QueueError: the broker does not take it.
        """
        if (job := self._slots.confirm(key, self._now())) is not None:
            await self._send(job, *self._waiting.pop(key))

    def cancel(self, key: Key) -> RecognitionResult | None:
        """Take note that nobody waits for a job any more; its result, if it never went to a
        worker."""
        job = self._slots.cancel(key)
        if job is None:
            return None
        del self._waiting[key]
        return RecognitionResult(
            job.session, job.utterance, job.kind, job.revision, job.attempt, "cancelled"
        )

    async def release(self, results: list[Result]) -> None:
        """Free the slots of jobs whose results are there, and send jobs that waited for one."""
        for result in results:
            if isinstance(result, RecognitionResult):
                self._slots.release(key_of(result))
            elif isinstance(result, AssessmentResult):
                self._slots.assessments.release(result)
        await self._send_waiting()

    def forget(self, session: str) -> None:
        """Forget the jobs of a session that is over."""
        self._slots.forget(session)
        self._assessed.pop(session, None)
        for key in [key for key in self._waiting if key[0] == session]:
            del self._waiting[key]

    async def _send_waiting(self) -> None:
        going = [(job, self._observed(job)) for job in self._slots.collect(self._now())]
        for job, (trace, observer) in going:
            try:
                await self._send(job, trace, observer)
            except QueueError as error:  # perhaps another session's; its own deadline sees to it
                with about(session=job.session):
                    log.warning("session %s: %s", job.session, error)

    def _observed(self, job: RecognitionJob | AssessmentJob) -> tuple[str, JobObserver]:
        if isinstance(job, AssessmentJob):
            return self._assessed.pop(job.session)
        return self._waiting.pop(key_of(job))

    async def _send(self, job: Job, trace: str, observer: JobObserver) -> None:
        self._metrics.jobs.labels(kind_of(job)).inc()
        apart = self._slots.partials is not None
        await asyncio.to_thread(self._queue.send, job, trace, apart=apart)
        observer.queue_job(job)

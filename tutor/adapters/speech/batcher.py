"""Lets the tasks of one process meet in one call of the recogniser, and ends a stuck one."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future

from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.watchdog import Watchdog
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.audio.recognition import Recognition
from tutor.core.queue.failures import Failure, failure_of

_Outcome = Recognition | Exception

_Asked = tuple[bool, int, Request, Future[Recognition]]
"""Whether the request is of a file, its order, the request itself, and what its caller waits
for."""


class Batcher:
    """A recogniser for many threads: one of its own drains whatever has been asked for meanwhile.

    There is no timer: while one batch runs the next gathers, so a lone request waits for nothing
    and a full house shares every call. Pieces of files come after live requests, and a few at a
    time, so that no call of theirs is long.

    A batch that fails is halved until those are alone who fail alone, too: neither one request nor
    a memory that holds only half of it fails the others. A broken device fails all at once.

    A call that takes longer than `stuck_after_s` ends the whole process. The supervisor starts it
    again and the session's deadline brings the lost jobs back.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        *,
        max_batch: int,
        stuck_after_s: float,
        metrics: WorkerMetrics | None = None,
    ) -> None:
        self.device, self.compute_type = recogniser.device, recogniser.compute_type
        self._recogniser = recogniser
        self._max_batch = max_batch
        self._metrics = metrics or WorkerMetrics()
        self._watchdog = Watchdog(stuck_after_s)
        self._most_of_files = max(1, max_batch // 4)
        self._count = itertools.count()  # keeps the order among equals
        self._waiting: queue.PriorityQueue[_Asked] = queue.PriorityQueue()
        threading.Thread(target=self._run, name="batcher", daemon=True).start()

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Recognise utterances, together with those of other threads."""
        futures = [Future[Recognition]() for _ in requests]
        for request, future in zip(requests, futures, strict=True):
            self._waiting.put((request.batch, next(self._count), request, future))
        return [future.result() for future in futures]

    def _run(self) -> None:
        while True:
            batch = self._gather()
            outcomes = self._outcomes([request for *_, request, _ in batch])
            for (*_, future), outcome in zip(batch, outcomes, strict=True):
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)

    def _outcomes(self, requests: list[Request]) -> list[_Outcome]:
        """What became of each request."""
        try:
            return list(self._call(requests))
        except Exception as error:  # each of those who wait must hear of it
            if len(requests) == 1 or failure_of(error) is Failure.DEVICE:
                return [error] * len(requests)
        middle = len(requests) // 2
        return [*self._outcomes(requests[:middle]), *self._outcomes(requests[middle:])]

    def _gather(self) -> list[_Asked]:
        batch = [self._waiting.get()]
        of_files = int(batch[0][0])
        while len(batch) < self._max_batch and not self._waiting.empty():
            asked = self._waiting.get()
            of_files += asked[0]
            if of_files > self._most_of_files:  # only more of them can follow
                self._waiting.put(asked)
                break
            batch.append(asked)
        return batch

    def _call(self, requests: list[Request]) -> list[Recognition]:
        self._metrics.batch.observe(len(requests))
        with self._watchdog.watch():
            return self._recogniser.recognise(requests)

"""Lets the tasks of one process meet in one call of the recogniser, and ends a stuck one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from tutor.adapters.speech.hearing import Hearer, Hearing, Outcome, Whole
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.watchdog import Watchdog
from tutor.adapters.telemetry.worker import WorkerMetrics
from tutor.core.audio.recognition import Recognition
from tutor.core.queue.coalescer import Coalescer
from tutor.core.queue.failures import Failure, failure_of


@dataclass(frozen=True)
class _Asked:
    """What a caller waits for."""

    hearing: Hearing
    answer: Future[Recognition]


class Batcher:
    """A recogniser for many threads: one of its own makes the calls in which their requests meet.

    Which meet the coalescer says. Each is answered as its call ends; one that must be heard again
    takes part in a later call, and holds up nobody.

    A batch that fails is halved until those are alone who fail alone, too: neither one request nor
    a memory that holds only half of it fails the others. A broken device fails all at once.

    The recogniser is loaded and has been tried before: a call that takes longer than
    `stuck_after_s`, the first one too, ends the whole process. The supervisor starts it again and
    the session's deadline brings the lost jobs back.
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
        self._metrics = metrics or WorkerMetrics()
        self._watchdog = Watchdog(stuck_after_s, first_s=0)  # it is loaded, and has been tried
        self._hearer = recogniser if isinstance(recogniser, Hearer) else Whole(recogniser)
        self._coalescer = Coalescer[_Asked](max_batch, max(1, max_batch // 4))
        self._waits = threading.Condition()
        threading.Thread(target=self._run, name="batcher", daemon=True).start()

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Recognise utterances, together with those of other threads."""
        asked = [_Asked(self._hearer.begin(one), Future[Recognition]()) for one in requests]
        with self._waits:
            for one in asked:
                self._receive(one)
            self._waits.notify()
        return [one.answer.result() for one in asked]

    def _receive(self, asked: _Asked, order: int | None = None) -> None:
        hearing = asked.hearing
        is_file = hearing.request.batch
        self._coalescer.receive(asked, hearing.bucket, is_file=is_file, order=order)

    def _run(self) -> None:
        while True:
            with self._waits:
                self._waits.wait_for(lambda: len(self._coalescer))
                call = self._coalescer.collect()
            outcomes = self._outcomes([asked.hearing for _, asked in call])
            for (order, asked), outcome in zip(call, outcomes, strict=True):
                if isinstance(outcome, Hearing):
                    with self._waits:
                        self._receive(_Asked(outcome, asked.answer), order)
                elif isinstance(outcome, Exception):
                    asked.answer.set_exception(outcome)
                else:
                    asked.answer.set_result(outcome)

    def _outcomes(self, hearings: list[Hearing]) -> list[Outcome | Exception]:
        """What became of each."""
        try:
            return list(self._call(hearings))
        except Exception as error:  # each of those who wait must hear of it
            if len(hearings) == 1 or failure_of(error) is Failure.DEVICE:
                return [error] * len(hearings)
        middle = len(hearings) // 2
        return [*self._outcomes(hearings[:middle]), *self._outcomes(hearings[middle:])]

    def _call(self, hearings: list[Hearing]) -> list[Outcome]:
        self._metrics.batch.observe(len(hearings))
        with self._watchdog.watch():
            return self._hearer.hear(hearings)

"""Slots: which recognitions go to the workers now, and which wait until a slot is free.

Only what somebody waits for is queued at once: a final whose utterance has ended. What is done
ahead (a final begun at a pause, which may prove to be none) and what is only nice to have (a
partial) goes out while a worker's slot is free, and partials never take the last slot, so that a
final finds one. The queue's priorities alone cannot do this: a worker that has begun a partial or a
vain final keeps its core for half a second, whatever comes meanwhile.

An assessment that would run on a recogniser's core counts as a partial: the two take turns, and
neither takes the last core.

What waits here is late-bound like all jobs: when its turn comes it hears all audio that is there.
Time comes in as `now`, seconds of any steady clock.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from tutor.core.queue.assessments import Assessments
from tutor.core.queue.jobs import AssessmentJob, RecognitionJob, RecognitionResult

Key = tuple[str, str, int]
"""A recognition's session, utterance and revision."""

LOST_S = 10.0
"""Seconds after which a job without a result frees its slot: its worker died, or its session."""


def key_of(job: RecognitionJob | RecognitionResult) -> Key:
    """The key that a job and its result share."""
    return job.session, job.utterance, job.revision


def share_of(slots: int, sessions: Mapping[str, int], own: str) -> int:
    """A gateway's share of the workers' slots, 1 at least.

    `sessions`: the open sessions of each gateway, `own` among them. Shares are in proportion, a
    gateway without sessions being counted as if it had one, and together no more than there are,
    unless there are more gateways than slots: each would else send as many partials as if it were
    alone, and finals would wait behind them.
    """
    weights = {name: max(1, count) for name, count in sessions.items()}
    total = sum(weights.values())
    shares = {name: slots * weight // total for name, weight in weights.items()}
    # What is left goes to the largest fractions; names decide among equals, everywhere alike.
    order = sorted(weights, key=lambda name: (-(slots * weights[name] % total), name))
    for name in order[: slots - sum(shares.values())]:
        shares[name] += 1
    return max(1, shares[own])


@dataclass
class Slots:
    """The slots of the workers that one gateway may fill."""

    count: int = 1
    """How many recognitions the workers can do for this gateway at once."""
    partials: int | None = None
    """How many partials workers of their own can do; None: there are none, and the others do
    them."""
    _busy: dict[Key, tuple[bool, float]] = field(default_factory=dict)
    """Jobs at the workers: whether each is a partial, and when it was sent."""
    _ahead: dict[Key, tuple[RecognitionJob, float]] = field(default_factory=dict)
    """Finals begun at a pause that wait for a slot, and since when, the oldest first."""
    _partials: dict[Key, tuple[RecognitionJob, float]] = field(default_factory=dict)
    """Partials that wait for a slot, and since when, the oldest first: sessions take turns, each
    has one at most."""
    assessments: Assessments = field(default_factory=Assessments)
    """What is assessed behind it all."""

    def receive_job(self, job: RecognitionJob, now: float, *, ahead: bool = False) -> None:
        """Take a job; `collect` gives it when it may go. `ahead`: nobody waits for this final
        yet."""
        key = key_of(job)
        if job.kind == "partial":
            self._partials[key] = job, now
        elif ahead:
            self._ahead[key] = job, now
        else:
            self._busy[key] = (False, now)

    def confirm(self, key: Key, now: float) -> RecognitionJob | None:
        """Take note that a final is waited for; its job, if it must be sent now."""
        waiting = self._ahead.pop(key, None)
        if waiting is None:
            return None
        self._busy[key] = (False, now)
        return waiting[0]

    def cancel(self, key: Key) -> RecognitionJob | None:
        """Take note that nobody waits for a job any more; the job, if it was never sent."""
        waiting = self._ahead.pop(key, None) or self._partials.pop(key, None)
        return None if waiting is None else waiting[0]

    def held(self, now: float) -> tuple[int, float]:
        """How many jobs are held back, and for how many seconds the oldest: a load that no queue
        shows."""
        since = [at for _, at in chain(self._ahead.values(), self._partials.values())]
        return len(since), now - min(since, default=now)

    def release(self, key: Key) -> None:
        """Free the slot of a job whose result is there."""
        self._busy.pop(key, None)

    def forget(self, session: str) -> None:
        """Forget the jobs of a session that is over; those at the workers soon end by
        themselves."""
        self.assessments.forget(session)
        for kept in (self._ahead, self._partials, self._busy):
            jobs: dict[Key, Any] = kept
            for key in [key for key in jobs if key[0] == session]:
                del jobs[key]

    def collect(self, now: float) -> list[RecognitionJob | AssessmentJob]:
        """The jobs whose turn it is."""
        self._drop_lost(now)
        going: list[RecognitionJob | AssessmentJob] = []
        while self._ahead and self._taken < self.count:
            going.append(self._send(self._ahead, now))
        while (job := self._next(now)) is not None:
            going.append(job)
        return going

    def _next(self, now: float) -> RecognitionJob | AssessmentJob | None:
        """What goes of partials and assessments, whichever has waited longer; None: neither."""
        partial_at = next((at for _, at in self._partials.values()), math.inf)
        has_room = bool(self._partials) and self._has_room_for_partial
        assessment_at = self.assessments.since
        if assessment_at is not None and (
            not self.assessments.shares_cores
            or (self._is_idle and (assessment_at <= partial_at or not has_room))
            or self.assessments.is_overdue(now)
        ):
            return self.assessments.send(now)
        return self._send(self._partials, now) if has_room else None

    @property
    def _partials_sent(self) -> int:
        return sum(is_partial for is_partial, _ in self._busy.values())

    @property
    def _taken(self) -> int:
        elsewhere = 0 if self.partials is None else self._partials_sent
        return len(self._busy) - elsewhere + self.assessments.taken

    @property
    def _has_room_for_partial(self) -> bool:
        return self._is_idle if self.partials is None else self._partials_sent < self.partials

    @property
    def _is_idle(self) -> bool:
        """Whether a core is free for what nobody waits for, and one more for a final."""
        partials = self._partials_sent if self.partials is None else 0
        idle = partials + self.assessments.taken < max(1, self.count - 1)
        return self._taken < self.count and idle

    def _send(self, waiting: dict[Key, tuple[RecognitionJob, float]], now: float) -> RecognitionJob:
        key = next(iter(waiting))
        job, _ = waiting.pop(key)
        self._busy[key] = (job.kind == "partial", now)
        return job

    def _drop_lost(self, now: float) -> None:
        self.assessments.drop_lost(now)
        for key in [key for key, (_, sent_at) in self._busy.items() if now - sent_at > LOST_S]:
            del self._busy[key]

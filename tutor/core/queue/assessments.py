"""Assessments on their way to feedback workers: they wait behind the conversation, not in a queue.

In a queue an assessment that nobody has begun, and at a worker one that takes long, look like those
whose worker died, and would be sent again: the busier the machine, the more work. Here each waits
until a feedback worker is free, and counts as taken care of while all workers live that were there
when it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.core.queue.jobs import AssessmentJob, AssessmentResult

LOST_S = 30.0
"""Seconds after which an assessment without a result frees its place: its worker died, or its
session."""


@dataclass
class Assessments:
    """The assessments of one gateway: at most one of each session."""

    count: int = 1
    """How many the feedback workers can do for this gateway at once; 0: none is ready."""
    shares_cores: bool = False
    """Whether they run on the cores that recognise, of which each takes one."""
    patience_s: float = 5.0
    """Seconds after which one goes beside recognitions, though they leave it no core."""
    late_s: float = 60.0
    """Seconds after which nobody waits for one any more."""
    _waiting: dict[str, tuple[AssessmentJob, float]] = field(default_factory=dict)
    """What waits, and since when, by session; the oldest first."""
    _busy: dict[str, tuple[AssessmentJob, float]] = field(default_factory=dict)
    """What is at the workers, and since when, by session."""
    _workers: frozenset[str] = frozenset()
    _in_doubt: set[str] = field(default_factory=set)
    """The sessions whose assessment may have been at a worker that is gone."""
    _away: set[str] = field(default_factory=set)
    """The sessions whose client is away: perhaps it comes back, perhaps not."""

    @property
    def taken(self) -> int:
        """How many of the recognisers' cores are taken by assessments."""
        return len(self._busy) if self.shares_cores else 0

    @property
    def since(self) -> float | None:
        """Since when the oldest waits that may go if it gets a core; None: there is none."""
        if not self._waiting or len(self._busy) >= self.count:
            return None
        return self._waiting[self._next][1]

    @property
    def _next(self) -> str:
        """The session whose turn it is: of those whose client is there, the one that has waited for
        longest; else of all."""
        there = (session for session in self._waiting if session not in self._away)
        return next(there, next(iter(self._waiting)))

    @property
    def _oldest(self) -> float | None:
        return next((at for _, at in self._waiting.values()), None)

    def receive_job(self, job: AssessmentJob, now: float) -> None:
        """Take a session's next assessment; the one before is not waited for any more."""
        self._drop(job.session)
        self._waiting[job.session] = job, now

    def receive_workers(self, names: frozenset[str]) -> None:
        """Take the names of the workers that live; what may have been at one that is gone is in
        doubt."""
        if self._workers - names:
            self._in_doubt |= self._busy.keys()
        self._workers = names

    def receive_presence(self, session: str, *, away: bool) -> None:
        """Take note whether a session's client is there: who is away gives way to who waits."""
        if away:
            self._away.add(session)
        else:
            self._away.discard(session)

    def cares_for(self, session: str) -> bool:
        """Whether an assessment of a session waits here, or is at a worker that lives."""
        is_sent = session in self._busy and session not in self._in_doubt
        return is_sent or session in self._waiting

    def held(self, now: float) -> tuple[int, float]:
        """How many wait, and for how many seconds the oldest."""
        oldest = self._oldest
        return len(self._waiting), 0.0 if oldest is None else now - oldest

    def release(self, result: AssessmentResult) -> None:
        """Free the place of an assessment whose result is there."""
        job, _ = self._busy.get(result.session, (None, 0.0))
        if job is not None and job.utterance == result.utterance:
            del self._busy[result.session]
            self._in_doubt.discard(result.session)

    def forget(self, session: str) -> None:
        """Forget a session that is over; its assessment at a worker soon ends by itself."""
        self._drop(session)
        self._away.discard(session)

    def _drop(self, session: str) -> None:
        self._waiting.pop(session, None)
        self._busy.pop(session, None)
        self._in_doubt.discard(session)

    def send(self, now: float) -> AssessmentJob:
        """The one whose turn it is: it goes to the workers."""
        session = self._next
        job, _ = self._waiting.pop(session)
        self._busy[session] = job, now
        return job

    def is_overdue(self, now: float) -> bool:
        """Whether the oldest has waited long enough to go beside recognitions, alone."""
        since = self.since
        return since is not None and not self._busy and now - since >= self.patience_s

    def drop_lost(self, now: float) -> None:
        """Drop what nobody waits for any more, and free the places of what was lost."""
        for kept, most_s in ((self._waiting, self.late_s), (self._busy, LOST_S)):
            for session in [name for name, (_, at) in kept.items() if now - at > most_s]:
                self._drop(session)

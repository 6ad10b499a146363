"""Assessments on their way to feedback workers: they wait behind the conversation, not in a queue.

In a queue an assessment that nobody has begun looks like one whose worker died, and would be sent
again: the busier the machine, the more work. Here it waits until a feedback worker is free, and so
its time counts from then on.
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

    @property
    def taken(self) -> int:
        """How many of the recognisers' cores are taken by assessments."""
        return len(self._busy) if self.shares_cores else 0

    @property
    def since(self) -> float | None:
        """Since when the oldest waits that may go if it gets a core; None: there is none."""
        return self._oldest if len(self._busy) < self.count else None

    @property
    def _oldest(self) -> float | None:
        return next((at for _, at in self._waiting.values()), None)

    def receive_job(self, job: AssessmentJob, now: float) -> None:
        """Take a session's next assessment; the one before is not waited for any more."""
        self.forget(job.session)
        self._waiting[job.session] = job, now

    def holds(self, session: str) -> bool:
        """Whether an assessment of a session waits here."""
        return session in self._waiting

    def held(self, now: float) -> tuple[int, float]:
        """How many wait, and for how many seconds the oldest."""
        oldest = self._oldest
        return len(self._waiting), 0.0 if oldest is None else now - oldest

    def release(self, result: AssessmentResult) -> None:
        """Free the place of an assessment whose result is there."""
        job, _ = self._busy.get(result.session, (None, 0.0))
        if job is not None and job.utterance == result.utterance:
            del self._busy[result.session]

    def forget(self, session: str) -> None:
        """Forget a session's assessment; one at a worker soon ends by itself."""
        self._waiting.pop(session, None)
        self._busy.pop(session, None)

    def send(self, now: float) -> AssessmentJob:
        """The oldest that waits: it goes to the workers."""
        session = next(iter(self._waiting))
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
                del kept[session]

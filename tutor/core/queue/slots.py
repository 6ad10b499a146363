"""Slots: which recognitions go to the workers now, and which wait until a slot is free.

Only what somebody waits for is queued at once: a final whose utterance has ended. What is done
ahead (a final begun at a pause, which may prove to be none) and what is only nice to have (a
partial) goes out while a worker's slot is free, and partials never take the last slot, so that a
final finds one. The queue's priorities alone cannot do this: a worker that has begun a partial or a
vain final keeps its core for half a second, whatever comes meanwhile.

What waits here is late-bound like all jobs: when its turn comes it hears all audio that is there.
Time comes in as `now`, seconds of any steady clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.core.queue.jobs import RecognitionJob, RecognitionResult

Key = tuple[str, str, int]
"""A recognition's session, utterance and revision."""

LOST_S = 10.0
"""Seconds after which a job without a result frees its slot: its worker died, or its session."""


def key_of(job: RecognitionJob | RecognitionResult) -> Key:
    """The key that a job and its result share."""
    return job.session, job.utterance, job.revision


@dataclass
class Slots:
    """The slots of all workers, as one gateway sees them."""

    count: int = 1
    """How many recognitions the workers can do at once."""
    _busy: dict[Key, tuple[bool, float]] = field(default_factory=dict)
    """Jobs at the workers: whether each is a partial, and when it was sent."""
    _ahead: dict[Key, RecognitionJob] = field(default_factory=dict)
    """Finals begun at a pause that wait for a slot, the oldest first."""
    _partials: dict[Key, RecognitionJob] = field(default_factory=dict)
    """Partials that wait for a slot, the oldest first: sessions take turns, each has one at
    most."""

    def receive_job(self, job: RecognitionJob, now: float, *, ahead: bool = False) -> None:
        """Take a job; `collect` gives it when it may go. `ahead`: nobody waits for this final
        yet."""
        key = key_of(job)
        if job.kind == "partial":
            self._partials[key] = job
        elif ahead:
            self._ahead[key] = job
        else:
            self._busy[key] = (False, now)

    def confirm(self, key: Key, now: float) -> RecognitionJob | None:
        """Take note that a final is waited for; its job, if it must be sent now."""
        job = self._ahead.pop(key, None)
        if job is not None:
            self._busy[key] = (False, now)
        return job

    def cancel(self, key: Key) -> RecognitionJob | None:
        """Take note that nobody waits for a job any more; the job, if it was never sent."""
        return self._ahead.pop(key, None) or self._partials.pop(key, None)

    def release(self, key: Key) -> None:
        """Free the slot of a job whose result is there."""
        self._busy.pop(key, None)

    def forget(self, session: str) -> None:
        """Forget the jobs of a session that is over; those at the workers soon end by
        themselves."""
        for jobs in (self._ahead, self._partials, self._busy):
            for key in [key for key in jobs if key[0] == session]:
                del jobs[key]

    def collect(self, now: float) -> list[RecognitionJob]:
        """The jobs whose turn it is."""
        self._drop_lost(now)
        going = []
        while self._ahead and len(self._busy) < self.count:
            going.append(self._send(self._ahead, now))
        while self._partials and self._has_room_for_partial:
            going.append(self._send(self._partials, now))
        return going

    @property
    def _has_room_for_partial(self) -> bool:
        partials = sum(is_partial for is_partial, _ in self._busy.values())
        return len(self._busy) < self.count and partials < max(1, self.count - 1)

    def _send(self, waiting: dict[Key, RecognitionJob], now: float) -> RecognitionJob:
        key = next(iter(waiting))
        job = waiting.pop(key)
        self._busy[key] = (job.kind == "partial", now)
        return job

    def _drop_lost(self, now: float) -> None:
        for key in [key for key, (_, sent_at) in self._busy.items() if now - sent_at > LOST_S]:
            del self._busy[key]

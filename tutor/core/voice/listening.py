"""A listener of a speech: when a worker is to make more of it, and when it is given up.

Only some seconds are made ahead of what the listener has taken: who reads slowly fills no memory,
who goes away leaves little behind. Time comes in as `now`, seconds of any steady clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.core.voice.progress import Progress


@dataclass
class Listening:
    """One speech, as who listens to it sees it."""

    ahead: int
    """Samples that are made ahead of what is taken."""
    retry_s: float
    """Seconds without anything new after which a job counts as lost, if no worker has it."""
    deadline_s: float
    """Seconds without anything new after which the speech is given up."""
    began_at: float
    taken: Progress = Progress()
    """What the listener has taken."""
    _until: int = 0
    _news_at: float = field(init=False)
    _sent_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._news_at = self._sent_at = self.began_at

    def receive(self, samples: int, now: float) -> None:
        """Take note of a clause that was taken; `samples`: the speech up to its end."""
        self.taken = Progress(self.taken.clauses + 1, samples)
        self._news_at = now

    def seems_lost(self, now: float) -> bool:
        """Whether the last job may be lost: nothing new has come for a while. It is, if no worker
        that lives has the speech in hand."""
        return now - max(self._sent_at, self._news_at) > self.retry_s

    def wanted(self, now: float, *, lost: bool = False) -> int | None:
        """Up to which sample a job is to be sent for now; None: none is to be sent.

        `lost`: whether the last job is lost.
        """
        if self._until - self.taken.samples > self.ahead // 2 and not lost:
            return None
        self._until, self._sent_at = self.taken.samples + self.ahead, now
        return self._until

    def is_overdue(self, now: float) -> bool:
        """Whether nothing new has come for so long that the speech is given up."""
        return now - self._news_at > self.deadline_s

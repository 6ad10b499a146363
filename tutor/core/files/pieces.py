"""A piece of a recording on its way to its text, and what is known of it at the end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tutor.core.audio.recognition import Recognition
from tutor.core.feedback.assessment import Assessment
from tutor.core.files.transcript import Piece


@dataclass(frozen=True)
class FinishedPiece:
    """What is known of a piece for good."""

    piece: Piece
    recognition: Recognition
    assessment: Assessment | None = None


class Step(Enum):
    """The step that a piece is in: it is being recognised or assessed."""

    RECOGNITION = "recognition"
    ASSESSMENT = "assessment"


class Taker(Enum):
    """The worker that has a piece, seen from outside."""

    NONE = "none"
    """No worker has taken the piece: it waits in the queue."""
    ALIVE = "alive"
    DEAD = "dead"
    """The worker that took the piece gives no sign of life."""


@dataclass
class Flight:
    """A piece in flight: sent to a worker, or about to be."""

    piece: Piece
    pcm: bytes
    """The piece's audio, PCM16 at 16 kHz."""
    attempt: int = 1
    """Attempt of the piece's step; an assessment begins with 1 again."""
    heard: Recognition | None = None
    """What was recognised; set while the piece is being assessed."""
    is_due: bool = True
    """Whether the piece must be sent."""
    sent_at: float | None = None
    """When the piece was sent last; None: no worker owes an answer."""
    _missed_at: float | None = None
    """Since when the piece's worker gives no sign of life; None: it does, or none has the piece."""

    @property
    def utterance(self) -> str:
        """The piece's name at the workers."""
        return f"p{self.piece.index}"

    @property
    def step(self) -> Step:
        """The step that the piece is in."""
        return Step.RECOGNITION if self.heard is None else Step.ASSESSMENT

    def receive_recognition(self, heard: Recognition) -> None:
        """Go on with the assessment of what was recognised."""
        self.heard, self.attempt, self.sent_at = heard, 1, None
        self.is_due = True

    def receive_sent(self, now: float) -> None:
        """Take note that the piece was sent to a worker."""
        self.is_due, self.sent_at, self._missed_at = False, now, None

    def begin_again(self) -> None:
        """Have the piece sent once more."""
        self.attempt += 1
        self.is_due = True

    def is_overdue(self, now: float, heard_at: float, after_s: float) -> bool:
        """Whether the piece was waited for long enough; `heard_at`: time of the last answer of any.

        Pieces wait for each other: as long as some come back, the rest is not lost.
        """
        return self.sent_at is not None and now - max(self.sent_at, heard_at) > after_s

    def is_orphan(self, taker: Taker, now: float, after_s: float) -> bool:
        """Whether the piece's worker has been dead for so long that the piece died with it.

        The queue, too, hands a dead worker's task out again: an assessment soon, a recognition much
        later. So an assessment is left to the queue.
        """
        if self.step is Step.ASSESSMENT or taker is not Taker.DEAD:
            self._missed_at = None
            return False
        self._missed_at = now if self._missed_at is None else self._missed_at
        return now - self._missed_at >= after_s

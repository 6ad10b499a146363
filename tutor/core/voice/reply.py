"""One reply on its way to the learner's ear: its text grows, clauses are made of it, sent, heard.

Positions are samples of the reply's audio, at the rate that the client asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tutor.core.protocol.messages import (
    Silenced,
    SpokenWord,
    TutorSpeechCancelled,
    TutorSpeechEnded,
    TutorSpeechMarks,
    TutorSpeechStarted,
)
from tutor.core.voice.clauses import split_clauses
from tutor.core.voice.effects import name_of
from tutor.core.voice.made import MadeClause, Mark
from tutor.core.voice.request import SpeechRequest
from tutor.core.voice.snapshot import ReplySnapshot
from tutor.core.voice.speakable import clean


class Stage(StrEnum):
    """How far a reply has come."""

    WAITING = "waiting"
    """Nothing of it can be heard yet."""
    SPEAKING = "speaking"
    DUCKED = "ducked"
    """It is played softly: perhaps the learner speaks."""
    CANCELLED = "cancelled"
    DONE = "done"
    """It was heard to its end."""


AUDIBLE = (Stage.SPEAKING, Stage.DUCKED)


@dataclass
class SpokenReply:
    """One reply, and how much of it is made, sent and heard."""

    number: int
    """Among the replies of the session that are spoken, from 1 on."""
    utterance: str
    rate: int
    """Samples per second."""
    text: str = ""
    is_whole: bool = False
    """Whether no more text comes."""
    clauses: list[MadeClause] = field(default_factory=list)
    sent: int = 0
    played: int = 0
    stage: Stage = Stage.WAITING
    is_kept: bool = False
    """Whether its text is in the store, so that a worker can speak it."""
    available: int = 0
    """How many clauses the text that is known has."""

    @property
    def spoken_text(self) -> str:
        """The text, without what has no sound."""
        return clean(self.text)

    def receive_text(self, text: str, most_chars: int, *, is_whole: bool) -> None:
        """Take more of the text; behind `most_chars` nothing is spoken."""
        self.text = (self.text + text)[:most_chars]
        self.is_whole = is_whole or len(self.text) >= most_chars
        self.available = self.count_clauses()

    def request(self, voice: str, speed: float) -> SpeechRequest:
        """What the workers are asked to say of its text, by a voice at a speed."""
        return SpeechRequest(self.spoken_text, voice, speed, self.rate, self.is_whole)

    def count_clauses(self) -> int:
        """How many clauses the text that is known has."""
        return len(split_clauses(self.spoken_text, is_whole=self.is_whole))

    @property
    def made(self) -> int:
        """Samples that are made."""
        return self.clauses[-1].end if self.clauses else 0

    @property
    def is_made(self) -> bool:
        """Whether all of it is made."""
        return bool(self.clauses) and self.clauses[-1].is_last

    @property
    def left_s(self) -> float:
        """Seconds of it that are made and were not heard yet."""
        return (self.made - self.played) / self.rate

    @property
    def heard_s(self) -> tuple[int, int]:
        """Its number, and how many whole seconds of it were heard."""
        return self.number, self.played // self.rate

    @property
    def wanted_after(self) -> tuple[str, int, int]:
        """Name of its speech, the last clause that is there, and the first one that was not heard
        to its end."""
        heard = sum(clause.end <= self.played for clause in self.clauses)
        return name_of(self.number), len(self.clauses), heard + 1

    @property
    def is_heard(self) -> bool:
        """Whether all of it was heard; a client counts whole milliseconds."""
        return self.is_made and self.played > self.made - self.rate // 1000

    @property
    def is_audible(self) -> bool:
        """Whether it is being played."""
        return self.stage in AUDIBLE

    def receive_clause(self, clause: MadeClause) -> bool:
        """Take the next clause; False: it was there already."""
        if clause.number != len(self.clauses) + 1:
            return False
        self.clauses.append(clause)
        return True

    def due(self, lead: int) -> tuple[int, int] | None:
        """The stretch that is to be sent now, at most `lead` samples ahead of what is heard."""
        end = min(self.made, self.played + lead)
        return (self.sent, end) if end > self.sent else None

    def clauses_of(self, begin: int, end: int) -> tuple[tuple[int, ...], int]:
        """The numbers of the clauses of a stretch, and where the first of them begins."""
        starts = [0, *(clause.end for clause in self.clauses)]
        numbers = tuple(
            clause.number
            for start, clause in zip(starts, self.clauses, strict=False)
            if start < end and clause.end > begin
        )
        return numbers, starts[numbers[0] - 1]

    def receive_played(self, position: int) -> bool:
        """Take up to where it was heard; whether that is more than before."""
        before, self.played = self.played, max(self.played, min(position, self.sent))
        return self.played > before

    def rewind(self, position: int | None) -> None:
        """Send again from a position on, which a client names that has lost its connection."""
        wanted = self.played if position is None else max(self.played, position)
        self.sent = min(self.sent, wanted)  # what was heard is not in the store any more

    def words_between(self, begin: int, end: int) -> list[str]:
        """The words that are said between two positions."""
        return [mark.text for mark in self._marks if begin <= mark.at < end]

    @property
    def heard_text(self) -> str:
        """The words that were heard, as they are written; one that was broken off counts."""
        return " ".join(self.words_between(0, max(self.played, 0)))

    @property
    def _marks(self) -> Sequence[Mark]:
        return [mark for clause in self.clauses for mark in clause.marks]

    @property
    def told_start(self) -> TutorSpeechStarted:
        """What a client is told when it begins to be heard."""
        return TutorSpeechStarted(self.utterance, self.number, self.text, self.rate)

    @property
    def told_end(self) -> TutorSpeechEnded:
        """What a client is told when it was heard to its end."""
        return TutorSpeechEnded(self.utterance, self.number, self.to_ms(self.made))

    def told_silence(self, reason: Silenced) -> TutorSpeechCancelled:
        """What a client is told when it is broken off."""
        heard_ms, heard = self.to_ms(self.played), self.heard_text
        return TutorSpeechCancelled(self.utterance, self.number, heard_ms, heard, reason)

    def marks_of(self, clause: MadeClause) -> TutorSpeechMarks:
        """When the words of a clause are said, as a client is told."""
        words = tuple(SpokenWord(mark.text, self.to_ms(mark.at)) for mark in clause.marks)
        return TutorSpeechMarks(self.utterance, self.number, words)

    def to_ms(self, position: int) -> int:
        """A position in milliseconds."""
        return position * 1000 // self.rate

    def to_samples(self, ms: int) -> int:
        """Milliseconds as a position."""
        return ms * self.rate // 1000

    def snapshot(self) -> ReplySnapshot:
        """The reply as plain data."""
        return ReplySnapshot(
            self.number,
            self.utterance,
            self.rate,
            self.text,
            self.is_whole,
            self.is_kept,
            tuple(self.clauses),
            self.sent,
            self.played,
            self.stage.value,
        )

    @classmethod
    def restored(cls, kept: ReplySnapshot) -> SpokenReply:
        """The reply of a snapshot."""
        reply = cls(
            kept.number,
            kept.utterance,
            kept.rate,
            kept.text,
            kept.is_whole,
            list(kept.clauses),
            kept.sent,
            kept.played,
            Stage(kept.stage),
            kept.is_kept,
        )
        reply.available = reply.count_clauses()
        return reply

"""A turn: one utterance on its way from its final to its reply, and what was practised in it."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.feedback.assessment import NOT_THE_TEXT, Assessment
from tutor.core.feedback.reading.reading import Reading, Window
from tutor.core.live.understood import Understood
from tutor.core.protocol.messages import Exercise


@dataclass(frozen=True)
class Practised:
    """What the learner practised when they spoke."""

    exercise: Exercise
    language: str
    reading: Reading | None
    """How far the learner is in the exercise's text; None if there is none to read."""

    @classmethod
    def of(cls, exercise: Exercise, language: str) -> Practised:
        """An exercise at its beginning."""
        reads = exercise.type in ("read_aloud", "shadow")
        return cls(exercise, language, Reading(exercise.text or "", language) if reads else None)

    @property
    def window(self) -> Window:
        """The words around the learner's place in the text; none in free speech."""
        return Window() if self.reading is None else self.reading.window()

    def snapshot(self) -> PractisedSnapshot:
        """What is practised, as plain data."""
        read = ((), 0) if self.reading is None else (self.reading.spoken, self.reading.position)
        return PractisedSnapshot(self.exercise, self.language, spoken=read[0], position=read[1])

    @classmethod
    def restored(cls, kept: PractisedSnapshot) -> Practised:
        """What was practised when the snapshot was taken."""
        practised = cls.of(kept.exercise, kept.language)
        if practised.reading is not None:
            practised.reading.resume_from(kept.position, kept.spoken)
        return practised


@dataclass(frozen=True)
class PractisedSnapshot:
    """What was practised, and how far the learner was in its text, as plain data."""

    exercise: Exercise
    language: str
    position: int = 0
    spoken: tuple[int, ...] = ()


@dataclass
class Turn:
    """One utterance on its way from its final to its reply."""

    understood: Understood
    practised: Practised
    begun_at: float = 0.0
    """When the turn's assessment, and after it the reply, was dispatched."""
    attempt: int = 1
    """Attempt of the turn's assessment: 1, or 2, which is the last."""
    assessment: Assessment | None = None
    reply: str = ""
    """The language model's reply so far."""

    @property
    def utterance(self) -> str:
        """The utterance's name."""
        return self.understood.utterance

    @property
    def language(self) -> str:
        """The language that was spoken, as it was recognised."""
        return self.understood.recognition.language

    @property
    def text(self) -> str:
        """The text that was recognised."""
        return self.understood.recognition.text

    @property
    def read_something_else(self) -> bool:
        """Whether a text was to be read and something else was said."""
        found = self.assessment and self.assessment.pronunciation
        return self.practised.reading is not None and bool(found and found.reason in NOT_THE_TEXT)

    @property
    def is_to_be_repeated(self) -> bool:
        """Whether something else was read, or nothing understood.

        No other prompt comes before it was said again, and nobody answers what was not meant.
        """
        found = None if self.assessment is None else self.assessment.pronunciation
        is_unclear = found is not None and found.reason == "not_understood"
        return is_unclear or self.read_something_else

    def snapshot(self, practised: int) -> TurnSnapshot:
        """The turn as plain data; `practised`: the index of what was practised in it."""
        return TurnSnapshot(self.understood, practised, self.attempt, self.assessment, self.reply)

    @classmethod
    def restored(cls, kept: TurnSnapshot, practised: Practised, now: float) -> Turn:
        """The turn of a snapshot; its time begins anew."""
        return cls(kept.understood, practised, now, kept.attempt, kept.assessment, kept.reply)


@dataclass(frozen=True)
class TurnSnapshot:
    """A turn as plain data."""

    understood: Understood
    practised: int
    """Index of what was practised in the turn, among all that was practised."""
    attempt: int
    assessment: Assessment | None
    reply: str

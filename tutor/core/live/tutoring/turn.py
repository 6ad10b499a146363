"""A turn: one utterance on its way from its final to its reply, and what was practised in it.

A sentence that is read in several utterances is one turn, under the name of the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256

from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, WHISPER_WINDOW_S
from tutor.core.coach.exercises import Item, pairs_with
from tutor.core.coach.prompting import Exchange, Message, build_messages
from tutor.core.coach.review import DeckSnapshot
from tutor.core.feedback.assessment import NOT_THE_TEXT, Assessment, delayed
from tutor.core.feedback.reading.reading import Reading, Window
from tutor.core.feedback.reading.sentences import Place, goes_on, place
from tutor.core.live.config import TutoringConfig
from tutor.core.live.utterances.understood import Understood
from tutor.core.protocol.messages import Exercise
from tutor.core.queue.jobs import AssessmentJob
from tutor.core.talk.snapshot import TalkSnapshot

LONGEST_BYTES = WHISPER_WINDOW_S * RATE * BYTES_PER_SAMPLE
"""Bytes of the longest audio that is judged at once."""


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
    def is_conversation(self) -> bool:
        """Whether the reply comes from a scenario, before anything is assessed."""
        return self.exercise.type == "conversation"

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
    """When a worker got the turn's assessment, and after it when the reply was dispatched."""
    attempt: int = 1
    """Attempt of the turn's assessment: 1, or 2, which is the last; less: it was begun before the
    turn had ended."""
    assessment: Assessment | None = None
    reply: str = ""
    """The language model's reply so far."""
    expected: int = 0
    """Index in the exercise's text of the word that was expected when the turn began."""
    ready_at: float = 0.0
    """When the turn could be assessed: its sentence was over."""
    is_late: bool = False
    """Whether its scores came so late that no language model is asked for a reply."""

    @classmethod
    def of(cls, understood: Understood, practised: Practised, before: Turn | None) -> Turn:
        """An utterance's turn; `before`: the one that is still on its way, if there is one."""
        reading = practised.reading
        if reading is None:
            return cls(understood, practised)
        follows = before is not None and before.practised is practised
        expected = before.place.end if before is not None and follows else reading.position
        return cls(understood, practised, expected=expected)

    @cached_property
    def place(self) -> Place:
        """Where in the exercise's text the turn was read, by its words alone."""
        if self.practised.reading is None:
            return Place(0, 0)
        recognition = self.understood.recognition
        words = self.practised.reading.words
        return place(words, self.expected, recognition.words, recognition.language)

    @property
    def is_open(self) -> bool:
        """Whether its sentence may still go on: the reader stopped within it, or paused."""
        return not self.understood.is_committed and self.place.is_open

    def joined_with(self, later: Turn) -> Turn | None:
        """This turn, whose sentence is open, and a later one as one; None: it is another
        sentence's, or both together are too long to be judged at once."""
        reading = self.practised.reading
        joined = self.understood.joined_with(later.understood)
        if (
            reading is None
            or later.practised is not self.practised
            or joined.span_bytes > LONGEST_BYTES
            or not goes_on(reading.words, self.place, later.place)
        ):
            return None
        return Turn(joined, self.practised, expected=self.expected)

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
    def is_off(self) -> bool:
        """Whether something else was read, or nothing understood: no model answers what was not
        meant."""
        found = None if self.assessment is None else self.assessment.pronunciation
        is_unclear = found is not None and found.reason == "not_understood"
        return is_unclear or self.read_something_else

    @property
    def is_behind_the_text(self) -> bool:
        """Whether something else was said when the text had been read to its end."""
        reading = self.practised.reading
        return self.read_something_else and reading is not None and reading.finished

    @property
    def is_to_be_repeated(self) -> bool:
        """Whether no other prompt comes before it was said again."""
        return self.is_off and not self.is_behind_the_text

    def assessment_job(self, session: str, library: Sequence[Item]) -> AssessmentJob:
        """The job to assess the turn; `library`: the exercises of its language."""
        window = self.practised.window
        return AssessmentJob(
            session,
            self.utterance,
            self.attempt,
            self.understood.audio_bytes,
            self.understood.recognition,
            window.words,
            window.position,
            grammar=self.practised.reading is None,
            pairs=pairs_with(library, window.words),
            before=self.understood.before,
            offset_bytes=self.understood.offset_bytes,
        )

    def is_due(self, now: float, config: TutoringConfig, *, held: bool) -> bool:
        """Whether its assessment's attempt has lasted too long; `held`: it waits for a worker, or
        is at one that lives, and no time counts."""
        if held:
            self.begun_at = now - (0 if self.attempt <= 1 else config.retry_s)
        return now - self.begun_at >= (config.retry_s if self.attempt <= 1 else config.deadline_s)

    def placed(self, found: Assessment) -> Assessment:
        """An assessment with its times on the session's clock and its passage in the whole text."""
        if found.passage is not None:
            found = replace(found, passage=self.practised.window.restore(found.passage))
        return delayed(found, self.understood.start_ms)

    def messages(
        self, native_language: str | None, talk: Sequence[Exchange], secret: str
    ) -> tuple[Message, ...]:
        """What a language model is asked, once the turn was assessed; `secret` marks data."""
        assert self.assessment is not None
        return build_messages(
            exercise=self.practised.exercise,
            language=self.language,
            native_language=native_language,
            said=self.text,
            assessment=self.assessment,
            exchanges=tuple(talk),
            nonce=sha256(f"{secret} {self.utterance}".encode()).hexdigest()[:16],
        )

    def snapshot(self, practised: int) -> TurnSnapshot:
        """The turn as plain data; `practised`: the index of what was practised in it."""
        return TurnSnapshot(
            self.understood,
            practised,
            self.attempt,
            self.assessment,
            self.reply,
            self.expected,
            self.is_late,
        )

    @classmethod
    def restored(cls, kept: TurnSnapshot, practised: Practised, now: float) -> Turn:
        """The turn of a snapshot; its time begins anew."""
        return cls(
            kept.understood,
            practised,
            now,
            kept.attempt,
            kept.assessment,
            kept.reply,
            kept.expected,
            now,
            kept.is_late,
        )


@dataclass(frozen=True)
class TurnSnapshot:
    """A turn as plain data."""

    understood: Understood
    practised: int
    """Index of what was practised in the turn, among all that was practised."""
    attempt: int
    assessment: Assessment | None
    reply: str
    expected: int = 0
    is_late: bool = False


def snapshots(
    queues: Sequence[Iterable[Turn]], current: Practised
) -> tuple[tuple[PractisedSnapshot, ...], list[tuple[TurnSnapshot, ...]]]:
    """Queues of turns as plain data, and what was practised in any of them, `current` last.

    Turns of one exercise share how far they have read: what was practised is kept once.
    """
    practised = {id(turn.practised): turn.practised for turns in queues for turn in turns}
    practised.pop(id(current), None)
    practised[id(current)] = current
    index = {key: n for n, key in enumerate(practised)}
    kept = [tuple(t.snapshot(index[id(t.practised)]) for t in turns) for turns in queues]
    return tuple(one.snapshot() for one in practised.values()), kept


@dataclass(frozen=True)
class TutoringSnapshot:
    """The feedback of a session, as plain data."""

    native_language: str | None
    practised: tuple[PractisedSnapshot, ...]
    """Whatever the turns practised; the last one is what is practised now."""
    spoken: tuple[TurnSnapshot, ...]
    assessed: tuple[TurnSnapshot, ...]
    talk: tuple[Exchange, ...]
    decks: Mapping[str, DeckSnapshot]
    """The decks of words to practise, by language."""
    done: tuple[str, ...]
    unfinished: tuple[TurnSnapshot, ...] = ()
    """The turn whose sentence may still go on, if there is one."""
    held_s: float = 0.0
    """Seconds for which that sentence is held."""
    conversation: TalkSnapshot | None = None
    """The session's conversations."""
    foreseen: int = 0
    """How many turns were foreseen: an assessment of one of them is none of those to come."""

    @property
    def recorded(self) -> list[str]:
        """The utterances whose audio is in the store: none of them is assessed yet."""
        turns = (*self.spoken, *self.unfinished)
        return [name for turn in turns for name in turn.understood.utterances]

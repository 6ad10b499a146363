"""What follows an utterance's final: it is assessed, then answered.

A state machine like the session that owns it: finals, results and time go in, effects come out.
At most one assessment and one reply of a session are under way, so a learner who speaks fast
queues here and not before others, and each assessment knows how far the one before it has read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from tutor.core.coach.coach import coach
from tutor.core.coach.exercises import Item, Prompt, next_prompt, pairs_with
from tutor.core.coach.phrases import Phrases
from tutor.core.coach.prompting import Message, Turn, build_messages
from tutor.core.coach.review import DeckSnapshot, ReviewDeck
from tutor.core.feedback.assessment import Assessment, delayed, shifted
from tutor.core.feedback.reading.reading import WINDOW_AHEAD, WINDOW_BEHIND, Reading
from tutor.core.live.effects import Dispatch, DropAudio, Effect, Emit
from tutor.core.live.events import feedback_events
from tutor.core.live.jobs import AssessmentJob, AssessmentResult, ReplyJob, ReplyPart
from tutor.core.live.understood import Spoken
from tutor.core.protocol.errors import error_event
from tutor.core.protocol.messages import (
    Basis,
    Exercise,
    ServerEvent,
    Source,
    TutorReplyDelta,
    TutorReplyDone,
)

TURNS_KEPT = 8
"""Turns of the talk that the language model is told."""


@dataclass(frozen=True)
class TutoringConfig:
    """How a session's feedback behaves; from the settings."""

    enabled: bool = True

    language_model: bool = False
    """Whether there is one to write the replies; else the built-in coach does."""

    phrases: Mapping[str, Phrases] = field(default_factory=dict)
    """The coach's phrases by language of the learner."""

    library: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    """Exercises by language, to go on with."""

    retry_s: float = 4.0
    """An assessment without a result after it is dispatched once more."""

    deadline_s: float = 12.0
    """Seconds after which an utterance without an assessment gets its error."""

    reply_deadline_s: float = 25.0
    """Seconds after which the coach answers in the language model's stead."""


@dataclass(frozen=True)
class Setting:
    """What the learner practised when they spoke."""

    exercise: Exercise
    language: str
    reading: Reading | None
    """How far they are in the exercise's text, if it has one."""

    @classmethod
    def of(cls, exercise: Exercise, language: str) -> Setting:
        """The setting of an exercise that begins."""
        reads = exercise.type in ("read_aloud", "shadow")
        return cls(exercise, language, Reading(exercise.text or "", language) if reads else None)

    def snapshot(self) -> SettingSnapshot:
        """The setting as plain data."""
        read = ((), 0) if self.reading is None else (self.reading.spoken, self.reading.position)
        return SettingSnapshot(self.exercise, self.language, spoken=read[0], position=read[1])

    @classmethod
    def restored(cls, kept: SettingSnapshot) -> Setting:
        """The setting that `snapshot` gave."""
        setting = cls.of(kept.exercise, kept.language)
        if setting.reading is not None:
            setting.reading.go_on(kept.position, kept.spoken)
        return setting


@dataclass
class _Turn:
    """One utterance on its way to its reply."""

    spoken: Spoken
    setting: Setting
    begun_at: float = 0.0
    """When its assessment, then its reply, was dispatched."""
    attempt: int = 1
    assessment: Assessment | None = None
    reply: str = ""
    """What the language model has said of it by now."""

    def snapshot(self, setting: int) -> TurnSnapshot:
        """The turn as plain data; `setting`: the index of its own."""
        return TurnSnapshot(self.spoken, setting, self.attempt, self.assessment, self.reply)

    @classmethod
    def restored(cls, kept: TurnSnapshot, setting: Setting, now: float) -> _Turn:
        """The turn that `snapshot` gave; its time begins anew."""
        return cls(kept.spoken, setting, now, kept.attempt, kept.assessment, kept.reply)


class Tutoring:
    """The feedback of one session."""

    def __init__(
        self,
        session: str,
        config: TutoringConfig,
        *,
        secret: str,
        native_language: str | None = None,
        decks: Mapping[str, ReviewDeck] | None = None,
    ) -> None:
        self._session = session
        self._secret = secret  # marks the learner's words for the language model
        self._config = config
        self._native_language = native_language
        self._effects: list[Effect] = []
        self._setting = Setting(Exercise(), "", None)
        self._spoken: deque[_Turn] = deque()  # the first is being assessed
        self._assessed: deque[_Turn] = deque()  # the first is being answered
        self._talk: deque[Turn] = deque(maxlen=TURNS_KEPT)
        self._decks = dict(decks or {})  # by language; words of earlier sessions too
        self._done: list[str] = []  # exercises that were proposed

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come."""
        return bool(self._spoken or self._assessed)

    @property
    def practise(self) -> tuple[str, ...]:
        """The words to practise again, the weakest first."""
        return tuple(word for deck in self._decks.values() for word in deck.practise())

    @property
    def decks(self) -> Mapping[str, ReviewDeck]:
        """The words to practise, by language."""
        return self._decks

    def collect(self) -> list[Effect]:
        """The effects since the last call, in the order in which they must happen."""
        effects, self._effects = self._effects, []
        return effects

    def receive_exercise(self, exercise: Exercise, language: str) -> None:
        """What is spoken from now on belongs to this exercise."""
        self._setting = Setting.of(exercise, language)

    def receive_final(self, spoken: Spoken, now: float) -> None:
        """Take an utterance over, and its audio."""
        self._spoken.append(_Turn(spoken, self._setting))
        if len(self._spoken) == 1:
            self._assess(now)

    def receive_assessment(self, result: AssessmentResult, now: float) -> None:
        """Take a worker's answer. Stale and doubled ones are dropped."""
        if not self._spoken or self._spoken[0].spoken.utterance != result.utterance:
            return
        if result.assessment is not None:
            self._finish_assessment(result.assessment, now)
        elif result.attempt == self._spoken[0].attempt:
            self._retry_or_fail(now)

    def receive_reply(self, part: ReplyPart, now: float) -> None:
        """Take a piece of the language model's reply. One that comes too late is dropped."""
        if not self._assessed or self._assessed[0].spoken.utterance != part.utterance:
            return
        turn = self._assessed[0]
        if part.text:
            turn.reply += part.text
            self._emit_delta(turn, part.text)
        if part.failed:
            self._answer_instead(turn, now)
        elif part.last:
            self._finish_reply(turn, "model", now)

    def receive_tick(self, now: float) -> None:
        """Let time pass."""
        if self._spoken:
            waited = now - self._spoken[0].begun_at
            first = self._spoken[0].attempt == 1
            if waited >= (self._config.retry_s if first else self._config.deadline_s):
                self._retry_or_fail(now)
        if self._assessed and now - self._assessed[0].begun_at >= self._config.reply_deadline_s:
            self._answer_instead(self._assessed[0], now)

    def receive_hangup(self) -> None:
        """Nobody waits for feedback any more."""
        self._effects += [DropAudio(turn.spoken.utterance) for turn in self._spoken]
        self._spoken.clear()
        self._assessed.clear()

    # ------------------------------------------------------------ the way to another gateway

    def snapshot(self, now: float) -> TutoringSnapshot:
        """All that another gateway needs to go on."""
        turns = [*self._spoken, *self._assessed]
        # Turns of one exercise share how far they have read: a setting is told once.
        settings = list({id(turn.setting): turn.setting for turn in turns}.values())
        settings = [one for one in settings if one is not self._setting] + [self._setting]
        index = {id(setting): n for n, setting in enumerate(settings)}
        return TutoringSnapshot(
            self._native_language,
            tuple(setting.snapshot() for setting in settings),
            tuple(turn.snapshot(index[id(turn.setting)]) for turn in self._spoken),
            tuple(turn.snapshot(index[id(turn.setting)]) for turn in self._assessed),
            tuple(self._talk),
            {language: deck.snapshot(now) for language, deck in self._decks.items()},
            tuple(self._done),
        )

    @classmethod
    def restored(
        cls, session: str, config: TutoringConfig, secret: str, kept: TutoringSnapshot, now: float
    ) -> Tutoring:
        """Feedback that goes on; what was asked for is awaited as if it had been asked now."""
        tutoring = cls(session, config, secret=secret, native_language=kept.native_language)
        settings = [Setting.restored(setting) for setting in kept.settings]
        tutoring._setting = settings[-1]
        for turns, queue in ((kept.spoken, tutoring._spoken), (kept.assessed, tutoring._assessed)):
            queue.extend(_Turn.restored(turn, settings[turn.setting], now) for turn in turns)
        tutoring._talk.extend(kept.talk)
        tutoring._decks = {
            language: ReviewDeck.restored(deck, now) for language, deck in kept.decks.items()
        }
        tutoring._done = list(kept.done)
        return tutoring

    # ------------------------------------------------------------ the assessment

    def _assess(self, now: float) -> None:
        turn = self._spoken[0]
        turn.begun_at = now if turn.attempt == 1 else turn.begun_at
        words, position = _around(turn.setting.reading)
        library = self._config.library.get(turn.spoken.recognition.language, ())
        self._effects.append(
            Dispatch(
                AssessmentJob(
                    self._session,
                    turn.spoken.utterance,
                    turn.attempt,
                    turn.spoken.audio_bytes,
                    turn.spoken.recognition,
                    words,
                    position,
                    grammar=turn.setting.reading is None,
                    pairs=pairs_with(library, words),
                )
            )
        )

    def _retry_or_fail(self, now: float) -> None:
        turn = self._spoken[0]
        if turn.attempt == 1:
            turn.attempt = 2
            self._assess(now)
        else:
            self._effects.append(
                Emit(error_event("feedback_failed", utterance=turn.spoken.utterance))
            )
            self._next_assessment(now)

    def _finish_assessment(self, found: Assessment, now: float) -> None:
        turn = self._spoken[0]
        turn.assessment = self._placed(turn, found)
        self._effects += map(Emit, self._events(turn, turn.assessment))
        self._receive_scores(turn, turn.assessment, now)
        self._next_assessment(now)
        self._assessed.append(turn)
        if len(self._assessed) == 1:
            self._answer(now)

    def _next_assessment(self, now: float) -> None:
        """Let go of the utterance that was assessed, and go on with the next."""
        self._effects.append(DropAudio(self._spoken.popleft().spoken.utterance))
        if self._spoken:
            self._assess(now)

    def _placed(self, turn: _Turn, found: Assessment) -> Assessment:
        """What a worker measured, on the session's clock and in the whole text."""
        if found.passage is not None and turn.setting.reading is not None:
            behind = _behind(turn.setting.reading)
            found = replace(found, passage=shifted(found.passage, behind))
        return delayed(found, turn.spoken.start_ms)

    def _events(self, turn: _Turn, assessment: Assessment) -> list[ServerEvent]:
        reading, completeness = turn.setting.reading, 0.0
        if reading is not None and assessment.passage is not None:
            reading.receive_passage(assessment.passage)
            completeness = reading.completeness
        basis: Basis = "transcript" if assessment.passage is None else "text"
        return feedback_events(turn.spoken.utterance, assessment, basis, completeness)

    def _deck(self, turn: _Turn) -> ReviewDeck:
        """The words of the language that was spoken."""
        return self._decks.setdefault(turn.spoken.recognition.language, ReviewDeck())

    def _receive_scores(self, turn: _Turn, assessment: Assessment, now: float) -> None:
        if (heard := assessment.pronunciation) is None:
            return
        replaced = dict(heard.replaced)
        for n, word in enumerate(heard.words):
            score = 0.0 if n in replaced else word.score  # a word taken for another comes back
            if score is not None:
                self._deck(turn).receive_score(word.text, score, now)

    # ------------------------------------------------------------ the reply

    def _answer(self, now: float) -> None:
        turn = self._assessed[0]
        turn.begun_at = now
        if not self._config.language_model:
            self._answer_instead(turn, now)
            return
        self._effects.append(
            Dispatch(ReplyJob(self._session, turn.spoken.utterance, self._messages(turn)))
        )

    def _answer_instead(self, turn: _Turn, now: float) -> None:
        """The coach answers, unless the language model has said something already."""
        if turn.reply:
            self._finish_reply(turn, "model", now)
            return
        prompt = self._next_prompt(turn, now)
        turn.reply = self._coach(turn, prompt)
        self._emit_delta(turn, turn.reply)
        self._finish_reply(turn, "coach", now, prompt)

    def _messages(self, turn: _Turn) -> tuple[Message, ...]:
        assert turn.assessment is not None
        return build_messages(
            exercise=turn.setting.exercise,
            language=turn.spoken.recognition.language,
            native_language=self._native_language,
            said=turn.spoken.recognition.text,
            assessment=turn.assessment,
            turns=tuple(self._talk),
            nonce=sha256(f"{self._secret} {turn.spoken.utterance}".encode()).hexdigest()[:16],
        )

    def _next_prompt(self, turn: _Turn, now: float) -> Prompt | None:
        """What to go on with: another question to talk about, or another text after this one."""
        exercise, reading = turn.setting.exercise, turn.setting.reading
        if exercise.type == "dialogue" or (reading is not None and not reading.finished):
            return None
        prompt = next_prompt(
            self._config.library.get(turn.spoken.recognition.language, ()),
            type=exercise.type,
            level=exercise.level,
            due=self._deck(turn).due(now),
            done=self._done,
        )
        if prompt is not None and prompt.item is not None:
            self._done.append(prompt.item)
        return prompt

    def _coach(self, turn: _Turn, prompt: Prompt | None) -> str:
        assert turn.assessment is not None
        return coach(
            turn.assessment,
            turn.spoken.recognition.text,
            exercise=turn.setting.exercise,
            native_language=self._native_language,
            next_prompt=None if prompt is None else prompt.text,
            practise=self._deck(turn).practise(),
            phrases=self._config.phrases,
        )

    def _emit_delta(self, turn: _Turn, text: str) -> None:
        self._effects.append(Emit(TutorReplyDelta(turn.spoken.utterance, text)))

    def _finish_reply(
        self, turn: _Turn, source: Source, now: float, prompt: Prompt | None = None
    ) -> None:
        exercise = None if prompt is None else prompt.exercise
        self._effects.append(
            Emit(TutorReplyDone(turn.spoken.utterance, turn.reply, source, exercise))
        )
        self._talk.append(Turn(turn.spoken.recognition.text, turn.reply))
        self._assessed.popleft()
        if self._assessed:
            self._answer(now)


def _behind(reading: Reading) -> int:
    """How many words of the text are too far back to be told to a worker."""
    return max(0, reading.position - WINDOW_BEHIND)


def _around(reading: Reading | None) -> tuple[tuple[str, ...], int]:
    """The words around the learner's place in a text, and the place in them."""
    if reading is None:
        return (), 0
    behind = _behind(reading)
    return reading.words[behind : reading.position + WINDOW_AHEAD], reading.position - behind


@dataclass(frozen=True)
class SettingSnapshot:
    """What was practised, and how far the learner is in its text."""

    exercise: Exercise
    language: str
    position: int = 0
    spoken: tuple[int, ...] = ()


@dataclass(frozen=True)
class TurnSnapshot:
    """An utterance on its way to its reply."""

    spoken: Spoken
    setting: int
    """Index among the settings."""
    attempt: int
    assessment: Assessment | None
    reply: str


@dataclass(frozen=True)
class TutoringSnapshot:
    """The feedback of a session."""

    native_language: str | None
    settings: tuple[SettingSnapshot, ...]
    """The last one is what is practised now."""
    spoken: tuple[TurnSnapshot, ...]
    assessed: tuple[TurnSnapshot, ...]
    talk: tuple[Turn, ...]
    decks: Mapping[str, DeckSnapshot]
    """By language."""
    done: tuple[str, ...]

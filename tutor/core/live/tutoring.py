"""What follows an utterance's final: it is assessed, then answered.

A state machine like the session that owns it: finals, results and time go in, effects come out. At
most one assessment and one reply of a session are in flight, so a learner who speaks fast queues
here and not before others, and each assessment knows how far the one before it has read.

A reader who pauses within a sentence has not finished it: the utterance is held until the sentence
goes on, and its pieces are assessed together, as one turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from hashlib import sha256

from tutor.core.coach.coach import coach
from tutor.core.coach.exercises import Prompt, pairs_with
from tutor.core.coach.prompting import Exchange, Message, build_messages
from tutor.core.coach.review import ReviewDeck
from tutor.core.coach.walk import Walk
from tutor.core.feedback.assessment import Assessment
from tutor.core.live.config import TutoringConfig
from tutor.core.live.effects import Dispatch, DropAudio, Effect, Emit, Release
from tutor.core.live.events import feedback_events
from tutor.core.live.turn import OpenSentence, Practised, Turn, TutoringSnapshot, snapshots
from tutor.core.live.understood import Understood
from tutor.core.protocol.errors import error_event
from tutor.core.protocol.messages import (
    Basis,
    Exercise,
    ServerEvent,
    Source,
    TutorReplyDelta,
    TutorReplyDone,
    UtteranceJoined,
)
from tutor.core.queue.jobs import AssessmentJob, AssessmentResult, ReplyJob, ReplyPart
from tutor.core.text.function_words import is_function_word

EXCHANGES_KEPT = 8
"""The exchanges of the talk that are kept for the language model."""


class Tutoring:
    """The feedback of one session."""

    def __init__(
        self,
        session: str,
        config: TutoringConfig,
        effects: list[Effect],
        *,
        secret: str,
        native_language: str | None = None,
        decks: Mapping[str, ReviewDeck] | None = None,
    ) -> None:
        self._session = session
        self._secret = secret  # marks the learner's words for the language model
        self._config = config
        self._native_language = native_language
        self._effects = effects  # the session's
        self._practised = Practised(Exercise(), "", None)
        self._sentence = OpenSentence(config.sentence_wait_s)
        self._spoken: deque[Turn] = deque()  # the first is being assessed
        self._assessed: deque[Turn] = deque()  # the first is being answered
        self._talk: deque[Exchange] = deque(maxlen=EXCHANGES_KEPT)
        self._decks = dict(decks or {})  # by language; words of earlier sessions too
        self._walk = Walk(config.library)

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come."""
        return bool(self._sentence.turn or self._spoken or self._assessed)

    @property
    def practise(self) -> tuple[str, ...]:
        """The words to practise again, the weakest first."""
        return tuple(word for deck in self._decks.values() for word in deck.practise())

    @property
    def decks(self) -> Mapping[str, ReviewDeck]:
        """The decks of words to practise, by language."""
        return self._decks

    def receive_exercise(self, exercise: Exercise, language: str) -> None:
        """Take the exercise that what is spoken from now on belongs to."""
        self._practised = Practised.of(exercise, language)
        self._walk.receive_exercise(exercise, language)

    def receive_final(self, understood: Understood, now: float) -> None:
        """Take an utterance that has its final, and with it its audio."""
        before = self._sentence.turn or (self._spoken[-1] if self._spoken else None)
        turn = Turn.of(understood, self._practised, before)
        ready, joined = self._sentence.receive_turn(turn, now)
        if joined:
            self._effects.append(Emit(UtteranceJoined(turn.utterance, joined)))
        self._queue(ready, now)

    def receive_end(self, now: float) -> None:
        """Take note that no more is said: no sentence goes on."""
        self._queue(self._sentence.release(), now)

    def _queue(self, turns: Sequence[Turn], now: float) -> None:
        is_idle = not self._spoken
        self._effects += [Release(turn.utterance) for turn in turns]
        for turn in turns:
            turn.ready_at = now
        self._spoken.extend(turns)
        if self._spoken and is_idle:
            self._assess(now)

    def receive_result(self, result: AssessmentResult | ReplyPart, now: float) -> None:
        """Take a feedback worker's result. Stale, doubled and late ones are dropped."""
        if isinstance(result, AssessmentResult):
            self._receive_assessment(result, now)
        else:
            self._receive_reply(result, now)

    def _receive_assessment(self, result: AssessmentResult, now: float) -> None:
        if not self._spoken or self._spoken[0].utterance != result.utterance:
            return
        if result.assessment is not None:
            self._finish_assessment(result.assessment, now)
        elif result.attempt == self._spoken[0].attempt:
            self._retry_or_fail(now)

    def _receive_reply(self, part: ReplyPart, now: float) -> None:
        if not self._assessed or self._assessed[0].utterance != part.utterance:
            return
        turn = self._assessed[0]
        if part.text:
            turn.reply += part.text
            self._emit_delta(turn, part.text)
        if part.failed:
            self._answer_instead(turn, now)
        elif part.last:
            self._finish_reply(turn, "model", now)

    def receive_tick(self, now: float, *, speaking: bool = False, held: bool = False) -> None:
        """Let time pass: deadlines of results, and the wait for a sentence to go on.

        `speaking`: something is being said, or its words are not known yet. `held`: see
        `Turn.is_due`.
        """
        self._queue(self._sentence.receive_tick(now, self._practised, speaking=speaking), now)
        if self._spoken:
            if held and now - self._spoken[0].ready_at >= self._config.late_s:
                self._fail(now)
            elif self._spoken[0].is_due(now, self._config, held=held):
                self._retry_or_fail(now)
        if self._assessed and now - self._assessed[0].begun_at >= self._config.reply_deadline_s:
            self._answer_instead(self._assessed[0], now)

    def receive_hangup(self) -> None:
        """Drop every turn: nobody waits for feedback any more."""
        for turn in (*self._spoken, *self._sentence.release()):
            self._effects += map(DropAudio, turn.understood.utterances)
        self._spoken.clear()
        self._assessed.clear()

    # ------------------------------------------------------------ the way to another gateway

    def snapshot(self, now: float) -> TutoringSnapshot:
        """All that another gateway needs to go on with the session's feedback."""
        queues = self._spoken, self._assessed, self._sentence.turns
        practised, (spoken, assessed, unfinished) = snapshots(queues, self._practised)
        return TutoringSnapshot(
            self._native_language,
            practised,
            spoken,
            assessed,
            tuple(self._talk),
            {language: deck.snapshot(now) for language, deck in self._decks.items()},
            self._walk.done,
            unfinished,
            self._sentence.held_s(now),
        )

    @classmethod
    def restored(
        cls,
        session: str,
        config: TutoringConfig,
        effects: list[Effect],
        secret: str,
        kept: TutoringSnapshot,
        now: float,
    ) -> Tutoring:
        """The feedback of a snapshot; what was asked for is awaited as if it had been asked now."""
        tutoring = cls(
            session, config, effects, secret=secret, native_language=kept.native_language
        )
        practised = [Practised.restored(one) for one in kept.practised]
        tutoring._practised = practised[-1]
        for turns, queue in ((kept.spoken, tutoring._spoken), (kept.assessed, tutoring._assessed)):
            queue.extend(Turn.restored(turn, practised[turn.practised], now) for turn in turns)
        for turn in kept.unfinished:
            held = Turn.restored(turn, practised[turn.practised], now)
            tutoring._sentence.resume_with(held, now, kept.held_s)
        tutoring._talk.extend(kept.talk)
        tutoring._decks = {
            language: ReviewDeck.restored(deck, now) for language, deck in kept.decks.items()
        }
        tutoring._walk = Walk(config.library, kept.done)
        return tutoring

    # ------------------------------------------------------------ the assessment

    def _assess(self, now: float) -> None:
        turn = self._spoken[0]
        turn.begun_at = now if turn.attempt == 1 else turn.begun_at
        window = turn.practised.window
        library = self._config.library.get(turn.language, ())
        self._effects.append(
            Dispatch(
                AssessmentJob(
                    self._session,
                    turn.utterance,
                    turn.attempt,
                    turn.understood.audio_bytes,
                    turn.understood.recognition,
                    window.words,
                    window.position,
                    grammar=turn.practised.reading is None,
                    pairs=pairs_with(library, window.words),
                    before=turn.understood.before,
                    offset_bytes=turn.understood.offset_bytes,
                )
            )
        )

    def _retry_or_fail(self, now: float) -> None:
        if self._spoken[0].attempt > 1:
            self._fail(now)
            return
        self._spoken[0].attempt = 2
        self._assess(now)

    def _fail(self, now: float) -> None:
        name = self._spoken[0].utterance
        self._effects.append(Emit(error_event("feedback_failed", utterance=name)))
        self._next_assessment(now)

    def _finish_assessment(self, found: Assessment, now: float) -> None:
        turn = self._spoken[0]
        turn.assessment = turn.placed(found)
        turn.is_late = now - turn.ready_at >= self._config.shed_s
        self._effects += map(Emit, self._events(turn, turn.assessment))
        self._receive_scores(turn, turn.assessment, now)
        self._next_assessment(now)
        self._assessed.append(turn)
        if len(self._assessed) == 1:
            self._answer(now)

    def _next_assessment(self, now: float) -> None:
        """Drop the audio of the utterance that was assessed, and go on with the next."""
        self._effects += map(DropAudio, self._spoken.popleft().understood.utterances)
        if self._spoken:
            self._assess(now)

    def _events(self, turn: Turn, assessment: Assessment) -> list[ServerEvent]:
        reading = turn.practised.reading
        if reading is not None and assessment.passage is not None:
            reading.receive_passage(assessment.passage)
        basis: Basis = "transcript" if reading is None else "text"
        return feedback_events(turn.utterance, assessment, basis, reading)

    def _deck(self, turn: Turn) -> ReviewDeck:
        """The deck of the language that was spoken."""
        return self._decks.setdefault(turn.language, ReviewDeck())

    def _receive_scores(self, turn: Turn, assessment: Assessment, now: float) -> None:
        if (heard := assessment.pronunciation) is None:
            return
        replaced = dict(heard.replaced)
        for n, word in enumerate(heard.words):
            score = 0.0 if n in replaced else word.score  # a word taken for another comes back
            if score is not None and not is_function_word(word.text, turn.language):
                self._deck(turn).receive_score(word.text, score, now)

    # ------------------------------------------------------------ the reply

    def _answer(self, now: float) -> None:
        turn = self._assessed[0]
        turn.begun_at = now
        if turn.is_off or turn.is_late or not self._config.language_model:
            self._answer_instead(turn, now)
            return
        self._effects.append(
            Dispatch(ReplyJob(self._session, turn.utterance, self._messages(turn)))
        )

    def _answer_instead(self, turn: Turn, now: float) -> None:
        """Let the coach reply, unless the language model has said something already."""
        if turn.reply:
            self._finish_reply(turn, "model", now)
            return
        prompt = self._next_prompt(turn, now)
        turn.reply = self._coach(turn, prompt)
        self._emit_delta(turn, turn.reply)
        self._finish_reply(turn, "coach", now, prompt)

    def _messages(self, turn: Turn) -> tuple[Message, ...]:
        assert turn.assessment is not None
        return build_messages(
            exercise=turn.practised.exercise,
            language=turn.language,
            native_language=self._native_language,
            said=turn.text,
            assessment=turn.assessment,
            exchanges=tuple(self._talk),
            nonce=sha256(f"{self._secret} {turn.utterance}".encode()).hexdigest()[:16],
        )

    def _next_prompt(self, turn: Turn, now: float) -> Prompt | None:
        """The prompt to go on with: another question to talk about, or the text after this one."""
        exercise, reading = turn.practised.exercise, turn.practised.reading
        reads_on = reading is not None and not reading.finished
        has_a_plan = bool(exercise.in_lesson) or exercise.type == "dialogue"
        if turn.is_to_be_repeated or reads_on or has_a_plan:
            return None
        propose = self._walk.again if turn.is_behind_the_text else self._walk.next
        return propose(exercise, turn.language, self._deck(turn).due(now))

    def _coach(self, turn: Turn, prompt: Prompt | None) -> str:
        assert turn.assessment is not None
        return coach(
            turn.assessment,
            turn.text,
            exercise=turn.practised.exercise,
            native_language=self._native_language,
            next_prompt=None if prompt is None else prompt.text,
            practise=self._deck(turn).practise(),
            phrases=self._config.phrases,
            is_read=turn.is_behind_the_text,
        )

    def _emit_delta(self, turn: Turn, text: str) -> None:
        self._effects.append(Emit(TutorReplyDelta(turn.utterance, text)))

    def _finish_reply(
        self, turn: Turn, source: Source, now: float, prompt: Prompt | None = None
    ) -> None:
        exercise = None if prompt is None else prompt.exercise
        self._effects.append(Emit(TutorReplyDone(turn.utterance, turn.reply, source, exercise)))
        self._talk.append(Exchange(turn.text, turn.reply))
        self._assessed.popleft()
        if self._assessed:
            self._answer(now)

"""The replies to a session's turns, one at a time, in the order in which they were assessed.

The language model replies, or the coach where there is none, where it is too late or where what was
said was not meant: each turn has exactly one reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tutor.core.coach.coach import FALLBACK, coach
from tutor.core.coach.exercises import Prompt
from tutor.core.coach.prompting import Exchange
from tutor.core.coach.review import ReviewDeck
from tutor.core.coach.walk import Walk
from tutor.core.feedback.assessment import Assessment
from tutor.core.live.config import TutoringConfig
from tutor.core.live.effects import Cancel, Dispatch, Effect, Emit
from tutor.core.live.tutoring.turn import Practised, Turn, TutoringSnapshot
from tutor.core.protocol.messages import Exercise, Source, TutorReplyDelta, TutorReplyDone
from tutor.core.queue.jobs import REPLY, ReplyJob, ReplyPart
from tutor.core.text.function_words import is_function_word
from tutor.core.text.languages import AUTO, whisper_language

EXCHANGES_KEPT = 8
"""The exchanges of the talk that are kept for the language model."""


class Answers:
    """What one session's turns are answered, and what the answers are made of: the talk so far, the
    words to practise and the way through the exercises.

    `effects`: the session's. `secret` marks the learner's words for the language model.
    """

    def __init__(
        self,
        session: str,
        config: TutoringConfig,
        effects: list[Effect],
        secret: str,
        native_language: str | None,
        decks: Mapping[str, ReviewDeck],
    ) -> None:
        self._session = session
        self._secret = secret
        self._config = config
        self._effects = effects
        self._native_language = native_language
        self._tongue: str | None = None  # the one language that the tutor's voice speaks
        # Lists: an empty deque takes 0.7 KiB, and most sessions are idle.
        self._assessed: list[Turn] = []  # the first is being answered
        self._talk: list[Exchange] = []  # the newest
        self._decks = dict(decks)  # by language; words of earlier sessions too
        self._walk = Walk(config.library)

    def resume_from(self, kept: TutoringSnapshot, assessed: Iterable[Turn], now: float) -> None:
        """Go on from a snapshot, whose assessed turns are given."""
        self._assessed += assessed
        self._talk += kept.talk
        self._decks = {
            language: ReviewDeck.restored(deck, now) for language, deck in kept.decks.items()
        }
        self._walk = Walk(self._config.library, kept.done)

    @property
    def waiting(self) -> bool:
        """Whether a reply is still to come."""
        return bool(self._assessed)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that have no reply yet; the first is being answered."""
        return tuple(self._assessed)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The talk so far, as much of it as is kept."""
        return tuple(self._talk)

    @property
    def decks(self) -> Mapping[str, ReviewDeck]:
        """The decks of words to practise, by language."""
        return self._decks

    @property
    def done(self) -> tuple[str, ...]:
        """The exercises that were practised, by their ids."""
        return self._walk.done

    @property
    def _explains_in(self) -> str | None:
        return self._tongue or self._native_language

    def receive_exercise(self, exercise: Exercise, language: str) -> None:
        """Take the exercise that is practised from now on."""
        self._walk.receive_exercise(exercise, language)

    def receive_tongue(self, language: str | None) -> None:
        """Take the one language that the tutor can speak: it explains in it; None: in any."""
        self._tongue = language

    def receive_scores(self, turn: Turn, assessment: Assessment, now: float) -> None:
        """Take how a turn's words were pronounced into the deck of its language."""
        if (heard := assessment.pronunciation) is None:
            return
        replaced = dict(heard.replaced)
        for n, word in enumerate(heard.words):
            score = 0.0 if n in replaced else word.score  # a word taken for another comes back
            if score is not None and not is_function_word(word.text, turn.language):
                self._deck(turn).receive_score(word.text, score, now)

    def receive_turn(self, turn: Turn, now: float) -> None:
        """Take a turn that was assessed: it is answered after those before it."""
        self._assessed.append(turn)
        if len(self._assessed) == 1:
            self._answer(now)

    def begin(self, name: str, practised: Practised, now: float) -> None:
        """Say something to begin with, under a name: what could be practised now."""
        language = practised.language if practised.language != AUTO else self._tongue or FALLBACK
        code = whisper_language(language) or FALLBACK
        deck = self._decks.get(code, ReviewDeck())
        prompt = self._walk.again(practised.exercise, code, deck.due(now))
        text = practised.exercise.text or "" if prompt is None else prompt.text
        exercise = None if prompt is None else prompt.exercise
        self._effects += [
            Emit(TutorReplyDelta(name, text)),
            Emit(TutorReplyDone(name, text, "coach", exercise)),
        ]

    def receive_reply(self, part: ReplyPart, now: float) -> None:
        """Take a part of the language model's reply. Stale and late ones are dropped."""
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

    def receive_broken(self, utterance: str, heard: str, now: float) -> None:
        """Take note that the learner broke a reply off, and heard so much of it."""
        if self._assessed and self._assessed[0].utterance == utterance:  # it is being written
            self._effects.append(Cancel(utterance, REPLY))
            self._finish_reply(self._assessed[0], "model", now)
        for n, exchange in enumerate(self._talk):
            if exchange.utterance == utterance:
                self._talk[n] = exchange.broken_off(heard)

    def receive_tick(self, now: float) -> None:
        """Let time pass: the language model's reply may not last for ever."""
        if self._assessed and now - self._assessed[0].begun_at >= self._config.reply_deadline_s:
            self._answer_instead(self._assessed[0], now)

    def receive_hangup(self) -> None:
        """Drop every turn: nobody waits for a reply any more."""
        self._assessed.clear()

    def _deck(self, turn: Turn) -> ReviewDeck:
        """The deck of the language that was spoken."""
        return self._decks.setdefault(turn.language, ReviewDeck())

    def _answer(self, now: float) -> None:
        turn = self._assessed[0]
        turn.begun_at = now
        if turn.is_off or turn.is_late or not self._config.language_model:
            self._answer_instead(turn, now)
            return
        messages = turn.messages(self._explains_in, tuple(self._talk), self._secret)
        self._effects.append(Dispatch(ReplyJob(self._session, turn.utterance, messages)))

    def _answer_instead(self, turn: Turn, now: float) -> None:
        """Let the coach reply, unless the language model has said something already."""
        if turn.reply:
            self._finish_reply(turn, "model", now)
            return
        prompt = self._next_prompt(turn, now)
        turn.reply = self._coach(turn, prompt)
        self._emit_delta(turn, turn.reply)
        self._finish_reply(turn, "coach", now, prompt)

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
            native_language=self._explains_in,
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
        self._talk.append(Exchange(turn.text, turn.reply, turn.utterance))
        del self._talk[:-EXCHANGES_KEPT]
        self._assessed.pop(0)
        if self._assessed:
            self._answer(now)

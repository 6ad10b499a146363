"""What follows an utterance's final: it is assessed, then answered.

A state machine like the session that owns it: finals, results and time go in, effects come out. At
most one assessment and one reply of a session are in flight, so a learner who speaks fast queues
here and not before others, and each assessment knows how far the one before it has read.

A reader who pauses within a sentence has not finished it: the utterance is held until the sentence
goes on, and its pieces are assessed together, as one turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tutor.core.audio.recognition import Recognition
from tutor.core.coach.review import ReviewDeck
from tutor.core.feedback.assessment import Assessment
from tutor.core.live.config import TutoringConfig
from tutor.core.live.effects import Cancel, Dispatch, DropAudio, Effect, Emit, Release
from tutor.core.live.tutoring.answers import Answers
from tutor.core.live.tutoring.events import feedback_events
from tutor.core.live.tutoring.foreseen import Foreseen, Foresight
from tutor.core.live.tutoring.sentence import OpenSentence
from tutor.core.live.tutoring.turn import Practised, Turn, TutoringSnapshot, snapshots
from tutor.core.live.utterances.understood import Understood
from tutor.core.protocol.errors import error_event
from tutor.core.protocol.messages import (
    Basis,
    ConversationHint,
    ConversationSay,
    Exercise,
    ServerEvent,
    SessionSummary,
    TutorReplyDone,
    UtteranceJoined,
)
from tutor.core.queue.jobs import REPLY, AssessmentJob, AssessmentResult, ReplyJob, ReplyPart
from tutor.core.talk.scenario import Scenario
from tutor.core.talk.talk import Out, Talk


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
        self._secret = secret
        self._config = config
        self._native_language = native_language
        self._tongue: str | None = None
        self._foresight = Foresight(self._assess_ahead, self._rehearse)
        self._effects = effects  # the session's
        self._practised = Practised(Exercise(), "", None)
        self._sentence = OpenSentence(config.sentence_wait_s)
        self._spoken: list[Turn] = []  # the first is being assessed
        self._answers = Answers(session, config, effects, secret, native_language, decks or {})
        self.talk = Talk(config.talk, session, secret, native_language)

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come."""
        turns = self._sentence.turn or self._spoken or self._answers.waiting
        return bool(turns) or self.talk.waiting

    @property
    def awaited(self) -> tuple[str, ...]:
        """The utterances whose reply is still to come."""
        turns = (*self._sentence.turns, *self._spoken, *self._answers.turns)
        return (*(turn.utterance for turn in turns), *self.talk.awaited)

    @property
    def practise(self) -> tuple[str, ...]:
        """The words to practise again, the weakest first."""
        return tuple(word for deck in self.decks.values() for word in deck.practise())

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        """The scenarios that there are, by their ids."""
        return self._config.talk.scenarios

    @property
    def decks(self) -> Mapping[str, ReviewDeck]:
        """The decks of words to practise, by language."""
        return self._answers.decks

    def summed_up(self, summary: SessionSummary) -> SessionSummary:
        """A session's totals with the words to practise, and what became of its conversations."""
        return replace(summary, practise=self.practise, conversations=self.talk.conversations)

    def receive_exercise(self, exercise: Exercise, language: str) -> None:
        """Take the exercise that what is spoken from now on belongs to."""
        self._practised = Practised.of(exercise, language)
        self._answers.receive_exercise(exercise, language)
        self._carry(self.talk.receive_exercise(exercise))

    def receive_message(self, message: ConversationHint | ConversationSay, now: float) -> None:
        """Take what is said in a conversation by typing, or the wish for a hint.

        Raises:
            ProtocolError: no conversation is under way, or the text is too long.
        """
        if isinstance(message, ConversationSay):
            self._carry(self.talk.receive_typed(message.text, now))
        else:
            self._carry(self.talk.receive_wish())

    def receive_tongue(self, language: str | None) -> None:
        """Take the one language that the tutor can speak: it explains in it; None: in any."""
        self._tongue = language
        self._answers.receive_tongue(language)

    def begin(self, name: str, now: float) -> None:
        """Say something to begin with: what could be practised; `name`: of what is answered."""
        self._answers.begin(name, self._practised, now)

    def receive_typed(self, name: str, text: str, language: str, now: float) -> None:
        """Take something that was typed, to be answered under a name.

        Raises:
            ProtocolError: in a conversation, as for `receive_message`.
        """
        if self._practised.is_conversation:
            self._carry(self.talk.receive_typed(text, now))
            return
        understood = Understood(name, 0, 0, Recognition(text, language))
        turn = Turn(understood, self._practised, now, assessment=Assessment())
        self._answers.receive_turn(turn, now)

    # ------------------------------------------------------------ before a turn has ended

    def foresee(self, understood: Understood | None, now: float) -> tuple[str, str] | None:
        """Take what an utterance will be if nothing more is said; see `Foresight.look`."""
        return self._foresight.look(understood, now)

    def _assess_ahead(self, understood: Understood, attempt: int) -> bool | None:
        talks, turn = self._practised.is_conversation, Turn.of(understood, self._practised, None)
        if self.talk.waiting if talks else (self.waiting or turn.is_open):
            return None
        turn.attempt = attempt
        self._effects += [] if talks else [Dispatch(self._assessment_job(turn))]
        return not talks

    def _rehearse(self, foreseen: Foreseen, now: float) -> str | None:
        """What would be answered if the turn ended now: a copy of all this goes through it."""
        effects: list[Effect] = []
        own = self._config, effects, self._secret, self.snapshot(now), now
        copy = Tutoring.restored(self._session, *own)
        copy.receive_tongue(self._tongue)
        copy.receive_final(foreseen.understood, now)
        name = foreseen.understood.utterance
        if foreseen.assessment is not None:
            found = AssessmentResult(self._session, name, 1, "ok", foreseen.assessment)
            copy.receive_result(found, now)
        events = (effect.event for effect in effects if isinstance(effect, Emit))
        told = (event for event in events if isinstance(event, TutorReplyDone))
        return next((reply.text for reply in told if reply.utterance == name), None)

    def receive_final(self, understood: Understood, now: float) -> None:
        """Take an utterance that has its final, and with it its audio."""
        before = self._sentence.turn or (self._spoken[-1] if self._spoken else None)
        turn = Turn.of(understood, self._practised, before)
        ready, joined = self._sentence.receive_turn(turn, now)
        if joined:
            self._effects.append(Emit(UtteranceJoined(turn.utterance, joined)))
        self._queue(ready, now)
        if self._practised.is_conversation:
            self._carry(self.talk.receive_words(turn.utterance, turn.text, turn.language, now))

    def receive_end(self, now: float) -> None:
        """Take note that no more is said: no sentence goes on."""
        self._queue(self._sentence.release(), now)

    def _queue(self, turns: Sequence[Turn], now: float) -> None:
        is_idle = not self._spoken
        self._effects += [Release(turn.utterance) for turn in turns]
        for turn in turns:
            turn.ready_at = now
        self._spoken += turns
        if self._spoken and is_idle:
            self._assess(now)

    def receive_result(self, result: AssessmentResult | ReplyPart, now: float) -> None:
        """Take a feedback worker's result. Stale, doubled and late ones are dropped."""
        if isinstance(result, AssessmentResult):
            self._receive_assessment(result, now)
        elif self.talk.awaits(result.utterance):
            self._carry(self.talk.receive_reply(result, now))
        else:
            self._answers.receive_reply(result, now)

    def _receive_assessment(self, result: AssessmentResult, now: float) -> None:
        if not self._spoken or self._spoken[0].utterance != result.utterance:
            self._foresight.receive_result(result, now)
            return
        if result.attempt < 1 and result.attempt != self._spoken[0].attempt:
            return  # of what the utterance was before its end
        if result.assessment is not None:
            self._finish_assessment(result.assessment, now)
        elif result.attempt == self._spoken[0].attempt:
            self._retry_or_fail(now)

    def receive_broken(self, utterance: str, heard: str, now: float) -> None:
        """Take note that the learner broke the tutor's reply off, and heard so much of it."""
        if self.talk.awaits(utterance):
            self._effects.append(Cancel(utterance, REPLY))
        self._carry(self.talk.receive_broken(utterance, heard, now))
        self._answers.receive_broken(utterance, heard, now)

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
        self._answers.receive_tick(now)
        self._carry(self.talk.receive_tick(now))

    def receive_hangup(self) -> None:
        """Drop every turn: nobody waits for feedback any more."""
        for turn in (*self._spoken, *self._sentence.release()):
            self._effects += map(DropAudio, turn.understood.utterances)
        self._spoken.clear()
        self._answers.receive_hangup()
        self.talk.receive_hangup()

    # ------------------------------------------------------------ the way to another gateway

    def snapshot(self, now: float) -> TutoringSnapshot:
        """All that another gateway needs to go on with the session's feedback."""
        queues = self._spoken, self._answers.turns, self._sentence.turns
        practised, (spoken, assessed, unfinished) = snapshots(queues, self._practised)
        return TutoringSnapshot(
            self._native_language,
            practised,
            spoken,
            assessed,
            self._answers.exchanges,
            {language: deck.snapshot(now) for language, deck in self.decks.items()},
            self._answers.done,
            unfinished,
            self._sentence.held_s(now),
            self.talk.snapshot(),
            self._foresight.count,
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
        tutoring._practised, tutoring._foresight.count = practised[-1], kept.foreseen
        spoken, assessed = (
            [Turn.restored(turn, practised[turn.practised], now) for turn in turns]
            for turns in (kept.spoken, kept.assessed)
        )
        tutoring._spoken += spoken
        tutoring._answers.resume_from(kept, assessed, now)
        for turn in kept.unfinished:
            held = Turn.restored(turn, practised[turn.practised], now)
            tutoring._sentence.resume_with(held, now, kept.held_s)
        if kept.conversation is not None:
            tutoring.talk.resume_from(kept.conversation, now)
        return tutoring

    # ------------------------------------------------------------ the assessment

    def _assess(self, now: float) -> None:
        turn = self._spoken[0]
        turn.begun_at = now if turn.attempt == 1 else turn.begun_at
        foreseen = self._foresight.take(turn.understood) if turn.attempt == 1 else None
        if foreseen is None:
            self._effects.append(Dispatch(self._assessment_job(turn)))
            return
        turn.attempt = foreseen.attempt
        if foreseen.assessment is not None:
            self._finish_assessment(foreseen.assessment, now)

    def _assessment_job(self, turn: Turn) -> AssessmentJob:
        library = self._config.library.get(turn.language, ())
        return turn.assessment_job(self._session, library)

    def _retry_or_fail(self, now: float) -> None:
        turn = self._spoken[0]
        if turn.attempt > 1 or now - turn.ready_at >= self._config.late_s:  # nobody would wait
            self._fail(now)
            return
        turn.attempt = 2
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
        self._answers.receive_scores(turn, turn.assessment, now)
        self._next_assessment(now)
        if turn.practised.is_conversation:  # it has its reply
            if (grammar := turn.assessment.grammar) is not None:
                self.talk.receive_findings(turn.text, grammar.findings)
            return
        self._answers.receive_turn(turn, now)

    def _next_assessment(self, now: float) -> None:
        """Drop the audio of the utterance that was assessed, and go on with the next."""
        self._effects += map(DropAudio, self._spoken.pop(0).understood.utterances)
        if self._spoken:
            self._assess(now)

    def _events(self, turn: Turn, assessment: Assessment) -> list[ServerEvent]:
        reading = turn.practised.reading
        if reading is not None and assessment.passage is not None:
            reading.receive_passage(assessment.passage)
        basis: Basis = "transcript" if reading is None else "text"
        return feedback_events(turn.utterance, assessment, basis, reading)

    def _carry(self, out: Sequence[Out]) -> None:
        """Emit what the conversation says, and have its replies worded that need it."""
        self._effects += [Dispatch(o) if isinstance(o, ReplyJob) else Emit(o) for o in out]

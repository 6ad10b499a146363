"""One learner's session: a state machine that answers what it receives with effects.

Messages, audio, speech probabilities and results come in by the `receive_*` methods; `collect`
gives the effects, which the shell carries out. The session holds no socket, no clock and no model:
time comes in as `now` (seconds, any steady clock), speech is counted in samples.
"""

from __future__ import annotations

from tutor.core.audio.samples import Samples
from tutor.core.live.checks import check_time, require_hold
from tutor.core.live.commands import Answer, Command, Discard, Listen, Refuse
from tutor.core.live.effects import Close, DropAudio, Effect, Emit
from tutor.core.live.lifecycle import State
from tutor.core.live.parts import Parts
from tutor.core.live.utterances.segmenter import Reason
from tutor.core.protocol.errors import NORMAL_CLOSURE, ProtocolError, error_event
from tutor.core.protocol.messages import (
    ConversationHint,
    ConversationSay,
    ServerEvent,
    SessionAuthenticated,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionUpdate,
    SpeechPosition,
    TurnHold,
    UtteranceCommit,
)
from tutor.core.queue.jobs import RecognitionResult, Result, SpeechResult


class Session(Parts):
    """The decisions of one practice session.

    A shell reads `lifecycle` and `received` of its parts, and changes nothing but by `receive_*`.
    """

    @property
    def state(self) -> State:
        """The session's state in its lifecycle."""
        return self.lifecycle.state

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come, or the end of what is being said."""
        return self.transcription.waiting or self._awaits_feedback or self.aloud.waiting

    def collect(self) -> list[Effect]:
        """The effects since the last call, in the order in which they must happen."""
        effects = self.effects[:]
        self.effects.clear()
        self.aloud.collected()
        return effects

    @property
    def _awaits_feedback(self) -> bool:
        """Whether feedback is still to come."""
        return self.tutoring is not None and self.tutoring.waiting

    # ------------------------------------------------------------ from the client

    def receive_message(self, message: Command, now: float) -> None:
        """Take a control message; what is wrong with it becomes an `error` event."""
        self._heard_at = now
        if self.state is State.CLOSED:  # it was on its way when the socket closed
            return
        self.received.messages += self.lifecycle.counts(message)
        try:
            if self.lifecycle.brakes(message):
                self.received.receive_message(now)
            self.lifecycle.refuse_out_of_turn(message)
            self._handle(message, now)
        except ProtocolError as error:
            error.message = getattr(message, "type", "")
            if isinstance(message, Answer):
                self.receive_unanswerable(message, error)
            else:
                self.receive_error(error, now)
        self._settle(now)

    def receive_unreadable(self, error: ProtocolError, now: float) -> None:
        """Take a text message that could not be read; `error` says why."""
        self.received.messages += self.state is not State.NEW
        try:
            self.received.receive_message(now)
        except ProtocolError as too_many:
            error = too_many
        self.receive_error(error, now)

    def receive_error(self, error: ProtocolError, now: float) -> None:
        """Take an error of the client's; a fatal one ends the session.

        What was said before is still answered, then the socket closes with the error's code. A
        message of a session that is under way has no effect if something is wrong in it, no more.
        """
        self._heard_at = now
        if self.state is State.CLOSED:
            return
        close = error.close_code(is_under_way=self.lifecycle.is_under_way)
        fatal, about = close is not None, error.message or None
        self._emit(error_event(error.code, str(error), fatal=fatal, about=about))
        if close is not None:
            self._end(now, close, error.code)

    def admit_frame(self, frame_bytes: int, now: float) -> bool:
        """Whether a binary frame of so many bytes is taken; if not, the reason is emitted.

        Audio that was on its way when the session ended is passed over without an error.
        """
        self._heard_at = now
        try:
            if not self.lifecycle.takes_audio():
                return False
            seconds = self.received.receive_frame(frame_bytes, now)
            if not self.standing.admits(seconds):
                raise ProtocolError("quota_exhausted")
        except ProtocolError as error:
            self.receive_error(error, now)
            return False
        if self.received.ack_is_due(self.safe):
            self._emit(self.received.ack(self.safe))
        return True

    def receive_stall(self, stalled_s: float) -> None:
        """This gateway did not run for so long: what the client said meanwhile comes at once."""
        self.received.receive_stall(stalled_s)
        self.transcription.receive_stall(stalled_s)

    def receive_samples(self, samples: Samples) -> list[Samples]:
        """Take resampled audio (int16, 16 kHz); the windows whose speech probability is now due."""
        return self.transcription.receive_samples(samples)

    def receive_probabilities(self, probabilities: list[float], now: float) -> None:
        """Take the speech probabilities of the windows that `receive_samples` gave, in order."""
        if self.state is not State.OPEN:  # nobody would end the utterance that they begin
            return
        heard = self.aloud.receive_probabilities(probabilities, now)
        self.transcription.receive_probabilities(heard, now)
        self._assess_understood(now)

    def receive_resume(self, now: float, at: SpeechPosition | None = None) -> None:
        """Tell a client that is back on another connection from where to send again; `at`: up to
        where it has the tutor's audio."""
        self._heard_at = now
        self.aloud.receive_resume(at, now)
        if self.state is not State.CLOSED:
            self._emit(self.received.ack(self.safe))

    def receive_drain(self, now: float, *, at_once: bool, alone: bool) -> None:
        """End the session, or leave it to another gateway, because this gateway stops.

        It is left when nobody speaks, or `at_once`. `alone`: there is no other gateway.
        """
        is_quiet = self.state is State.OPEN and self.transcription.idle
        try:
            self.effects += self.lifecycle.drain(is_due=at_once or is_quiet, alone=alone)
        except ProtocolError as error:
            self.receive_error(error, now)

    def receive_credential(self, expires_in_s: float | None, now: float) -> None:
        """Take a credential that the client has shown, valid for so long (None: without end)."""
        self._heard_at = now
        self.standing.receive_login(expires_in_s, now)
        left = None if expires_in_s is None else max(0, int(expires_in_s))
        self._emit(SessionAuthenticated(left))

    def receive_hangup(self) -> None:
        """Drop what was being said: the client is gone without `session.end`."""
        self.transcription.receive_hangup()
        self.aloud.receive_hangup(self._heard_at)
        if self.tutoring is not None:
            self.tutoring.receive_hangup()
        self.lifecycle.state = State.CLOSED

    # ------------------------------------------------------------ from the workers and the clock

    def receive_result(self, result: Result, now: float) -> None:
        """Take a worker's result. Stale, doubled and unknown ones are dropped."""
        if isinstance(result, RecognitionResult):
            self.transcription.receive_result(result, now)
            self._assess_understood(now)
        elif isinstance(result, SpeechResult):
            self.aloud.receive_result(result, now)
        elif self.tutoring is not None:
            self.tutoring.receive_result(result, now)
        self._settle(now)

    def _settle(self, now: float, *, away: bool = False) -> None:
        """Say what is due, and close the session when all is answered and said."""
        self._speak(now, away=away)
        self._foresee(now)
        self._close_when_answered()

    def _speak(self, now: float, *, away: bool = False) -> None:
        is_quiet = self.transcription.answered or not self.aloud.gives_way
        self.aloud.settle(now, is_quiet=is_quiet, is_away=away)
        while broken := self.aloud.collect_broken():
            for one in broken:
                if self.tutoring is not None:
                    self.tutoring.receive_broken(one.utterance, one.heard, now)
            # The next turn may have its reply at once: that is said, too.
            self.aloud.settle(now, is_quiet=is_quiet, is_away=away)

    def _foresee(self, now: float) -> None:
        """Prepare what is said if the learner says nothing more: who listens waits for it.

        What leaves the tutor audible, once its words are known, is not for it.
        """
        if self.tutoring is not None and self.aloud.speaks:
            foreseen = None if self.aloud.is_audible else self.transcription.foreseen
            self.aloud.rehearse(self.tutoring.foresee(foreseen, now), now)

    def _assess_understood(self, now: float) -> None:
        """Have the utterances assessed whose words have become known since the last time."""
        understood = self.transcription.collect_understood()
        self._speak(now)
        for one in understood:
            if self.tutoring is None or self.aloud.take_aside(one.utterance):
                self.effects += map(DropAudio, one.utterances)
            elif self.asked.by_itself:
                self.tutoring.receive_final(one, now)
            else:
                self.effects += map(DropAudio, self.asked.hold(one))
        if self.asked.answer is not None and self.transcription.understood_all:
            self.answer(self.asked.answer, now)
        if self.state is State.ENDING and self.transcription.answered and self.tutoring is not None:
            self.tutoring.receive_end(now)
        self._settle(now)

    def receive_tick(self, now: float, *, away: bool = False, held: bool = False) -> None:
        """Let time pass: deadlines of results, idle time, the session's longest duration.

        `away`: the client cannot be heard for now, but may come back. `held`: no worker has the
        last assessment yet."""
        self.transcription.receive_tick(now, away=away)
        self._assess_understood(now)
        if self.tutoring is not None:
            self.tutoring.receive_tick(now, speaking=not self.transcription.answered, held=held)
        self._settle(now, away=away)
        try:
            self._check_time(now)
        except ProtocolError as error:
            self.receive_error(error, now)

    def _check_time(self, now: float) -> None:
        if self.state in (State.NEW, State.OPEN):
            if (warning := self.standing.receive_tick(now)) is not None:
                self._emit(warning)
            check_time(self.config.limits, now - self._heard_at, now - self.started_at)

    def _handle(self, message: Command, now: float) -> None:
        match message:
            case SessionStart():
                self._start(message, now)
            case SessionUpdate():
                self._update(message, now)
            case SessionEnd():
                self._end(now)
            case ConversationHint() | ConversationSay():
                self._converse(message, now)
            case UtteranceCommit() | TurnHold() | Listen() | Discard():
                self._attend(message, now)
            case Answer():
                self.asked.answer = message
                self._assess_understood(now)
            case Refuse():
                self.refuse(message.utterance, now)
            case _:
                self.aloud.receive_message(message, now)

    def _attend(self, message: UtteranceCommit | TurnHold | Listen | Discard, now: float) -> None:
        match message:
            case UtteranceCommit():
                self._commit("commit", now)
            case TurnHold():
                self.transcription.receive_hold(require_hold(message.ms))
            case Listen():
                self.listen(message)
            case Discard():
                self.transcription.receive_discard()

    def _start(self, message: SessionStart, now: float) -> None:
        lesson = self.set_up(message, now)
        self.lifecycle.state = State.OPEN
        self.started_at = now
        # A session that could be resumed never comes here: the shell has handed the socket over.
        self._emit(self.started(recovered=None if message.resume is None else False))
        self.practise(lesson)  # a tutor may speak first

    def started(self, *, recovered: bool | None) -> SessionStarted:
        """The event that opens the session for a client.

        `recovered`: whether the client has its session back; None: it did not ask for one.
        """
        return SessionStarted(self.id, self.token, self.config.limits, recovered)

    @property
    def safe(self) -> int | None:
        """Position before which no audio is needed again; None: all that was said is stored."""
        return self.transcription.safe if self.state is State.OPEN else None

    def _update(self, message: SessionUpdate, now: float) -> None:
        is_lesson = message.speech is None or message != SessionUpdate(speech=message.speech)
        if self.transcription.speaking and is_lesson:
            raise ProtocolError("utterance_open")
        self.change(message, now)

    def _converse(self, message: ConversationHint | ConversationSay, now: float) -> None:
        if self.tutoring is None:
            raise ProtocolError("no_conversation")
        self.tutoring.receive_message(message, now)

    def _commit(self, reason: Reason, now: float) -> None:
        if not self.transcription.receive_commit(reason, now) and reason == "commit":
            raise ProtocolError("nothing_to_commit")
        self._assess_understood(now)

    def _end(self, now: float, code: int = NORMAL_CLOSURE, reason: str = "") -> None:
        self.lifecycle.closing = (code, reason)
        if self.state is State.NEW:
            self._close()
            return
        was_open = self.state is State.OPEN
        self.lifecycle.state = State.ENDING
        if code != NORMAL_CLOSURE:
            self.aloud.receive_stop(now)
        if was_open:
            self._commit("end", now)
        self._close_when_answered()

    def _close_when_answered(self) -> None:
        if (
            self.state is State.ENDING
            and self.transcription.answered
            and not (self._awaits_feedback or self.aloud.waiting)
        ):
            summary = self.transcription.summary(self.received.received_ms)
            self._emit(summary if self.tutoring is None else self.tutoring.summed_up(summary))
            self._close()

    def _close(self) -> None:
        self.lifecycle.state = State.CLOSED
        self.effects.append(Close(*self.lifecycle.closing))

    def _emit(self, event: ServerEvent) -> None:
        self.effects.append(Emit(event))

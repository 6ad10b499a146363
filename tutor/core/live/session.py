"""One learner's session: a state machine that takes messages, audio, speech probabilities and
recognition results, and answers with effects for the shell to carry out.

It holds no socket, no clock and no model: time comes in as `now` (seconds, any steady clock),
speech is counted in samples. Inputs are the `receive_*` methods; `collect` gives the effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from tutor.core.audio.samples import Samples, to_ms, to_samples
from tutor.core.coach.review import ReviewDeck
from tutor.core.live.checks import require_language, require_rate, require_silence, require_text
from tutor.core.live.commands import Command, Discard, Listen
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Close, DropAudio, Effect, Emit, Resample
from tutor.core.live.jobs import RecognitionResult, Result
from tutor.core.live.lifecycle import Lifecycle, State
from tutor.core.live.received import Intake
from tutor.core.live.segmenter import Reason
from tutor.core.live.snapshot import SessionSnapshot
from tutor.core.live.standing import Standing
from tutor.core.live.transcription import Transcription
from tutor.core.live.tutoring import Tutoring
from tutor.core.protocol.errors import ERRORS, NORMAL_CLOSURE, ProtocolError, error_event
from tutor.core.protocol.messages import (
    AudioFormat,
    Exercise,
    ServerEvent,
    SessionAuthenticated,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SessionUpdate,
    UtteranceCommit,
)

BEGINNER_SILENCE_MS = {"A1": 1_500, "A2": 1_200}
"""Endpoint silence by CEFR level: beginners hesitate (FIELD: 1.2 to 1.8 s)."""


class Session:
    """The decisions of one practice session."""

    def __init__(self, id: str, token: str, config: SessionConfig, now: float) -> None:  # noqa: A002
        self.id = id
        self._token = token  # whoever has it may have the session
        self._config = config
        self._effects: list[Effect] = []  # the parts of the session add theirs to the same list
        self._lifecycle = Lifecycle(resumable=config.resumable)
        self._language = ""
        self._exercise = Exercise()
        self._silence_ms: int | None = None  # as the client asked for it
        self._intake = Intake(config.limits, config.ack_interval_ms)
        self._transcription = Transcription(id, config, self._effects)
        self._tutoring: Tutoring | None = None  # none: transcripts only
        self._started_at = self._heard_at = now
        self.standing = Standing()
        self._decks: Mapping[str, ReviewDeck] = {}

    @classmethod
    def restored(
        cls, kept: SessionSnapshot, token: str, config: SessionConfig, now: float
    ) -> Session:
        """A session that another gateway had. The audio of its open utterance comes first, up to
        the position of the snapshot; then, behind `receive_resume`, what the client sends again.
        """
        session = cls(kept.session, token, config, now)
        session._lifecycle.go_on(State(kept.state), kept.closing)
        session._language, session._exercise = kept.language, kept.exercise
        session._silence_ms = kept.silence_ms
        session._intake.go_on(kept.audio, kept.received, kept.messages, kept.transcription.position)
        session.standing.go_on(kept.received / kept.audio.sample_rate)
        session._started_at = now - kept.elapsed_s
        session._transcription = Transcription.restored(
            kept.session, config, session._effects, kept.transcription, now
        )
        session._configure()
        if kept.tutoring is not None:
            session._tutoring = Tutoring.restored(
                kept.session, config.tutoring, session._effects, token, kept.tutoring, now
            )
        if session.state is not State.CLOSED:
            session._effects.append(Resample(kept.audio.sample_rate))
        return session

    def snapshot(self, now: float) -> SessionSnapshot:
        """All that another gateway needs to go on from here."""
        received, position = self._intake.safe(self._safe)
        return SessionSnapshot(
            self.id,
            token_hash(self._token),
            self.state.value,
            self._language,
            self._exercise,
            self._silence_ms,
            self.audio,
            received,
            self.messages,
            now - self._started_at,
            self._lifecycle.closing,
            self._transcription.snapshot(position),
            None if self._tutoring is None else self._tutoring.snapshot(now),
        )

    @property
    def state(self) -> State:
        """Where the session stands."""
        return self._lifecycle.state

    @property
    def is_left_to_others(self) -> bool:
        """Whether this gateway has stopped, and another one is to go on with the session."""
        return self._lifecycle.is_left_to_others

    @property
    def is_over(self) -> bool:
        """Whether this gateway has nothing more to do for the session."""
        return self._lifecycle.is_over

    def outlives(self, close_code: int) -> bool:
        """Whether a session whose socket was closed with this code waits for its client."""
        return self._lifecycle.outlives(close_code)

    @property
    def audio(self) -> AudioFormat:
        """What the client sends."""
        return self._intake.audio

    @property
    def has_feedback(self) -> bool:
        """Whether something follows a final."""
        return self._tutoring is not None

    @property
    def messages(self) -> int:
        """How many text messages were taken, `session.start` not counted."""
        return self._intake.messages

    @property
    def closing(self) -> Close:
        """How the socket closes once everything is answered."""
        return Close(*self._lifecycle.closing)

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come."""
        return self._transcription.waiting or self._tutored

    def collect(self) -> list[Effect]:
        """The effects since the last call, in the order in which they must happen."""
        effects = self._effects[:]
        self._effects.clear()
        return effects

    @property
    def _tutored(self) -> bool:
        """Whether feedback is still to come."""
        return self._tutoring is not None and self._tutoring.waiting

    # ------------------------------------------------------------ from the client

    def receive_message(self, message: Command, now: float) -> None:
        """Take a control message; what is wrong with it becomes an `error` event."""
        self._heard_at = now
        if self.state is State.CLOSED:  # it was on its way when the socket closed
            return
        self._intake.messages += self.state is not State.NEW
        try:
            self._lifecycle.refuse_out_of_turn(message)
            self._handle(message, now)
        except ProtocolError as error:
            self.receive_error(error, now)

    def receive_unreadable(self, error: ProtocolError, now: float) -> None:
        """Take a text message that says nothing we know."""
        self._intake.messages += self.state is not State.NEW
        self.receive_error(error, now)

    def receive_error(self, error: ProtocolError, now: float) -> None:
        """Take a fault of the client's; a fatal one ends the session.

        What was said before is still answered, then the socket closes with the error's code.
        """
        self._heard_at = now
        if self.state is State.CLOSED:
            return
        self._emit(error_event(error.code, str(error)))
        close = ERRORS[error.code][0]
        if close is not None:
            self._end(now, close, error.code)

    def admit_frame(self, frame_bytes: int, now: float) -> bool:
        """Whether a binary frame of so many bytes may be taken; if not, the reason is emitted.

        Audio that was on its way when the session ended is passed over without a word.
        """
        self._heard_at = now
        try:
            if not self._lifecycle.takes_audio():
                return False
            seconds = self._intake.receive_frame(frame_bytes, now)
            if not self.standing.admits(seconds):
                raise ProtocolError("quota_exhausted")
        except ProtocolError as error:
            self.receive_error(error, now)
            return False
        if self._intake.ack_is_due(self._safe):
            self._emit(self._intake.ack(self._safe))
        return True

    def receive_samples(self, samples: Samples) -> list[Samples]:
        """Take resampled audio (int16, 16 kHz); give the windows whose probability is now due."""
        return self._transcription.receive_samples(samples)

    def receive_probabilities(self, probabilities: list[float], now: float) -> None:
        """Take the speech probabilities of the windows that `receive_samples` gave, in order."""
        if self.state is not State.OPEN:  # nobody would end the utterance that they begin
            return
        self._transcription.receive_probabilities(probabilities, now)
        self._assess_understood(now)

    def recovered(self) -> SessionStarted:
        """The answer to a client that has come back."""
        return self._started(recovered=True)

    def receive_resume(self, now: float) -> None:
        """The client is back on another connection: tell it from where to send again."""
        self._heard_at = now
        if self.state is not State.CLOSED:
            self._emit(self._intake.ack(self._safe))

    def receive_drain(self, now: float, *, at_once: bool, alone: bool) -> None:
        """This gateway is to stop: end the session, or let another gateway go on with it.

        Another one goes on when nobody speaks, or at once. `alone`: there is no other.
        """
        if not self._lifecycle.moves_on(alone=alone):
            if self.state is State.NEW or (self.state is State.OPEN and not self.is_left_to_others):
                self.receive_error(ProtocolError("going_away"), now)
        elif at_once or (self.state is State.OPEN and self._transcription.idle):
            self._lifecycle.is_left_to_others = True
            self._emit(replace(error_event("going_away"), fatal=False))
            self._effects.append(Close(ERRORS["going_away"][0] or NORMAL_CLOSURE, "going_away"))

    def receive_credential(self, expires_in_s: float | None, now: float) -> None:
        """The client has shown a credential that is valid for so long (None: no end is set)."""
        self._heard_at = now
        self.standing.receive_login(expires_in_s, now)
        left = None if expires_in_s is None else max(0, int(expires_in_s))
        self._emit(SessionAuthenticated(left))

    def receive_decks(self, decks: Mapping[str, ReviewDeck]) -> None:
        """Take the learner's words of earlier sessions, by language, before `session.start`."""
        self._decks = decks

    def receive_login(self, expires_in_s: float | None, now: float) -> None:
        """The learner is logged in for so long (None: no end is set); nobody need be told."""
        self.standing.receive_login(expires_in_s, now)

    def receive_logout(self, now: float) -> None:
        """The learner's login was taken back: the next tick ends the session."""
        self.standing.receive_logout(now)

    def receive_quota(self, left_s: float | None, billed_s: float) -> None:
        """So much audio is left to the learner today (None: no end of it), the session's first
        `billed_s` being counted."""
        self.standing.receive_quota(left_s, billed_s)

    @property
    def audio_s(self) -> float:
        """Seconds of audio that were admitted since the session began."""
        return self.standing.audio_s

    @property
    def decks(self) -> Mapping[str, ReviewDeck]:
        """The learner's words to practise, by language."""
        return self._decks if self._tutoring is None else self._tutoring.decks

    def receive_hangup(self) -> None:
        """The client is gone without `session.end`: drop what it was saying."""
        self._transcription.receive_hangup()
        if self._tutoring is not None:
            self._tutoring.receive_hangup()
        self._lifecycle.state = State.CLOSED

    # ------------------------------------------------------------ from the workers and the clock

    def receive_result(self, result: Result, now: float) -> None:
        """Take a worker's answer. Stale, doubled and unknown ones are dropped."""
        if isinstance(result, RecognitionResult):
            self._transcription.receive_result(result, now)
            self._assess_understood(now)
        elif self._tutoring is not None:
            self._tutoring.receive_result(result, now)
            self._close_when_answered()

    def _assess_understood(self, now: float) -> None:
        """What was understood since the last time is now assessed."""
        for understood in self._transcription.collect_understood():
            if self._tutoring is None:
                self._effects.append(DropAudio(understood.utterance))
            else:
                self._tutoring.receive_final(understood, now)
        self._close_when_answered()

    def receive_tick(self, now: float) -> None:
        """Let time pass: deadlines of results, idle time, the session's longest duration."""
        self._transcription.receive_tick(now)
        self._assess_understood(now)
        if self._tutoring is not None:
            self._tutoring.receive_tick(now)
            self._close_when_answered()
        if self.state in (State.NEW, State.OPEN):
            self._check_standing(now)
        if self.state not in (State.NEW, State.OPEN):
            return
        if now - self._heard_at > self._config.limits.idle_timeout_s:
            self.receive_error(ProtocolError("idle_timeout"), now)
        elif now - self._started_at > self._config.limits.max_session_s:
            self.receive_error(ProtocolError("session_too_long"), now)

    def _check_standing(self, now: float) -> None:
        try:
            warning = self.standing.receive_tick(now)
        except ProtocolError as error:
            self.receive_error(error, now)
        else:
            if warning is not None:
                self._emit(warning)

    # ------------------------------------------------------------ messages

    def _handle(self, message: Command, now: float) -> None:
        match message:
            case SessionStart():
                self._start(message, now)
            case UtteranceCommit():
                self._commit("commit", now)
            case SessionUpdate():
                self._update(message)
            case SessionEnd():
                self._end(now)
            case Listen():
                self._listen(message)
            case Discard():
                self._transcription.receive_discard()

    def _start(self, message: SessionStart, now: float) -> None:
        require_rate(message.audio.sample_rate)
        if message.native_language is not None:
            require_language(message.native_language)
        if message.feedback and self._config.tutoring.enabled:
            self._tutoring = Tutoring(
                self.id,
                self._config.tutoring,
                self._effects,
                secret=self._token,
                native_language=message.native_language,
                decks=self._decks,
            )
        self._practise(message.language, message.exercise, message.endpoint_silence_ms)
        self._intake.audio = message.audio
        self._effects.append(Resample(message.audio.sample_rate))
        self._lifecycle.state = State.OPEN
        self._started_at = now
        # A session that could be resumed never comes here: the shell has handed the socket over.
        self._emit(self._started(recovered=None if message.resume is None else False))

    def _started(self, *, recovered: bool | None) -> SessionStarted:
        return SessionStarted(self.id, self._token, self._config.limits, recovered)

    @property
    def _safe(self) -> int | None:
        """Position before which no audio is needed again; None: all that was said is stored."""
        return self._transcription.safe if self.state is State.OPEN else None

    def _update(self, message: SessionUpdate) -> None:
        if self._transcription.speaking:
            raise ProtocolError("utterance_open")
        self._practise(
            self._language if message.language is None else message.language,
            self._exercise if message.exercise is None else message.exercise,
            self._silence_ms
            if message.endpoint_silence_ms is None
            else message.endpoint_silence_ms,
        )

    def _practise(self, language: str, exercise: Exercise, silence_ms: int | None) -> None:
        code = require_language(language)
        require_text(exercise, code)
        if silence_ms is not None:
            require_silence(silence_ms)
        is_new = exercise is not self._exercise or code != self._language
        self._language, self._exercise, self._silence_ms = code, exercise, silence_ms
        self._configure()
        if self._tutoring is not None and is_new:
            self._tutoring.receive_exercise(exercise, code)

    def _configure(self) -> None:
        silence_ms = self._silence_ms or self._default_silence_ms
        self._transcription.configure(self._language, to_samples(silence_ms))

    def _listen(self, how: Listen) -> None:
        """Listen otherwise from now on; an open utterance keeps its language and its prompt."""
        self._language = require_language(how.language)
        self._intake.change_rate(require_rate(how.sample_rate))
        self._effects.append(Resample(how.sample_rate))
        segmenter = how.segmenter(self._config.segmenter)
        self._transcription.listen(self._language, segmenter, how.prompt)

    @property
    def _default_silence_ms(self) -> int:
        default = to_ms(self._config.segmenter.endpoint_silence)
        return max(default, BEGINNER_SILENCE_MS.get(self._exercise.level or "", 0))

    def _commit(self, reason: Reason, now: float) -> None:
        if not self._transcription.receive_commit(reason, now) and reason == "commit":
            raise ProtocolError("nothing_to_commit")
        self._assess_understood(now)

    def _end(self, now: float, code: int = NORMAL_CLOSURE, reason: str = "") -> None:
        self._lifecycle.closing = (code, reason)
        if self.state is State.NEW:
            self._close()
            return
        if self.state is State.OPEN:
            self._commit("end", now)
        self._lifecycle.state = State.ENDING
        self._close_when_answered()

    # ------------------------------------------------------------ the end

    def _close_when_answered(self) -> None:
        if self.state is State.ENDING and self._transcription.answered and not self._tutored:
            counts = self._transcription.counts
            self._emit(
                SessionSummary(
                    utterances=counts["utterances"],
                    words=counts["words"],
                    audio_ms=self._intake.received_ms,
                    speech_ms=to_ms(counts["speech"]),
                    practise=() if self._tutoring is None else self._tutoring.practise,
                )
            )
            self._close()

    def _close(self) -> None:
        self._lifecycle.state = State.CLOSED
        self._effects.append(self.closing)

    def _emit(self, event: ServerEvent) -> None:
        self._effects.append(Emit(event))


def token_hash(token: str) -> str:
    """What is kept of a session's token in the store."""
    return sha256(token.encode()).hexdigest()

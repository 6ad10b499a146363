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
from tutor.core.live.effects import Close, DropAudio, Effect, Emit
from tutor.core.live.jobs import AssessmentResult, RecognitionResult, ReplyPart, Result
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

__all__ = ["Session", "SessionConfig"]

BEGINNER_SILENCE_MS = {"A1": 1_500, "A2": 1_200}
"""Endpoint silence by CEFR level: beginners hesitate (FIELD: 1.2 to 1.8 s)."""


class Session:
    """The decisions of one practice session."""

    def __init__(self, id: str, token: str, config: SessionConfig, now: float) -> None:  # noqa: A002
        self.id = id
        self._token = token  # whoever has it may have the session
        self._config = config
        self._effects: list[Effect] = []
        self._state = "new"  # new → open → ending → closed
        self._language = ""
        self._exercise = Exercise()
        self._silence_ms: int | None = None  # as the client asked for it
        self._intake = Intake(config.limits, config.ack_interval_ms)
        self.is_left_to_others = False
        """Whether this gateway has stopped, and another one is to go on."""
        self._transcription = Transcription(id, config)
        self._tutoring: Tutoring | None = None  # none: transcripts only
        self._started_at = self._heard_at = now
        self.standing = Standing()
        self._decks: Mapping[str, ReviewDeck] = {}
        self._closing = (NORMAL_CLOSURE, "")

    @classmethod
    def restored(
        cls, kept: SessionSnapshot, token: str, config: SessionConfig, now: float
    ) -> Session:
        """A session that another gateway had. The audio of its open utterance comes first, up to
        the position of the snapshot; then, behind `receive_resume`, what the client sends again.
        """
        session = cls(kept.session, token, config, now)
        session._state = kept.state
        session._language, session._exercise = kept.language, kept.exercise
        session._silence_ms = kept.silence_ms
        session._intake.go_on(kept.audio, kept.received, kept.messages, kept.transcription.position)
        session.standing.go_on(kept.received / kept.audio.sample_rate)
        session._started_at = now - kept.elapsed_s
        session._closing = kept.closing
        session._transcription = Transcription.restored(
            kept.session, config, kept.transcription, now
        )
        session._configure()
        if kept.tutoring is not None:
            session._tutoring = Tutoring.restored(
                kept.session, config.tutoring, token, kept.tutoring, now
            )
        return session

    def snapshot(self, now: float) -> SessionSnapshot:
        """All that another gateway needs to go on from here."""
        received, position = self._intake.safe(self._safe)
        return SessionSnapshot(
            self.id,
            token_hash(self._token),
            self._state,
            self._language,
            self._exercise,
            self._silence_ms,
            self.audio,
            received,
            self.messages,
            now - self._started_at,
            self._closing,
            self._transcription.snapshot(position),
            None if self._tutoring is None else self._tutoring.snapshot(now),
        )

    @property
    def state(self) -> str:
        """`new`, `open`, `ending` or `closed`."""
        return self._state

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
        return Close(*self._closing)

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come."""
        return self._transcription.waiting or self._tutored

    def collect(self) -> list[Effect]:
        """The effects since the last call, in the order in which they must happen."""
        effects, self._effects = self._effects, []
        return effects

    @property
    def _tutored(self) -> bool:
        """Whether feedback is still to come."""
        return self._tutoring is not None and self._tutoring.waiting

    # ------------------------------------------------------------ from the client

    def receive_message(self, message: Command, now: float) -> None:
        """Take a control message; what is wrong with it becomes an `error` event."""
        self._heard_at = now
        if self._state == "closed":  # it was on its way when the socket closed
            return
        self._intake.messages += self._state != "new"
        try:
            self._refuse_out_of_turn(message)
            self._handle(message, now)
        except ProtocolError as error:
            self.receive_error(error, now)

    def receive_unreadable(self, error: ProtocolError, now: float) -> None:
        """Take a text message that says nothing we know."""
        self._intake.messages += self._state != "new"
        self.receive_error(error, now)

    def receive_error(self, error: ProtocolError, now: float) -> None:
        """Take a fault of the client's; a fatal one ends the session.

        What was said before is still answered, then the socket closes with the error's code.
        """
        self._heard_at = now
        if self._state == "closed":
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
        if self._state in ("ending", "closed"):
            return False
        try:
            if self._state == "new":
                raise ProtocolError("not_started")
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
        if self._state != "open":  # nobody would end the utterance that they begin
            return
        self._transcription.receive_probabilities(probabilities, now)
        self._collect_words(now)

    def recovered(self) -> SessionStarted:
        """The answer to a client that has come back."""
        return self._started(recovered=True)

    def receive_resume(self, now: float) -> None:
        """The client is back on another connection: tell it from where to send again."""
        self._heard_at = now
        if self._state != "closed":
            self._emit(self._intake.ack(self._safe))

    def receive_drain(self, *, at_once: bool) -> None:
        """This gateway is to stop: when nobody speaks, or at once, let another one go on."""
        if self.is_left_to_others or self._state not in ("open", "ending"):
            return
        if at_once or (self._state == "open" and self._transcription.idle):
            self.is_left_to_others = True
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

    @property
    def decks(self) -> Mapping[str, ReviewDeck]:
        """The learner's words to practise, by language."""
        return self._decks if self._tutoring is None else self._tutoring.decks

    def receive_hangup(self) -> None:
        """The client is gone without `session.end`: drop what it was saying."""
        self._transcription.receive_hangup()
        self._effects += self._transcription.collect()
        if self._tutoring is not None:
            self._tutoring.receive_hangup()
            self._effects += self._tutoring.collect()
        self._state = "closed"

    # ------------------------------------------------------------ from the workers and the clock

    def receive_result(self, result: Result, now: float) -> None:
        """Take a worker's answer. Stale, doubled and unknown ones are dropped."""
        if isinstance(result, RecognitionResult):
            self._transcription.receive_result(result, now)
            self._collect_words(now)
        elif self._tutoring is not None:
            self._receive_feedback(self._tutoring, result, now)

    def _receive_feedback(
        self, tutoring: Tutoring, result: AssessmentResult | ReplyPart, now: float
    ) -> None:
        if isinstance(result, AssessmentResult):
            tutoring.receive_assessment(result, now)
        else:
            tutoring.receive_reply(result, now)
        self._collect_feedback()

    def _collect_words(self, now: float) -> None:
        """Carry on what the utterances brought; what was understood is now assessed."""
        self._effects += self._transcription.collect()
        for spoken in self._transcription.collect_spoken():
            if self._tutoring is None:
                self._effects.append(DropAudio(spoken.utterance))
            else:
                self._tutoring.receive_final(spoken, now)
                self._effects += self._tutoring.collect()
        self._close_when_answered()

    def _collect_feedback(self) -> None:
        if self._tutoring is not None:
            self._effects += self._tutoring.collect()
            self._close_when_answered()

    def receive_tick(self, now: float) -> None:
        """Let time pass: deadlines of results, idle time, the session's longest duration."""
        self._transcription.receive_tick(now)
        self._collect_words(now)
        if self._tutoring is not None:
            self._tutoring.receive_tick(now)
            self._collect_feedback()
        if self._state in ("new", "open"):
            self._check_standing(now)
        if self._state not in ("new", "open"):
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

    def _refuse_out_of_turn(self, message: Command) -> None:
        if self._state == "new" and not isinstance(message, SessionStart):
            raise ProtocolError("not_started")
        if self._state == "open" and isinstance(message, SessionStart):
            raise ProtocolError("already_started")
        if self._state == "ending":
            raise ProtocolError("session_ended")

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
                self._discard()

    def _start(self, message: SessionStart, now: float) -> None:
        require_rate(message.audio.sample_rate)
        if message.native_language is not None:
            require_language(message.native_language)
        if message.feedback and self._config.tutoring.enabled:
            self._tutoring = Tutoring(
                self.id,
                self._config.tutoring,
                secret=self._token,
                native_language=message.native_language,
                decks=self._decks,
            )
        self._practise(message.language, message.exercise, message.endpoint_silence_ms)
        self._intake.audio = message.audio
        self._state = "open"
        self._started_at = now
        # A session that could be resumed never comes here: the shell has handed the socket over.
        self._emit(self._started(recovered=None if message.resume is None else False))

    def _started(self, *, recovered: bool | None) -> SessionStarted:
        return SessionStarted(self.id, self._token, self._config.limits, recovered)

    @property
    def _safe(self) -> int | None:
        """Position before which no audio is needed again; None: all that was said is stored."""
        return self._transcription.safe if self._state == "open" else None

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
        segmenter = how.segmenter(self._config.segmenter)
        self._transcription.listen(self._language, segmenter, how.prompt)

    def _discard(self) -> None:
        self._transcription.receive_discard()
        self._effects += self._transcription.collect()

    @property
    def _default_silence_ms(self) -> int:
        default = to_ms(self._config.segmenter.endpoint_silence)
        return max(default, BEGINNER_SILENCE_MS.get(self._exercise.level or "", 0))

    def _commit(self, reason: Reason, now: float) -> None:
        if not self._transcription.receive_commit(reason, now) and reason == "commit":
            raise ProtocolError("nothing_to_commit")
        self._collect_words(now)

    def _end(self, now: float, code: int = NORMAL_CLOSURE, reason: str = "") -> None:
        self._closing = (code, reason)
        if self._state == "new":
            self._close(code, reason)
            return
        if self._state == "open":
            self._commit("end", now)
        self._state = "ending"
        self._close_when_answered()

    # ------------------------------------------------------------ the end

    def _close_when_answered(self) -> None:
        if self._state == "ending" and self._transcription.answered and not self._tutored:
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
            self._close(*self._closing)

    def _close(self, code: int, reason: str = "") -> None:
        self._state = "closed"
        self._effects.append(Close(code, reason))

    def _emit(self, event: ServerEvent) -> None:
        self._effects.append(Emit(event))


def token_hash(token: str) -> str:
    """What is kept of a session's token in the store."""
    return sha256(token.encode()).hexdigest()

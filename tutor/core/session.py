"""One learner's session: a state machine that takes messages, audio, speech probabilities and
recognition results, and answers with effects for the shell to carry out.

It holds no socket, no clock and no model: time comes in as `now` (seconds, any steady clock),
speech is counted in samples. Inputs are the `receive_*` methods; `collect` gives the effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from tutor.core.audio import BYTES_PER_SAMPLE, WINDOW, History, Samples, to_ms, to_samples
from tutor.core.effects import AppendAudio, Cancel, Close, Dispatch, DropAudio, Effect, Emit
from tutor.core.jobs import AssessmentResult, Kind, RecognitionResult, ReplyPart, Result
from tutor.core.languages import whisper_language
from tutor.core.limits import (
    MAX_ENDPOINT_SILENCE_MS,
    MAX_SAMPLE_RATE,
    MIN_ENDPOINT_SILENCE_MS,
    MIN_SAMPLE_RATE,
    Limits,
)
from tutor.core.pace import Pace
from tutor.core.protocol import (
    ERRORS,
    NORMAL_CLOSURE,
    AudioAck,
    AudioFormat,
    ClientMessage,
    Exercise,
    ProtocolError,
    ServerEvent,
    SessionAuthenticated,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionSummary,
    SessionUpdate,
    SpeechStarted,
    SpeechStopped,
    TranscriptFinal,
    TranscriptPartial,
    UtteranceCommit,
    error_event,
)
from tutor.core.reading import check_text
from tutor.core.review import ReviewDeck
from tutor.core.segmenter import (
    Decision,
    Ended,
    Paused,
    Reason,
    Resumed,
    Segmenter,
    SegmenterConfig,
    Started,
)
from tutor.core.standing import Standing
from tutor.core.tutoring import Tutoring, TutoringConfig
from tutor.core.utterance import Utterance

APPEND = to_samples(100)
"""Audio is stored in pieces of this length at least: a frame may be 20 ms."""

BEGINNER_SILENCE_MS = {"A1": 1_500, "A2": 1_200}
"""Endpoint silence by CEFR level: beginners hesitate (FIELD: 1.2 to 1.8 s)."""


@dataclass(frozen=True)
class SessionConfig:
    """How a session behaves; from the settings."""

    limits: Limits = Limits()
    segmenter: SegmenterConfig = SegmenterConfig()

    first_partial: int = to_samples(320)
    """Samples of speech before the first partial."""

    partial_interval: int = to_samples(320)
    """New samples before the next partial."""

    partial_yield: float = 4.0
    """A partial that waited in the queue for so long puts the next one off by this many times as
    much: others, who wait for their finals, need the recogniser more."""

    partial_timeout_s: float = 5.0
    """A partial without a result after it is given up; the next one may go."""

    final_retry_s: float = 6.0
    """A final without a result after it is dispatched once more."""

    final_deadline_s: float = 30.0
    """Seconds after which an utterance without a final gets its terminal error."""

    ack_interval_ms: int = 1_000
    """Milliseconds of audio between acknowledgements."""

    tutoring: TutoringConfig = TutoringConfig()
    """How feedback behaves."""


class Session:
    """The decisions of one practice session."""

    def __init__(self, id: str, token: str, config: SessionConfig, now: float) -> None:  # noqa: A002
        self.id = id
        self.audio = AudioFormat()
        self._token = token
        self._config = config
        self._effects: list[Effect] = []
        self._state = "new"  # new → open → ending → closed
        self._language = ""
        self._exercise = Exercise()
        self._silence_ms: int | None = None  # as the client asked for it
        self._segmenter = Segmenter(config.segmenter)
        # The history must reach back to the pre-roll of an onset not yet confirmed, and to the
        # cut of a forced endpoint.
        self._history = History(
            config.segmenter.cut_search
            + config.segmenter.pre_roll
            + config.segmenter.min_speech
            + 2 * WINDOW
        )
        self._judged = 0  # samples whose speech probability was asked for
        self._received = 0  # samples at the client's rate
        self._acked_ms = 0
        self._pace = Pace(config.limits.max_speed, config.limits.speed_burst_ms / 1000)
        self._utterances: dict[str, Utterance] = {}  # those without a terminal event
        self._open: Utterance | None = None  # the one being spoken
        self._queued_s = 0.0  # how long the newest partial waited for a worker
        self._tutoring: Tutoring | None = None  # none: transcripts only
        self._counts = {"utterances": 0, "words": 0, "speech": 0}
        self._started_at = self._heard_at = now
        self.standing = Standing()
        self._decks: Mapping[str, ReviewDeck] = {}
        self._closing = (NORMAL_CLOSURE, "")

    @property
    def state(self) -> str:
        """`new`, `open`, `ending` or `closed`."""
        return self._state

    @property
    def waiting(self) -> bool:
        """Whether a result is still to come."""
        heard = any(utterance.waiting for utterance in self._utterances.values())
        return heard or self._tutored

    def collect(self) -> list[Effect]:
        """The effects since the last call, in the order in which they must happen."""
        effects, self._effects = self._effects, []
        return effects

    @property
    def _tutored(self) -> bool:
        """Whether feedback is still to come."""
        return self._tutoring is not None and self._tutoring.waiting

    # ------------------------------------------------------------ from the client

    def receive_message(self, message: ClientMessage, now: float) -> None:
        """Take a control message; what is wrong with it becomes an `error` event."""
        self._heard_at = now
        if self._state == "closed":  # it was on its way when the socket closed
            return
        try:
            self._refuse_out_of_turn(message)
            self._handle(message, now)
        except ProtocolError as error:
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

    def receive_breakdown(self, code: str) -> None:
        """The shell cannot go on, for a reason of `ERRORS`: close at once."""
        if self._state != "closed":
            self.receive_hangup()
            self._emit(error_event(code))
            self._close(ERRORS[code][0] or NORMAL_CLOSURE, code)

    def admit_frame(self, frame_bytes: int, now: float) -> bool:
        """Whether a binary frame of so many bytes may be taken; if not, the reason is emitted.

        Audio that was on its way when the session ended is passed over without a word.
        """
        self._heard_at = now
        if self._state in ("ending", "closed"):
            return False
        try:
            self._check_frame(frame_bytes, now)
        except ProtocolError as error:
            self.receive_error(error, now)
            return False
        self._received += frame_bytes // BYTES_PER_SAMPLE
        if self._received_ms - self._acked_ms >= self._config.ack_interval_ms:
            self._acked_ms = self._received_ms
            self._emit(AudioAck(self._acked_ms))
        return True

    def receive_samples(self, samples: Samples) -> list[Samples]:
        """Take resampled audio (int16, 16 kHz); give the windows whose probability is now due."""
        self._history.append(samples)
        windows = []
        while self._history.end - self._judged >= WINDOW:
            windows.append(self._history.between(self._judged, self._judged + WINDOW))
            self._judged += WINDOW
        return windows

    def receive_probabilities(self, probabilities: list[float], now: float) -> None:
        """Take the speech probabilities of the windows that `receive_samples` gave, in order."""
        if self._state != "open":  # nobody would end the utterance that they begin
            return
        for probability in probabilities:
            for decision in self._segmenter.receive_probability(probability):
                self._decide(decision, now)
        self._dispatch_partial(now)
        if self._open is not None and self._history.end - self._open.appended >= APPEND:
            self._append_audio()

    def is_token(self, token: str) -> bool:
        """Whether it is the secret that was given to the client."""
        return compare_digest(token.encode(), self._token.encode())

    def recovered(self) -> SessionStarted:
        """The answer to a client that has come back."""
        return self._started(recovered=True)

    def receive_resume(self, now: float) -> None:
        """The client is back on another connection: tell it from where to send audio again."""
        self._heard_at = now
        self._acked_ms = self._received_ms
        self._emit(AudioAck(self._acked_ms))

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
        for utterance in self._utterances:
            self._effects.append(DropAudio(utterance))
        self._utterances.clear()
        if self._tutoring is not None:
            self._tutoring.receive_hangup()
            self._effects += self._tutoring.collect()
        self._open = None
        self._state = "closed"

    # ------------------------------------------------------------ from the workers and the clock

    def receive_result(self, result: Result, now: float) -> None:
        """Take a worker's answer. Stale, doubled and unknown ones are dropped."""
        if isinstance(result, RecognitionResult):
            self._receive_recognition(result, now)
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

    def _collect_feedback(self) -> None:
        if self._tutoring is not None:
            self._effects += self._tutoring.collect()
            self._close_when_answered()

    def _receive_recognition(self, result: RecognitionResult, now: float) -> None:
        utterance = self._utterances.get(result.utterance)
        if utterance is None:
            return
        if result.kind == "partial":
            # Otherwise it is doubled, was given up, or the utterance has ended meanwhile.
            if result.revision == utterance.partial_revision and not utterance.ended:
                self._receive_partial(utterance, result, now)
        elif result.revision == utterance.final_revision:
            self._receive_final(utterance, result, now)

    def receive_tick(self, now: float) -> None:
        """Let time pass: deadlines of results, idle time, the session's longest duration."""
        for utterance in list(self._utterances.values()):
            self._check_deadline(utterance, now)
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

    def _refuse_out_of_turn(self, message: ClientMessage) -> None:
        if self._state == "new" and not isinstance(message, SessionStart):
            raise ProtocolError("not_started")
        if self._state == "open" and isinstance(message, SessionStart):
            raise ProtocolError("already_started")
        if self._state == "ending":
            raise ProtocolError("session_ended")

    def _handle(self, message: ClientMessage, now: float) -> None:
        match message:
            case SessionStart():
                self._start(message, now)
            case UtteranceCommit():
                self._commit("commit", now)
            case SessionUpdate():
                self._update(message)
            case SessionEnd():
                self._end(now)

    def _start(self, message: SessionStart, now: float) -> None:
        if not MIN_SAMPLE_RATE <= message.audio.sample_rate <= MAX_SAMPLE_RATE:
            raise ProtocolError(
                "unsupported_audio",
                f"sample_rate must be {MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE}, "
                f"not {message.audio.sample_rate}",
            )
        if message.native_language is not None:
            _require_language(message.native_language)
        if message.feedback and self._config.tutoring.enabled:
            self._tutoring = Tutoring(
                self.id,
                self._config.tutoring,
                secret=self._token,
                native_language=message.native_language,
                decks=self._decks,
            )
        self._practise(message.language, message.exercise, message.endpoint_silence_ms)
        self.audio = message.audio
        self._state = "open"
        self._started_at = now
        # A session that could be resumed never comes here: the shell has handed the socket over.
        self._emit(self._started(recovered=None if message.resume is None else False))

    def _started(self, *, recovered: bool | None) -> SessionStarted:
        return SessionStarted(self.id, self._token, self._config.limits, recovered)

    def _update(self, message: SessionUpdate) -> None:
        if self._open is not None:
            raise ProtocolError("utterance_open")
        self._practise(
            self._language if message.language is None else message.language,
            self._exercise if message.exercise is None else message.exercise,
            self._silence_ms
            if message.endpoint_silence_ms is None
            else message.endpoint_silence_ms,
        )

    def _practise(self, language: str, exercise: Exercise, silence_ms: int | None) -> None:
        code = _require_language(language)
        _require_text(exercise, code)
        if silence_ms is not None:
            _require_silence(silence_ms)
        is_new = exercise is not self._exercise or code != self._language
        self._language, self._exercise, self._silence_ms = code, exercise, silence_ms
        self._segmenter.configure(to_samples(silence_ms or self._default_silence_ms))
        if self._tutoring is not None and is_new:
            self._tutoring.receive_exercise(exercise, code)

    @property
    def _default_silence_ms(self) -> int:
        default = to_ms(self._config.segmenter.endpoint_silence)
        return max(default, BEGINNER_SILENCE_MS.get(self._exercise.level or "", 0))

    def _commit(self, reason: Reason, now: float) -> None:
        decisions = self._segmenter.receive_commit(self._history.end, reason)
        if not decisions and reason == "commit":
            raise ProtocolError("nothing_to_commit")
        for decision in decisions:
            self._decide(decision, now)

    def _end(self, now: float, code: int = NORMAL_CLOSURE, reason: str = "") -> None:
        self._closing = (code, reason)
        if self._state == "new":
            self._close(code, reason)
            return
        if self._state == "open":
            self._commit("end", now)
        self._state = "ending"
        self._close_when_answered()

    def _check_frame(self, frame_bytes: int, now: float) -> None:
        if self._state == "new":
            raise ProtocolError("not_started")
        if frame_bytes % BYTES_PER_SAMPLE:
            raise ProtocolError("bad_audio", f"a frame of {frame_bytes} bytes: odd for PCM16")
        seconds = frame_bytes / BYTES_PER_SAMPLE / self.audio.sample_rate
        if not self._pace.admits(seconds, now):
            raise ProtocolError(
                "audio_too_fast",
                f"audio may come at {self._config.limits.max_speed:g} times real time at most",
            )
        if not self.standing.admits(seconds):
            raise ProtocolError("quota_exhausted")

    @property
    def _received_ms(self) -> int:
        return self._received * 1000 // self.audio.sample_rate

    # ------------------------------------------------------------ utterances

    def _decide(self, decision: Decision, now: float) -> None:
        if isinstance(decision, Started):
            self._begin(decision)
            return
        utterance = self._open
        assert utterance is not None
        match decision:
            case Paused():
                self._begin_final(utterance, decision.at)
            case Resumed():
                self._forget_early(utterance)
            case Ended():
                self._stop(utterance, decision, now)

    def _begin(self, started: Started) -> None:
        self._counts["utterances"] += 1
        utterance = Utterance(
            self.id,
            f"u{self._counts['utterances']}",
            started.start,
            started.onset,
            self._language,
        )
        self._utterances[utterance.id] = self._open = utterance
        self._emit(SpeechStarted(utterance.id, to_ms(started.onset)))

    def _begin_final(self, utterance: Utterance, end: int) -> None:
        """Begin the final now: if this pause proves to be the end, it is already there."""
        self._append_audio()
        if utterance.partial_revision is not None:  # if no worker has begun it: the final says more
            self._effects.append(Cancel(utterance.id, utterance.partial_revision))
        utterance.partial_heard = end
        utterance.final_revision, utterance.early_result = utterance.next_revision(), None
        self._dispatch(utterance, "final", utterance.final_revision, end)

    def _forget_early(self, utterance: Utterance) -> None:
        """It was not the end: what was begun for it must not hold up those who wait."""
        if utterance.final_revision is not None and utterance.early_result is None:
            self._effects.append(Cancel(utterance.id, utterance.final_revision))
        utterance.final_revision = utterance.early_result = None

    def _stop(self, utterance: Utterance, ended: Ended, now: float) -> None:
        utterance.end, utterance.speech_end = ended.end, ended.speech_end
        utterance.ended_at = now
        self._append_audio()
        self._open = None
        self._counts["speech"] += max(0, ended.speech_end - utterance.onset)
        self._emit(SpeechStopped(utterance.id, to_ms(ended.speech_end)))
        if ended.reason == "limit":  # what was begun at a pause may have heard past the cut
            self._forget_early(utterance)
        if utterance.final_revision is None:
            self._begin_final(utterance, ended.end)
        elif utterance.early_result is not None:
            self._finish(utterance, utterance.early_result, now)

    def _append_audio(self) -> None:
        """Append what came since the last time, up to the utterance's end if it has one."""
        utterance = self._open
        if utterance is None:
            return
        end = self._history.end if utterance.end is None else utterance.end
        if end > utterance.appended:
            pcm = self._history.between(utterance.appended, end).tobytes()
            self._effects.append(AppendAudio(utterance.id, pcm))
            utterance.appended = end

    def _dispatch_partial(self, now: float) -> None:
        utterance = self._open
        if utterance is None or utterance.partial_revision is not None:
            return
        heard = self._segmenter.speech_end
        first = utterance.partial_heard == 0
        due = (
            heard - utterance.onset >= self._config.first_partial
            if first
            # Silence since the last partial adds no word.
            else heard > utterance.partial_heard
            and self._history.end - utterance.partial_heard >= self._partial_interval
        )
        if due:
            self._append_audio()
            utterance.partial_heard = utterance.appended
            utterance.partial_sent_at = now
            utterance.partial_revision = utterance.next_revision()
            self._dispatch(utterance, "partial", utterance.partial_revision, utterance.appended)

    @property
    def _partial_interval(self) -> int:
        """New samples before the next partial; more, the longer the last one was queued."""
        put_off = to_samples(round(self._config.partial_yield * self._queued_s * 1000))
        return max(self._config.partial_interval, put_off)

    def _dispatch(self, utterance: Utterance, kind: Kind, revision: int, end: int) -> None:
        self._effects.append(Dispatch(utterance.job(kind, revision, end)))

    # ------------------------------------------------------------ results

    def _receive_partial(self, utterance: Utterance, result: RecognitionResult, now: float) -> None:
        utterance.partial_revision = None
        self._queued_s = max(0.0, now - utterance.partial_sent_at - result.decode_s)
        self._show(utterance, result)
        self._dispatch_partial(now)

    def _receive_final(self, utterance: Utterance, result: RecognitionResult, now: float) -> None:
        if not utterance.ended:
            self._receive_early(utterance, result)
        elif result.recognition is not None:
            self._finish(utterance, result, now)
        elif result.attempt == utterance.attempt:
            self._retry_or_fail(utterance, now)

    def _receive_early(self, utterance: Utterance, result: RecognitionResult) -> None:
        """A final begun at a pause is there; while the pause lasts it is the best partial."""
        if result.recognition is None:
            utterance.final_revision = None
        elif utterance.early_result is None:  # else it is doubled
            utterance.early_result = result
            self._show(utterance, result)

    def _show(self, utterance: Utterance, result: RecognitionResult) -> None:
        """Show a hypothesis of the utterance so far, unless a newer one was shown."""
        heard = utterance.start + result.audio_bytes // BYTES_PER_SAMPLE
        utterance.partial_heard = max(utterance.partial_heard, heard)
        if result.recognition is None or result.revision < utterance.shown_revision:
            return
        utterance.shown_revision = result.revision
        stable = utterance.stabiliser.receive_hypothesis(
            result.recognition.text,
            result.recognition.language,
            result.recognition.confidences,
        )
        self._emit(
            TranscriptPartial(
                utterance.id, result.revision, stable.committed, stable.tentative, to_ms(heard)
            )
        )

    def _finish(self, utterance: Utterance, result: RecognitionResult, now: float) -> None:
        assert result.recognition is not None
        words = tuple(utterance.word(heard) for heard in result.recognition.words)
        self._counts["words"] += len(words)
        self._emit(
            TranscriptFinal(
                utterance.id,
                result.recognition.text,
                result.recognition.language,
                words,
                to_ms(utterance.onset),
                to_ms(utterance.speech_end),
            )
        )
        self._settle(utterance, result, now)

    def _check_deadline(self, utterance: Utterance, now: float) -> None:
        if utterance.ended:
            waited = now - utterance.ended_at
            if waited >= self._config.final_deadline_s:
                self._fail(utterance)
            elif waited >= self._config.final_retry_s and utterance.attempt == 1:
                self._retry_or_fail(utterance, now)
        elif (
            utterance.partial_revision is not None
            and now - utterance.partial_sent_at >= self._config.partial_timeout_s
        ):
            utterance.partial_revision = None
            self._dispatch_partial(now)

    def _retry_or_fail(self, utterance: Utterance, now: float) -> None:
        if utterance.attempt > 1 or now - utterance.ended_at >= self._config.final_deadline_s:
            self._fail(utterance)
            return
        assert utterance.end is not None
        assert utterance.final_revision is not None
        utterance.attempt += 1
        # The same revision: whichever attempt answers first is the final.
        self._dispatch(utterance, "final", utterance.final_revision, utterance.end)

    def _fail(self, utterance: Utterance) -> None:
        self._emit(error_event("recognition_failed", utterance=utterance.id))
        self._settle(utterance)

    def _settle(
        self, utterance: Utterance, result: RecognitionResult | None = None, now: float = 0.0
    ) -> None:
        """The utterance's words are known or given up; what was understood is now assessed."""
        del self._utterances[utterance.id]
        if self._tutoring and result and result.recognition and result.recognition.text:
            self._tutoring.receive_final(utterance.spoken(result), now)
            self._collect_feedback()
        else:
            self._effects.append(DropAudio(utterance.id))
            self._close_when_answered()

    # ------------------------------------------------------------ the end

    def _close_when_answered(self) -> None:
        if self._state == "ending" and not self._utterances and not self._tutored:
            self._emit(
                SessionSummary(
                    utterances=self._counts["utterances"],
                    words=self._counts["words"],
                    audio_ms=self._received_ms,
                    speech_ms=to_ms(self._counts["speech"]),
                    practise=() if self._tutoring is None else self._tutoring.practise,
                )
            )
            self._close(*self._closing)

    def _close(self, code: int, reason: str = "") -> None:
        self._state = "closed"
        self._effects.append(Close(code, reason))

    def _emit(self, event: ServerEvent) -> None:
        self._effects.append(Emit(event))


def _require_language(tag: str) -> str:
    code = whisper_language(tag)
    if code is None:
        raise ProtocolError("unsupported_language", f"{tag[:40]!r} is not a language we know")
    return code


def _require_text(exercise: Exercise, language: str) -> None:
    if exercise.type in ("read_aloud", "shadow") and not (exercise.text or "").strip():
        raise ProtocolError("bad_message", f"exercise.text is needed for {exercise.type}")
    if exercise.text:
        try:
            check_text(exercise.text, language)
        except ValueError as error:
            raise ProtocolError("bad_message", f"exercise.text: {error}") from error


def _require_silence(silence_ms: int) -> None:
    if not MIN_ENDPOINT_SILENCE_MS <= silence_ms <= MAX_ENDPOINT_SILENCE_MS:
        raise ProtocolError(
            "bad_message",
            f"endpoint_silence_ms must be {MIN_ENDPOINT_SILENCE_MS} to "
            f"{MAX_ENDPOINT_SILENCE_MS}, not {silence_ms}",
        )

"""The practice protocol, version 1: one frozen dataclass for each message.

Times are milliseconds of the session's audio clock, counted in samples received.
`tutor.adapters.wire.practice` turns messages to and from JSON; the documentation's reference is
checked against this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from tutor.core.feedback.assessment import Finding, Pause, PronouncedWord, ReadWord, Reason
from tutor.core.protocol.limits import Limits

ExerciseType = Literal["free", "read_aloud", "shadow", "dialogue"]
Basis = Literal["text", "transcript"]
Source = Literal["coach", "model"]
Level = Literal["A1", "A2", "B1", "B2", "C1", "C2"]
Patience = Literal["quick", "normal", "patient"]
TurnReason = Literal["silence", "words", "text", "limit", "commit", "end", "stall"]
FollowedStatus = Literal["read", "skipped", "doubtful"]

# ---------------------------------------------------------------- parts of messages


@dataclass(frozen=True)
class Exercise:
    """What the learner practises."""

    type: ExerciseType = "free"
    text: str | None = None
    """The text to read or to repeat; needed for `read_aloud` and `shadow`."""
    level: Level | None = None
    """CEFR level; beginners get a longer endpoint silence by default."""
    id: str | None = None
    """The `id` of `/v1/exercises`, for an exercise of the library: the tutor then knows which one
    was done, and goes on with another. 64 characters at most."""


@dataclass(frozen=True)
class AudioFormat:
    """What the binary frames hold: mono, little-endian."""

    encoding: Literal["pcm_s16le"] = "pcm_s16le"
    sample_rate: int = 16_000
    """Samples per second, 8000 to 48000."""


@dataclass(frozen=True)
class Resume:
    """The session that a client wants back."""

    session: str
    token: str
    after: int
    """The last `seq` that the client has seen."""


@dataclass(frozen=True)
class Word:
    """A recognised word; punctuation stays with it."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float
    """Mean probability of the word's tokens, 0 to 1."""


@dataclass(frozen=True)
class FollowedWord:
    """A word of the exercise's text that the reader has passed."""

    index: int
    """Index of the word in the text, as `feedback.accuracy` counts."""
    status: FollowedStatus
    """`doubtful`: something was said in its place that may have been it."""
    start_ms: int | None = None
    """When the word was said; absent where it was skipped."""
    end_ms: int | None = None


# ---------------------------------------------------------------- client to server


@dataclass(frozen=True)
class SessionStart:
    """The first message of a session."""

    type: ClassVar[str] = "session.start"
    language: str
    """BCP-47, or `auto`."""
    exercise: Exercise = Exercise()
    audio: AudioFormat = AudioFormat()
    native_language: str | None = None
    """BCP-47; the tutor explains in it where it can."""
    endpoint_silence_ms: int | None = None
    """Milliseconds of silence that end an utterance whatever was said, 200 to 2000; when absent,
    what was said decides, by `patience`."""
    resume: Resume | None = None
    feedback: bool = True
    """Whether utterances get feedback and a reply; false: transcripts only."""
    patience: Patience = "normal"
    """How long the tutor waits in a pause before it takes the turn as ended."""


@dataclass(frozen=True)
class UtteranceCommit:
    """Ends the utterance that is being spoken."""

    type: ClassVar[str] = "utterance.commit"


@dataclass(frozen=True)
class SessionUpdate:
    """Another exercise, language, endpoint silence or patience, between utterances."""

    type: ClassVar[str] = "session.update"
    exercise: Exercise | None = None
    language: str | None = None
    endpoint_silence_ms: int | None = None
    patience: Patience | None = None


@dataclass(frozen=True)
class TurnHold:
    """Lets the learner think: no silence ends the utterance for so long, unless they speak on."""

    type: ClassVar[str] = "turn.hold"
    ms: int
    """Milliseconds from the audio received so far, 0 to 30000; 0 ends a hold."""


@dataclass(frozen=True)
class SessionEnd:
    """No more audio comes; the server answers what is in flight, then closes."""

    type: ClassVar[str] = "session.end"


@dataclass(frozen=True)
class SessionAuthenticate:
    """Shows a credential: a newer one in mid-session, or the first before `session.start`."""

    type: ClassVar[str] = "session.authenticate"
    token: str | None = None
    """An access token or an API key."""
    ticket: str | None = None
    """A ticket of `POST /v1/tickets`, for browsers."""


ClientMessage = (
    SessionStart | UtteranceCommit | SessionUpdate | TurnHold | SessionEnd | SessionAuthenticate
)

# ---------------------------------------------------------------- server to client


@dataclass(frozen=True)
class SessionStarted:
    """The session is open; audio may come."""

    type: ClassVar[str] = "session.started"
    session: str
    token: str
    """Secret that lets its holder resume the session."""
    limits: Limits
    recovered: bool | None = None
    """Answer to `resume`. True: this event's `seq` is the `after` of the request, the events that
    the client has missed follow, and an `audio.ack` says from where to send audio again. False: a
    new session, nothing of the old one comes."""


@dataclass(frozen=True)
class SpeechStarted:
    """An utterance has begun."""

    type: ClassVar[str] = "speech.started"
    utterance: str
    at_ms: int


@dataclass(frozen=True)
class SpeechStopped:
    """The utterance has ended; its final is on the way."""

    type: ClassVar[str] = "speech.stopped"
    utterance: str
    at_ms: int
    """Where speech ended, before the endpoint silence."""


@dataclass(frozen=True)
class TurnEager:
    """The learner has paused: perhaps the turn is over, and a reply may be prepared."""

    type: ClassVar[str] = "turn.eager"
    utterance: str
    at_ms: int
    """How much of the audio was heard when this was decided."""


@dataclass(frozen=True)
class TurnResumed:
    """The learner speaks on after `turn.eager`: what was prepared is of no use."""

    type: ClassVar[str] = "turn.resumed"
    utterance: str
    at_ms: int
    """How much of the audio was heard when this was decided."""


@dataclass(frozen=True)
class TurnEnded:
    """The turn is over; it follows `speech.stopped`."""

    type: ClassVar[str] = "turn.ended"
    utterance: str
    at_ms: int
    """Where the utterance's audio ends, the silence included."""
    reason: TurnReason
    """`silence`: it was long enough; `words`: a shorter one was, after what was said; `text`: the
    exercise's text was read to its end; `limit`: the longest utterance; `commit`, `end`: the
    client's wish; `stall`: no more audio came."""


@dataclass(frozen=True)
class ReadingProgress:
    """Which words of the exercise's text were read since the last time; for `read_aloud` and
    `shadow`.

    Each word is told once in an utterance. `feedback.accuracy` judges them later.
    """

    type: ClassVar[str] = "reading.progress"
    utterance: str
    words: tuple[FollowedWord, ...]
    next: int
    """Index in the text of the word that is expected next; less than before where the reader has
    begun again."""


@dataclass(frozen=True)
class TranscriptPartial:
    """The words so far, while the learner speaks."""

    type: ClassVar[str] = "transcript.partial"
    utterance: str
    revision: int
    """Grows with each partial of an utterance."""
    committed: str
    """Text that never changes again; it only grows."""
    tentative: str
    """Text after the committed one that may change with the next partial."""
    audio_ms: int
    """Milliseconds of the session's audio that the hypothesis has listened to."""


@dataclass(frozen=True)
class TranscriptFinal:
    """The words of all of the utterance's audio; empty when nothing was understood."""

    type: ClassVar[str] = "transcript.final"
    utterance: str
    text: str
    language: str
    words: tuple[Word, ...]
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class UtteranceJoined:
    """The utterance goes on with the sentence of earlier ones: the reader only paused.

    They are judged together, under the name of the last one: no feedback and no reply comes for the
    others.
    """

    type: ClassVar[str] = "utterance.joined"
    utterance: str
    """The utterance that goes on; its final was the event before."""
    joined: tuple[str, ...]
    """The earlier utterances, the first one first."""


@dataclass(frozen=True)
class FeedbackAccuracy:
    """What was read of the exercise's text, word by word; for `read_aloud` and `shadow`."""

    type: ClassVar[str] = "feedback.accuracy"
    utterance: str
    accuracy: float
    """0 to 100: right words of those that this utterance should have said."""
    completeness: float
    """0 to 100: how much of the whole text has been said by now."""
    start: int
    """Index in the text of the first word that this utterance read."""
    end: int
    """Just past the last one; `start` when it read none."""
    words: tuple[ReadWord, ...]


@dataclass(frozen=True)
class FeedbackPronunciation:
    """How the words sounded; scores are 0 to 100, absent where none can be given."""

    type: ClassVar[str] = "feedback.pronunciation"
    utterance: str
    calibrated: bool
    """Whether scores were fitted to experts' (English); else they only rank."""
    basis: Basis
    """What the sounds were compared with: the exercise's text, or what was recognised."""
    words: tuple[PronouncedWord, ...]
    accuracy: float | None = None
    """Accuracy of the sounds, 0 to 100."""
    fluency: float | None = None
    prosodic: float | None = None
    total: float | None = None
    reason: Reason | None = None
    """Why there are no scores; absent when there are."""


@dataclass(frozen=True)
class FeedbackFluency:
    """How smoothly the utterance was spoken, from the times of its words."""

    type: ClassVar[str] = "feedback.fluency"
    utterance: str
    score: float
    speech_rate: float
    """Syllables per second, pauses included."""
    articulation_rate: float
    """Syllables per second, pauses left out."""
    words_per_minute: float
    all_pause_count: int
    all_pause_duration: float
    """Seconds of all pauses together."""
    mean_length_run: float
    """Mean syllables between two pauses."""
    max_length_run: int
    all_pause_list: tuple[Pause, ...]
    fillers: tuple[str, ...]
    repetitions: tuple[str, ...]


@dataclass(frozen=True)
class FeedbackGrammar:
    """What could be put better; for `free` and `dialogue`."""

    type: ClassVar[str] = "feedback.grammar"
    utterance: str
    findings: tuple[Finding, ...]
    checked: bool
    """Whether grammar was checked; false for a language without grammar rules."""
    level: Level | None = None
    """CEFR level of the words."""


@dataclass(frozen=True)
class TutorReplyDelta:
    """A part of the tutor's reply, to be appended to those before."""

    type: ClassVar[str] = "tutor.reply.delta"
    utterance: str
    text: str


@dataclass(frozen=True)
class TutorReplyDone:
    """The whole reply; the last event of an utterance."""

    type: ClassVar[str] = "tutor.reply.done"
    utterance: str
    text: str
    source: Source
    """Who wrote the reply: a language model, or the built-in coach, which knows the findings but
    not the meaning."""
    next: Exercise | None = None
    """The exercise that the tutor proposes next; a client takes it by `session.update`."""


@dataclass(frozen=True)
class AudioAck:
    """How much audio the server has taken."""

    type: ClassVar[str] = "audio.ack"
    received_ms: int
    """Milliseconds of audio, up to the end of a frame, that are safe: whichever gateway dies, they
    need not be sent again, and the client need not keep them."""
    messages: int = 0
    """How many text messages are safe in the same way; `session.start` and `session.authenticate`
    are not counted."""


@dataclass(frozen=True)
class SessionSummary:
    """The totals of the session, before it closes."""

    type: ClassVar[str] = "session.summary"
    utterances: int
    words: int
    audio_ms: int
    speech_ms: int
    practise: tuple[str, ...] = ()
    """Words to practise again, the weakest first."""


@dataclass(frozen=True)
class SessionExpiring:
    """The login behind the session ends soon: show a newer credential by `session.authenticate`."""

    type: ClassVar[str] = "session.expiring"
    expires_in_s: int
    """Seconds until the session is closed with 4401."""


@dataclass(frozen=True)
class SessionAuthenticated:
    """The answer to `session.authenticate`."""

    type: ClassVar[str] = "session.authenticated"
    expires_in_s: int | None = None
    """Seconds until the credential expires; None: it is valid until it is revoked."""


@dataclass(frozen=True)
class Error:
    """Something went wrong; after a fatal error the socket closes."""

    type: ClassVar[str] = "error"
    code: str
    message: str
    fatal: bool
    utterance: str | None = None
    """The utterance whose terminal event the error is, if it is one."""


ServerEvent = (
    SessionStarted
    | SpeechStarted
    | SpeechStopped
    | TurnEager
    | TurnResumed
    | TurnEnded
    | ReadingProgress
    | TranscriptPartial
    | TranscriptFinal
    | UtteranceJoined
    | FeedbackAccuracy
    | FeedbackPronunciation
    | FeedbackFluency
    | FeedbackGrammar
    | TutorReplyDelta
    | TutorReplyDone
    | AudioAck
    | SessionSummary
    | SessionExpiring
    | SessionAuthenticated
    | Error
)

# ---------------------------------------------------------------- errors

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

ExerciseType = Literal["free", "read_aloud", "shadow", "dialogue", "conversation"]
Basis = Literal["text", "transcript"]
Source = Literal["coach", "model", "scenario"]
Level = Literal["A1", "A2", "B1", "B2", "C1", "C2"]
Silenced = Literal["interrupted", "stopped", "unheard", "failed"]
"""Why the tutor fell silent: the learner spoke, the client asked for it, the client did not say
that it plays, or the voice failed."""

Aside = Literal["echo", "backchannel"]
"""Why an utterance is not answered: it was the tutor's own voice, or a sign that one listens."""
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
    scenario: str | None = None
    """The `id` of `/v1/scenarios`; needed for `conversation`, whose tutor speaks first."""
    seed: int | None = None
    """Which of a scenario's words and surprises come: the same number, the same conversation; by
    the session when absent."""
    in_lesson: bool | None = None
    """True: the client has planned what comes after it, as in a lesson of several exercises; the
    tutor proposes nothing then."""


@dataclass(frozen=True)
class AudioFormat:
    """What the binary frames hold: mono, little-endian."""

    encoding: Literal["pcm_s16le"] = "pcm_s16le"
    sample_rate: int = 16_000
    """Samples per second, 8000 to 48000."""


@dataclass(frozen=True)
class Speech:
    """How the tutor speaks its replies."""

    voice: str = ""
    """An id of `/v1/voices`; empty: the voice that speaks first."""
    rate: float = 1.0
    """1 is the voice's own speed, 0.75 is slower."""
    sample_rate: int = 24_000
    """Samples per second of the tutor's audio: 8000, 16000, 24000 or 48000."""
    half_duplex: bool = False
    """Whether the learner is not heard while the tutor speaks: for loudspeakers whose sound reaches
    the microphone."""
    enabled: bool = True
    """Whether replies are spoken; false in `session.update`: from now on they are not."""


@dataclass(frozen=True)
class SpeechPosition:
    """A place in the tutor's speech."""

    reply: int
    position_ms: int


@dataclass(frozen=True)
class Resume:
    """The session that a client wants back."""

    session: str
    token: str
    after: int
    """The last `seq` that the client has seen."""
    speech: SpeechPosition | None = None
    """Up to where the client has the tutor's audio; from there on it comes again."""


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
    text: str
    """The word as the text spells it."""
    status: FollowedStatus
    """`doubtful`: something was said in its place that may have been it."""
    start_ms: int | None = None
    """When the word was said; absent where it was skipped."""
    end_ms: int | None = None


@dataclass(frozen=True)
class Goal:
    """Something to be done in a conversation."""

    id: str
    """The goal's name in its scenario."""
    text: str
    """The goal in the learner's own language where the scenario has it, else in the scenario's."""
    reached: bool
    """Whether the learner has said what reaches it. It stays reached."""


@dataclass(frozen=True)
class Hint:
    """Something that the learner might say now."""

    text: str
    """Words to say, in the language that is practised; a gap is `…`."""
    meaning: str | None = None
    """What they mean, in the learner's own language where the scenario has it."""


@dataclass(frozen=True)
class Correction:
    """Words of the learner's that could be put better, kept for the end of a conversation."""

    said: str
    """The whole utterance as it was recognised."""
    words: str
    """The words of it that are meant."""
    message: str
    better: str | None = None
    """The better words, where there is one answer; empty: leave the words out."""


@dataclass(frozen=True)
class Conversation:
    """What became of a conversation."""

    scenario: str
    level: Level
    turns: int
    """How often the learner said something."""
    over: bool
    """Whether it came to its end."""
    goals: tuple[Goal, ...]
    corrections: tuple[Correction, ...] = ()
    """What grammar rules found in what was spoken; a language model finds nothing."""


# ---------------------------------------------------------------- client to server


@dataclass(frozen=True)
class SessionStart:
    """The first message of a session."""

    type: ClassVar[str] = "session.start"
    language: str
    """BCP-47, or `auto`: found for every utterance, among the languages that have exercises and the
    native one."""
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
    speech: Speech | None = None
    """How replies are spoken; they are not when absent."""
    patience: Patience = "normal"
    """How long the tutor waits in a pause before it takes the turn as ended."""
    vocabulary: tuple[str, ...] = ()
    """Names and words that are likely to be said, as they are to be written, 64 of 60 characters at
    most; what was said decides, not the list. The most important ones last: a long list is cut."""


@dataclass(frozen=True)
class UtteranceCommit:
    """Ends the utterance that is being spoken."""

    type: ClassVar[str] = "utterance.commit"


@dataclass(frozen=True)
class SessionUpdate:
    """Another exercise, language, endpoint silence, voice, patience or vocabulary, between
    utterances."""

    type: ClassVar[str] = "session.update"
    exercise: Exercise | None = None
    language: str | None = None
    endpoint_silence_ms: int | None = None
    speech: Speech | None = None
    patience: Patience | None = None
    vocabulary: tuple[str, ...] | None = None
    """In place of the one before; an empty one: no words are likelier than others."""


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


@dataclass(frozen=True)
class SpeechPlayed:
    """Tells how much of a reply the learner has heard; several times a second while it is played.

    The server sends audio only some seconds ahead of this. The message is not counted in
    `audio.ack`, and not sent again.
    """

    type: ClassVar[str] = "speech.played"
    reply: int
    """Number of the reply that is played."""
    position_ms: int
    """Milliseconds of its audio that were played."""


@dataclass(frozen=True)
class SpeechStop:
    """The tutor is to be silent: what it says is cancelled, with what is still to be said."""

    type: ClassVar[str] = "speech.stop"


@dataclass(frozen=True)
class ConversationHint:
    """Asks what could be said now; `conversation.state` with a `hint` is the answer."""

    type: ClassVar[str] = "conversation.hint"


@dataclass(frozen=True)
class ConversationSay:
    """Says something in a conversation by typing; it is answered as if it had been spoken."""

    type: ClassVar[str] = "conversation.say"
    text: str
    """500 characters at most."""


ClientMessage = (
    SessionStart
    | UtteranceCommit
    | SessionUpdate
    | TurnHold
    | SessionEnd
    | SessionAuthenticate
    | SpeechPlayed
    | SpeechStop
    | ConversationHint
    | ConversationSay
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
    text_words: int = 0
    """How many words the whole text has: one that was read from 0 to here was read as a whole."""


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
    """Who wrote the reply: a language model; the built-in coach, which knows the findings but
    not the meaning; or the scenario of a conversation, which knows what its author foresaw."""
    next: Exercise | None = None
    """The exercise that the tutor proposes next; a client takes it by `session.update`."""
    feedback_follows: bool = False
    """Whether the findings come after the reply, as in a conversation, where nobody waits for them:
    the utterance's last event is then `feedback.grammar`, or `error`."""


@dataclass(frozen=True)
class ConversationState:
    """Where a conversation is; it comes after each reply of the tutor's, and for a hint.

    Not understood is said: `understood` is empty then, and the reply asks again.
    """

    type: ClassVar[str] = "conversation.state"
    utterance: str
    """The utterance that was answered; `c` and a number for what was not spoken: the opening, and
    what was typed."""
    turn: int
    """How often the learner has said something; 0: the tutor has opened the conversation."""
    goals: tuple[Goal, ...]
    understood: tuple[str, ...]
    """What the tutor took from the learner's words, in the scenario's words."""
    over: bool
    """Whether the conversation has come to its end."""
    hint: Hint | None = None
    """What could be said now; on demand, and by itself after answers that did not fit."""
    options: tuple[str, ...] = ()
    """Short answers to choose from, when the tutor offers some."""


@dataclass(frozen=True)
class TutorSpeechStarted:
    """A reply begins to be spoken; its audio follows in binary frames."""

    type: ClassVar[str] = "tutor.speech.started"
    utterance: str
    """The utterance that the tutor replies to."""
    reply: int
    """Number of the reply among those of the session that are spoken, from 1 on."""
    text: str
    """The reply, as far as it is known by now."""
    sample_rate: int
    """Samples per second of its audio."""


@dataclass(frozen=True)
class SpokenWord:
    """A word of the tutor's, as it is written, and when it is said."""

    text: str
    start_ms: int
    """Milliseconds from the beginning of the reply's audio."""


@dataclass(frozen=True)
class TutorSpeechMarks:
    """When the words of the next clause are said; comes before the clause's audio."""

    type: ClassVar[str] = "tutor.speech.marks"
    utterance: str
    reply: int
    words: tuple[SpokenWord, ...]


@dataclass(frozen=True)
class TutorSpeechDucked:
    """Somebody speaks, or something sounds like it: the client plays the tutor softly for now."""

    type: ClassVar[str] = "tutor.speech.ducked"
    utterance: str
    reply: int


@dataclass(frozen=True)
class TutorSpeechUnducked:
    """It was nothing: the client plays the tutor as loudly as before."""

    type: ClassVar[str] = "tutor.speech.unducked"
    utterance: str
    reply: int


@dataclass(frozen=True)
class TutorSpeechEnded:
    """A reply was spoken to its end, and heard."""

    type: ClassVar[str] = "tutor.speech.ended"
    utterance: str
    reply: int
    duration_ms: int


@dataclass(frozen=True)
class TutorSpeechCancelled:
    """A reply was broken off: the client drops what it has of its audio."""

    type: ClassVar[str] = "tutor.speech.cancelled"
    utterance: str
    reply: int
    heard_ms: int
    """Milliseconds of it that the learner has heard."""
    heard: str
    """The words of it that the learner has heard."""
    reason: Silenced


@dataclass(frozen=True)
class UtteranceAside:
    """The utterance is not for the tutor: no feedback and no reply comes for it."""

    type: ClassVar[str] = "utterance.aside"
    utterance: str
    """Its final was an event before."""
    reason: Aside


@dataclass(frozen=True)
class AudioAck:
    """How much audio the server has taken."""

    type: ClassVar[str] = "audio.ack"
    received_ms: int
    """Milliseconds of audio, up to the end of a frame, that are safe: whichever gateway dies, they
    need not be sent again, and the client need not keep them."""
    messages: int = 0
    """How many text messages are safe in the same way; `session.start`, `session.authenticate` and
    `speech.played` are not counted."""


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
    conversations: tuple[Conversation, ...] = ()
    """The conversations of the session, the first one first."""


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
    about: str | None = None
    """The `type` of the client's message that is wrong, if it is one: unless the error is fatal, it
    had no effect, and the session goes on."""


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
    | TutorSpeechStarted
    | TutorSpeechMarks
    | TutorSpeechDucked
    | TutorSpeechUnducked
    | TutorSpeechEnded
    | TutorSpeechCancelled
    | UtteranceAside
    | ConversationState
    | AudioAck
    | SessionSummary
    | SessionExpiring
    | SessionAuthenticated
    | Error
)

# ---------------------------------------------------------------- errors

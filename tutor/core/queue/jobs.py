"""What crosses the queue: jobs to workers, and their results back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tutor.core.audio.recognition import Kind, Recognition
from tutor.core.feedback.assessment import Assessment, Passage
from tutor.core.text.expected import Expected

Outcome = Literal["ok", "audio_gone", "cancelled", "failed"]


@dataclass(frozen=True)
class RecognitionJob:
    """A job for a recogniser.

    It carries names, not audio: the worker reads the audio that there is when it begins.
    """

    session: str
    utterance: str
    kind: Kind
    revision: int
    """Number of the job among those of its utterance; it only grows, so a stale result is known."""
    attempt: int
    """1, or 2 when the first attempt gave no result in time."""
    audio_bytes: int
    """Bytes of PCM16 at 16 kHz to decode: exactly so many in a final, at least so many in a
    partial."""
    language: str
    """Whisper's code, or `auto`."""
    batch: bool = False
    """Whether the job is a piece of a file: learners who speak now go first."""
    prompt: str = ""
    """Words that are likely to come, in their spelling."""
    vocabulary: tuple[str, ...] = ()
    """Names and words that may be what a final's doubtful words are."""
    speech_bytes: int = 0
    """Bytes of a final's audio behind which nobody speaks any more; 0: it is not known."""
    expected: Expected = Expected()
    """What `auto` chooses from."""
    reference: tuple[str, ...] = ()
    """Words of the exercise's text around the reader's place; empty in free speech."""
    position: int = 0
    """Index in `reference` of the word that is expected next."""


@dataclass(frozen=True)
class Stamps:
    """When a job was queued, begun and done. Stamps are for measuring only: they decide nothing."""

    queued_at: float = 0.0
    """When the job was sent to its queue, in seconds of the machine's clock; 0: unknown, as
    below."""
    begun_at: float = 0.0
    """When a worker began the job."""
    done_at: float = 0.0
    """When the job's result was ready."""
    trace: str = ""
    """The job's span as a `traceparent` (W3C Trace Context); empty: it is not traced."""


@dataclass(frozen=True)
class RecognitionResult:
    """A recogniser's result of one job."""

    session: str
    utterance: str
    kind: Kind
    revision: int
    attempt: int
    outcome: Outcome
    audio_bytes: int = 0
    """Bytes of audio that were decoded."""
    recognition: Recognition | None = None
    """What was recognised; set when the outcome is `ok`."""
    decode_s: float = 0.0
    """Seconds that the recogniser took."""
    stamps: Stamps = Stamps()
    passage: Passage | None = None
    """The part of the job's `reference` that was read, by what was recognised; None: there was
    none."""


@dataclass(frozen=True)
class Piece:
    """An utterance that is assessed together with a later one: a sentence was read in pieces."""

    utterance: str
    offset_bytes: int
    """Bytes of audio from the start of the first piece to that of this one."""
    audio_bytes: int
    """Bytes of the piece's audio, PCM16 at 16 kHz: exactly so many."""


@dataclass(frozen=True)
class AssessmentJob:
    """A job for a feedback worker: to assess an utterance whose final is known."""

    session: str
    utterance: str
    attempt: int
    audio_bytes: int
    """Bytes of the utterance's audio, PCM16 at 16 kHz: exactly so many."""
    recognition: Recognition
    """The words of the utterance, and of the pieces before it."""
    reference: tuple[str, ...] = ()
    """Words of the exercise's text around the learner's place in it; empty in free speech."""
    position: int = 0
    """Index in `reference` of the word that the learner is expected to say next."""
    pairs: tuple[tuple[str, ...], ...] = ()
    """Minimal pairs of the library that hold words of the reference."""
    grammar: bool = False
    """Whether grammar is checked: the learner chose the words."""
    batch: bool = False
    """Whether the job is a piece of a file: learners who speak now go first."""
    is_all: bool = False
    """Whether the utterance is all that is read: the words it lacks were left out, and do not come
    later."""
    before: tuple[Piece, ...] = ()
    """Earlier utterances that are assessed together with this one; silence lies between them."""
    offset_bytes: int = 0
    """Bytes of audio from the start of the first piece to that of this utterance."""

    @property
    def span_bytes(self) -> int:
        """Bytes of all audio that is assessed, the silence between its pieces included."""
        return self.offset_bytes + self.audio_bytes


@dataclass(frozen=True)
class AssessmentResult:
    """A feedback worker's result of one assessment."""

    session: str
    utterance: str
    attempt: int
    outcome: Outcome
    assessment: Assessment | None = None
    """What was measured, with times from the start of the utterance's audio; set when the outcome
    is `ok`."""
    assess_s: float = 0.0
    """Seconds that the assessment took."""
    stamps: Stamps = Stamps()


REPLY = 0
"""The revision under which a reply is given up: recognitions of its utterance begin with 1."""


@dataclass(frozen=True)
class ReplyJob:
    """A job for a feedback worker: to ask the language model for a reply."""

    session: str
    utterance: str
    messages: tuple[tuple[str, str], ...]
    """The messages of the request: role (`system`, `user`, `assistant`) and content of each."""


@dataclass(frozen=True)
class ReplyPart:
    """A part of the language model's reply; the last one ends it."""

    session: str
    utterance: str
    text: str
    last: bool = False
    failed: bool = False
    """Whether the model gave up: the parts before stay, and none follows."""
    stamps: Stamps = Stamps()


@dataclass(frozen=True)
class SpeechJob:
    """A job for a speech worker: to go on with speaking a text.

    It carries names: the text stands in the store, and so do the clauses that are made already.
    """

    session: str
    utterance: str
    """What is spoken, among all that is spoken in the session."""
    until: int
    """Samples from the beginning of the speech that are wanted for now; the worker ends the clause
    that reaches them."""


@dataclass(frozen=True)
class SpeechResult:
    """What a speech worker did with one job. The clauses themselves stand in the store."""

    session: str
    utterance: str
    outcome: Outcome
    audio_s: float = 0.0
    """Seconds of speech that this job made."""
    work_s: float = 0.0
    """Seconds that the voice took for them."""
    detail: str = ""
    """Why it failed, in one line."""
    stamps: Stamps = Stamps()


Job = RecognitionJob | AssessmentJob | ReplyJob | SpeechJob
Result = RecognitionResult | AssessmentResult | ReplyPart | SpeechResult


def kind_of(job: Job | Result) -> str:
    """A job's kind: `partial`, `final`, `piece` (of a file), `assessment`,
    `speech` or `reply`."""
    match job:
        case RecognitionJob(batch=True):
            return "piece"
        case RecognitionJob() | RecognitionResult():
            return job.kind
        case AssessmentJob() | AssessmentResult():
            return "assessment"
        case SpeechJob() | SpeechResult():
            return "speech"
        case _:
            return "reply"

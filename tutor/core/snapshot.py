"""What another gateway needs to go on with a session: plain data, for JSON.

A snapshot is kept with every event, so it is never older than what the client was told. It holds
no audio and no deadline: audio behind `received` comes from the client again, that of an open
utterance lies in the store, and deadlines start anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.core.assessment import Assessment
from tutor.core.prompting import Turn
from tutor.core.protocol import AudioFormat, Exercise
from tutor.core.spoken import Spoken


@dataclass(frozen=True)
class StabiliserSnapshot:
    """What is committed and shown of one utterance."""

    committed: tuple[str, ...]
    text: str
    previous: tuple[str, ...]
    shown: tuple[str, ...]
    joint: str


@dataclass(frozen=True)
class UtteranceSnapshot:
    """An utterance without a terminal event. Positions are samples from the session's start."""

    id: str
    start: int
    onset: int
    language: str
    stabiliser: StabiliserSnapshot
    revision: int
    shown_revision: int
    partial_heard: int
    end: int | None
    """None: it is being spoken."""
    speech_end: int
    final_revision: int | None
    attempt: int


@dataclass(frozen=True)
class TranscriptionSnapshot:
    """The utterances of a session."""

    position: int
    """From which on audio comes again, in samples at 16 kHz."""
    free_from: int
    """Audio before it belongs to an earlier utterance."""
    utterances: tuple[UtteranceSnapshot, ...]
    queued_s: float
    counts: Mapping[str, int]

    @property
    def open(self) -> UtteranceSnapshot | None:
        """The utterance that is being spoken, if there is one."""
        return next((one for one in self.utterances if one.end is None), None)


@dataclass(frozen=True)
class SettingSnapshot:
    """What was practised, and how far the learner is in its text."""

    exercise: Exercise
    language: str
    position: int = 0
    spoken: tuple[int, ...] = ()


@dataclass(frozen=True)
class TurnSnapshot:
    """An utterance on its way to its reply."""

    spoken: Spoken
    setting: int
    """Index among the settings."""
    attempt: int
    assessment: Assessment | None
    reply: str


@dataclass(frozen=True)
class DeckSnapshot:
    """A review deck in the middle of a session; times are seconds before now."""

    utterance: int
    cards: tuple[tuple[str, int, float, int, float], ...]
    weak: Mapping[str, float]


@dataclass(frozen=True)
class TutoringSnapshot:
    """The feedback of a session."""

    native_language: str | None
    settings: tuple[SettingSnapshot, ...]
    """The last one is what is practised now."""
    spoken: tuple[TurnSnapshot, ...]
    assessed: tuple[TurnSnapshot, ...]
    talk: tuple[Turn, ...]
    decks: Mapping[str, DeckSnapshot]
    """By language."""
    done: tuple[str, ...]


@dataclass(frozen=True)
class SessionSnapshot:
    """A session between two of its steps."""

    session: str
    token_hash: str
    """SHA-256 in hexadecimal: whoever reads the store cannot take the session."""
    state: str
    language: str
    exercise: Exercise
    silence_ms: int | None
    audio: AudioFormat
    received: int
    """Samples at the client's rate that need not come again."""
    messages: int
    """Text messages of the client's that need not come again, `session.start` not counted."""
    elapsed_s: float
    closing: tuple[int, str]
    """How the socket closes once everything is answered."""
    transcription: TranscriptionSnapshot
    tutoring: TutoringSnapshot | None

    @property
    def recorded(self) -> list[str]:
        """The utterances whose audio lies in the store: none of them is assessed yet."""
        turns = () if self.tutoring is None else self.tutoring.spoken
        return [
            *(turn.spoken.utterance for turn in turns),
            *(utterance.id for utterance in self.transcription.utterances),
        ]

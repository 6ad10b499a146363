"""What another gateway needs to go on with a session: plain data, for JSON.

A snapshot is kept with every event, so it is never older than what the client was told. It holds no
audio and no deadline: audio after `received` comes from the client again, that of an open utterance
is in the store, and deadlines start anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.live.tutoring.turn import TutoringSnapshot
from tutor.core.live.utterances.utterance import TranscriptionSnapshot
from tutor.core.protocol.messages import AudioFormat, Exercise, Patience
from tutor.core.voice.snapshot import SpeakingSnapshot


@dataclass(frozen=True)
class SessionSnapshot:
    """A session between two of its steps."""

    session: str
    token_hash: str
    """SHA-256 of the session's token in hexadecimal: a reader of the store cannot take the
    session."""
    state: str
    language: str
    exercise: Exercise
    silence_ms: int | None
    native: str
    audio: AudioFormat
    received: int
    """Samples, at the client's rate, that the client need not send again."""
    messages: int
    """Text messages that the client need not send again, `session.start` not counted."""
    elapsed_s: float
    closing: tuple[int, str]
    """Code and reason with which the socket closes once everything is answered."""
    transcription: TranscriptionSnapshot
    tutoring: TutoringSnapshot | None
    speaking: SpeakingSnapshot | None = None
    """The tutor's speech; None: its client did not ask for it."""
    patience: Patience = "normal"
    vocabulary: tuple[str, ...] = ()
    """Words that the client says are likely."""

    @property
    def recorded(self) -> list[str]:
        """The utterances whose audio is in the store: none of them is assessed yet."""
        turned = [] if self.tutoring is None else self.tutoring.recorded
        return [*turned, *(utterance.id for utterance in self.transcription.utterances)]

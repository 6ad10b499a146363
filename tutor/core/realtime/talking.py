"""The configuration of a Realtime session that talks, with OpenAI's names, fields and defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tutor.core.realtime.protocol import Format, SemanticVad, ServerVad, Transcription

MODEL = "gpt-realtime"
"""The model that a session shows whose client names none."""

SLOWEST, FASTEST = 0.25, 1.5
"""Speeds of the tutor's voice, as OpenAI has them."""

Modality = Literal["audio", "text"]


@dataclass(frozen=True)
class ConversationVad(ServerVad):
    """Turn detection by voice activity, and what follows from it."""

    create_response: bool = True
    """Whether a turn is answered as it ends."""
    interrupt_response: bool = True
    """Whether speech silences the tutor."""


@dataclass(frozen=True)
class ConversationSemanticVad(SemanticVad):
    """Turn detection by what was said, and what follows from it."""

    create_response: bool = True
    interrupt_response: bool = True


@dataclass(frozen=True)
class ConversationInput:
    """The format of the learner's audio, and what becomes of the audio."""

    format: Format = Format()
    transcription: Transcription | None = None
    """How to transcribe for the client; None: it is told no transcripts."""
    turn_detection: ConversationVad | ConversationSemanticVad | None = ConversationVad()


@dataclass(frozen=True)
class VoiceId:
    """A voice by its id."""

    id: str


@dataclass(frozen=True)
class AudioOutput:
    """How the tutor speaks."""

    format: Format = Format()
    voice: str | VoiceId | None = None
    """An id of `/v1/voices`, or one of OpenAI's names; None: the voice that speaks first."""
    speed: float = 1.0

    @property
    def voice_id(self) -> str:
        """The voice's id, or its name."""
        return self.voice.id if isinstance(self.voice, VoiceId) else self.voice or ""


@dataclass(frozen=True)
class ConversationAudio:
    """The audio of a session, both ways."""

    input: ConversationInput = ConversationInput()
    output: AudioOutput = AudioOutput()


@dataclass(frozen=True)
class Prompt:
    """What the conversation is about: here a scenario."""

    id: str
    """The scenario's id, of `/v1/scenarios`."""


@dataclass(frozen=True)
class RealtimeSession:
    """The configuration of a conversation."""

    type: Literal["realtime"] = "realtime"
    model: str = MODEL
    output_modalities: tuple[Modality, ...] = ("audio",)
    audio: ConversationAudio = ConversationAudio()
    prompt: Prompt | None = None

    @property
    def speaks(self) -> bool:
        """Whether answers are spoken."""
        return "audio" in self.output_modalities

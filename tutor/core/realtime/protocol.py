"""OpenAI's Realtime protocol, the transcription part: one frozen dataclass for each event.

Names, fields and defaults are those of the generally available API, as the types of the `openai`
package (openai/types/realtime) give them. `tutor.adapters.wire.realtime` turns events to and from
JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

PCM_RATE = 24_000
"""Samples per second of `audio/pcm` unless the client says otherwise."""

G711_RATE = 8_000
"""Samples per second of `audio/pcmu` and `audio/pcma` (ITU-T G.711)."""

MAX_PREFIX_PADDING_MS = 1_000

MAX_PROMPT = 5_000
"""The most characters of a prompt; Whisper reads its end, about 800 of them."""

# ---------------------------------------------------------------- the session's configuration


@dataclass(frozen=True)
class Format:
    """What `input_audio_buffer.append` holds: mono, PCM little-endian 16 bit or G.711."""

    type: Literal["audio/pcm", "audio/pcmu", "audio/pcma"] = "audio/pcm"
    rate: int | None = None
    """Samples per second of `audio/pcm`, 8000 to 48000; None: `PCM_RATE`."""

    @property
    def sample_rate(self) -> int:
        """Samples per second of the format."""
        return self.rate or PCM_RATE if self.type == "audio/pcm" else G711_RATE


@dataclass(frozen=True)
class Transcription:
    """How to transcribe."""

    model: str | None = None
    """The model's name: one of OpenAI's, or the server's own; all are its one model."""
    language: str | None = None
    """ISO 639-1 or BCP-47; None: the language is recognised."""
    prompt: str | None = None
    """Words that are likely to come, in their spelling: for Whisper, what was said before."""


@dataclass(frozen=True)
class ServerVad:
    """Turn detection by the server's voice activity."""

    type: Literal["server_vad"] = "server_vad"
    threshold: float = 0.5
    """Probability at which speech begins, 0 to 1."""
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500


@dataclass(frozen=True)
class SemanticVad:
    """Turn detection by what was said, too."""

    type: Literal["semantic_vad"] = "semantic_vad"
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    """How soon a turn is taken as ended; `auto` is `medium`."""


@dataclass(frozen=True)
class AudioInput:
    """The format of the audio, and what becomes of the audio."""

    format: Format = Format()
    transcription: Transcription = Transcription()
    turn_detection: ServerVad | SemanticVad | None = ServerVad()
    """How turns are found; None: the client commits each turn."""


@dataclass(frozen=True)
class Audio:
    """The audio of a session: a transcription session has input only."""

    input: AudioInput = AudioInput()


@dataclass(frozen=True)
class TranscriptionSession:
    """The configuration of a session."""

    type: Literal["transcription"] = "transcription"
    audio: Audio = Audio()


# ---------------------------------------------------------------- client to server


@dataclass(frozen=True)
class SessionUpdate:
    """The whole configuration from now on: what was sent, over what applied before."""

    session: TranscriptionSession


@dataclass(frozen=True)
class Append:
    """More audio for the buffer."""

    audio: bytes
    """Audio in the session's format."""


@dataclass(frozen=True)
class Commit:
    """Makes an item of the buffer's audio."""


@dataclass(frozen=True)
class Clear:
    """Forgets the buffer's audio."""


ClientEvent = SessionUpdate | Append | Commit | Clear


class RealtimeError(Exception):
    """A client's event that is not taken; the session goes on."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.param = param


# ---------------------------------------------------------------- server to client


@dataclass(frozen=True)
class SessionCreated:
    """The session is open; the first event."""

    type: ClassVar[str] = "session.created"
    id: str
    session: TranscriptionSession


@dataclass(frozen=True)
class SessionUpdated:
    """The answer to `session.update`: all that applies now."""

    type: ClassVar[str] = "session.updated"
    id: str
    session: TranscriptionSession


@dataclass(frozen=True)
class SpeechStarted:
    """Voice activity began an item."""

    type: ClassVar[str] = "input_audio_buffer.speech_started"
    item_id: str
    audio_start_ms: int
    """Milliseconds of all audio appended in the session before the item, its padding included."""


@dataclass(frozen=True)
class SpeechStopped:
    """Voice activity ended the item."""

    type: ClassVar[str] = "input_audio_buffer.speech_stopped"
    item_id: str
    audio_end_ms: int
    """Milliseconds of all audio appended in the session up to the item's end, the silence
    included."""


@dataclass(frozen=True)
class Committed:
    """The buffer's audio is an item."""

    type: ClassVar[str] = "input_audio_buffer.committed"
    item_id: str
    previous_item_id: str | None


@dataclass(frozen=True)
class Cleared:
    """The buffer's audio is forgotten."""

    type: ClassVar[str] = "input_audio_buffer.cleared"


@dataclass(frozen=True)
class ItemAdded:
    """The item is part of the conversation; its transcript follows."""

    type: ClassVar[str] = "conversation.item.added"
    item_id: str
    previous_item_id: str | None
    transcript: str | None = None


@dataclass(frozen=True)
class ItemDone:
    """The item is finished: no more events of it follow."""

    type: ClassVar[str] = "conversation.item.done"
    item_id: str
    previous_item_id: str | None
    transcript: str | None = None
    """The item's transcript; None: the transcription failed."""


@dataclass(frozen=True)
class TranscriptDelta:
    """Committed text that follows the deltas before it."""

    type: ClassVar[str] = "conversation.item.input_audio_transcription.delta"
    item_id: str
    delta: str


@dataclass(frozen=True)
class TranscriptCompleted:
    """The item's transcript is whole."""

    type: ClassVar[str] = "conversation.item.input_audio_transcription.completed"
    item_id: str
    transcript: str
    seconds: float
    """Seconds of the item's audio."""


@dataclass(frozen=True)
class TranscriptFailed:
    """The item gets no transcript."""

    type: ClassVar[str] = "conversation.item.input_audio_transcription.failed"
    item_id: str
    code: str
    message: str


@dataclass(frozen=True)
class ErrorEvent:
    """An event was not taken, or the session cannot go on."""

    type: ClassVar[str] = "error"
    kind: str
    """The error's type: `invalid_request_error`, `rate_limit_error` or `server_error`."""
    code: str
    message: str
    param: str | None = None
    event_id: str | None = None
    """Id of the client's event that was wrong."""


RealtimeEvent = (
    SessionCreated
    | SessionUpdated
    | SpeechStarted
    | SpeechStopped
    | Committed
    | Cleared
    | ItemAdded
    | ItemDone
    | TranscriptDelta
    | TranscriptCompleted
    | TranscriptFailed
    | ErrorEvent
)

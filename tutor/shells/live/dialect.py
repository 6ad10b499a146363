"""The dialect of a socket: what it makes of frames, and how it writes a session's events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from tutor.adapters.wire.practice import decode_message, encode_event
from tutor.core.audio.samples import BYTES_PER_SAMPLE
from tutor.core.live.commands import Command
from tutor.core.live.config import SessionConfig
from tutor.core.protocol.frames import SpeechFrame, encode_frame
from tutor.core.protocol.messages import ServerEvent
from tutor.core.voice.effects import SendSpeech

FRAME_MS = 200
"""Milliseconds of the tutor's audio in one binary frame, at most."""

FRAME_SAMPLES = 48 * FRAME_MS
"""Samples of the longest frame, at the highest rate: below 20 kB."""


class Dialect(Protocol):
    """The dialect of one connection; it may remember what was said."""

    resumable: bool
    """Whether events are kept, and a session whose connection broke waits for its client."""

    def configure(self, config: SessionConfig) -> SessionConfig:
        """The session's configuration, changed as the dialect needs it."""

    def opening(self) -> Sequence[Command]:
        """The commands that a session gets before the client says anything."""

    def decode(self, frame: Any) -> Command | Sequence[Command] | bytes | None:
        """An ASGI `websocket.receive` as a command, several or audio (PCM16); None if it is
        neither.

        Raises:
            ProtocolError: it is neither, and the session is to say so.
        """

    def encode(self, seq: int, event: ServerEvent) -> list[str]:
        """The text frames of an event; `seq` numbers the first."""

    def sound(self, sent: SendSpeech, pcm: bytes) -> tuple[list[str | bytes], list[str]]:
        """The frames of a stretch of the tutor's speech, and those that follow it, which are sent
        though the speech be broken off."""

    def collect(self) -> list[str]:
        """Text frames that belong to no single event, once what came before has been carried
        out."""


def commands_of(heard: Command | Sequence[Command]) -> Sequence[Command]:
    """The commands that a frame holds: one, or several."""
    return heard if isinstance(heard, Sequence) else [heard]


class PracticeDialect:
    """The practice protocol."""

    resumable = True

    def configure(self, config: SessionConfig) -> SessionConfig:
        """The session's configuration, unchanged."""
        return config

    def opening(self) -> Sequence[Command]:
        """No commands: `session.start` comes from the client."""
        return ()

    def decode(self, frame: Any) -> Command | bytes:
        """A binary frame as audio, a text frame as a message."""
        data: bytes | None = frame.get("bytes")
        return decode_message(frame["text"]) if data is None else data

    def encode(self, seq: int, event: ServerEvent) -> list[str]:
        """The event as one frame."""
        return [encode_event(seq, event)]

    def sound(self, sent: SendSpeech, pcm: bytes) -> tuple[list[str | bytes], list[str]]:
        """A stretch of speech as binary frames."""
        size = FRAME_SAMPLES * BYTES_PER_SAMPLE
        frames: list[str | bytes] = []
        for at in range(0, len(pcm), size):
            position = sent.begin + at // BYTES_PER_SAMPLE
            is_last = sent.is_last and at + size >= len(pcm)
            frame = SpeechFrame(sent.reply, position, pcm[at : at + size], is_last)
            frames.append(encode_frame(frame))
        return frames, []

    def collect(self) -> list[str]:
        """No frames: each belongs to an event."""
        return []

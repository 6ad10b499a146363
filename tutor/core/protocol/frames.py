"""The server's binary frames: the tutor's speech behind a header of 12 bytes.

The header tells audio of different replies apart after one was broken off, and where in its reply a
frame belongs: what comes twice is known, and what is missing, too.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from tutor.core.audio.samples import BYTES_PER_SAMPLE

VERSION_BYTE = 1
KIND_SPEECH = 1

LAST = 1
"""Flag of a reply's last frame."""

_HEADER = struct.Struct("<BBHII")


class FrameError(ValueError):
    """A binary frame is none of the tutor's speech."""


@dataclass(frozen=True)
class SpeechFrame:
    """A piece of a reply's audio."""

    reply: int
    """Number of the reply."""
    position: int
    """Sample of the reply with which the frame begins."""
    pcm: bytes
    """Mono, little-endian PCM16."""
    is_last: bool = False
    """Whether the reply ends with it."""

    @property
    def end(self) -> int:
        """The sample just past the frame."""
        return self.position + len(self.pcm) // BYTES_PER_SAMPLE


def encode_frame(frame: SpeechFrame) -> bytes:
    """The frame as it goes through the socket."""
    flags = LAST if frame.is_last else 0
    head = _HEADER.pack(VERSION_BYTE, KIND_SPEECH, flags, frame.reply, frame.position)
    return head + frame.pcm


def decode_frame(data: bytes) -> SpeechFrame:
    """Read a binary frame of the server.

    Raises:
        FrameError: it is of another version or kind, or not whole.
    """
    if len(data) < _HEADER.size or (len(data) - _HEADER.size) % BYTES_PER_SAMPLE:
        raise FrameError(f"a frame of {len(data)} bytes")
    version, kind, flags, reply, position = _HEADER.unpack_from(data)
    if (version, kind) != (VERSION_BYTE, KIND_SPEECH):
        raise FrameError(f"a frame of version {version} and kind {kind}")
    return SpeechFrame(reply, position, data[_HEADER.size :], bool(flags & LAST))

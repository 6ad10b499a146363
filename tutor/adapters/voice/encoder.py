"""Speech in the formats of OpenAI's endpoint, encoded as it comes, by PyAV (FFmpeg)."""

from __future__ import annotations

import struct
from typing import Literal

import av
import numpy as np

from tutor.core.audio.samples import BYTES_PER_SAMPLE

Format = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]

MEDIA_TYPES: dict[Format, str] = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "pcm": "audio/pcm",
}

_CODECS = {  # container, codec, options of the container
    "mp3": ("mp3", "libmp3lame", {"write_xing": "0", "id3v2_version": "0"}),
    "opus": ("ogg", "libopus", {"page_duration": "200000"}),
    "aac": ("adts", "aac", {}),
    "flac": ("flac", "flac", {"metadata_header_padding": "0"}),
}

_UNKNOWN_SIZE = 0xFFFFFFFF
"""Stands for the sizes in a WAV's header: nobody knows them when it is sent."""


class Encoder:
    """Encodes mono PCM16, bit by bit."""

    def __init__(self, to: Format, rate: int) -> None:
        """`rate`: samples in a second, kept."""
        self._rate = rate
        self._sink = _Sink()
        self._container: av.container.OutputContainer | None = None
        if to == "wav":
            self._sink.write(_wav_header(rate))
        elif to != "pcm":
            name, codec, options = _CODECS[to]
            self._container = av.open(self._sink, "w", format=name, container_options=options)
            stream = self._container.add_stream(codec, rate=rate, layout="mono")
            assert isinstance(stream, av.AudioStream)
            self._stream = stream
            self._at = 0

    def feed(self, pcm: bytes) -> bytes:
        """Take PCM16; give what is encoded by now."""
        if self._container is None:
            self._sink.write(pcm)
        elif pcm:
            samples = np.frombuffer(pcm, "<i2").astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples[np.newaxis], "s16", "mono")
            frame.sample_rate, frame.pts = self._rate, self._at
            self._at += len(samples)
            self._container.mux(self._stream.encode(frame))
        return self._sink.take()

    def end(self) -> bytes:
        """Give what is left. Call it once, last."""
        if self._container is not None:
            self._container.mux(self._stream.encode(None))
            self._container.close()
        return self._sink.take()


class _Sink:
    """A file that can be written only; FFmpeg then writes nothing twice."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, data: bytes) -> int:
        self._bytes += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken


def _wav_header(rate: int) -> bytes:
    """The header of a WAV of unknown length: PCM16, mono (RIFF, `fmt `, `data`)."""
    form = struct.pack("<HHIIHH", 1, 1, rate, rate * BYTES_PER_SAMPLE, BYTES_PER_SAMPLE, 16)
    riff = struct.pack("<4sI4s", b"RIFF", _UNKNOWN_SIZE, b"WAVE")
    return (
        riff
        + struct.pack("<4sI", b"fmt ", len(form))
        + form
        + struct.pack("<4sI", b"data", _UNKNOWN_SIZE)
    )

"""Audio files of any common format, decoded by PyAV (FFmpeg)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av import AudioFrame, AudioStream, Packet
from av.error import FFmpegError

from tutor.core.audio.samples import RATE, Samples, from_pcm16, mixed


class MediaError(Exception):
    """The file cannot be read as audio; the message is one line."""


class Recording:
    """An open file; its audio can be read once."""

    def __init__(self, container: av.container.InputContainer, name: str) -> None:
        if not container.streams.audio:
            raise MediaError(f"{name}: there is no audio in it")
        self._container = container
        duration = container.duration
        self.seconds = duration / av.time_base if duration else None
        """Seconds of audio that the file states; None when it states none."""
        self.damage: str | None = None
        """Why the file could be read in part only; known when its audio was read."""

    def audio(self) -> Iterator[Samples]:
        """The audio as mono int16 at 16 kHz, bit by bit. What cannot be decoded is left out.

        Of two channels that cancel each other, as where one is inverted, the louder one is taken.
        """
        layout = "stereo" if self._container.streams.audio[0].channels == 2 else "mono"
        resampler = av.AudioResampler(format="s16p", layout=layout, rate=RATE)
        for frame in self._frames():
            for resampled in resampler.resample(frame):
                yield mixed(resampled.to_ndarray())
        for rest in resampler.resample(None):
            yield mixed(rest.to_ndarray())

    def _frames(self) -> Iterator[AudioFrame]:
        try:
            for packet in self._container.demux(self._container.streams.audio[0]):
                yield from self._decoded(packet)
        except (FFmpegError, OSError) as error:
            self.damage = str(error.strerror or error)

    def _decoded(self, packet: Packet[AudioStream]) -> list[AudioFrame]:
        try:
            return packet.decode()
        except FFmpegError as error:
            self.damage = str(error.strerror or error)
            return []


@contextmanager
def open_recording(file: BinaryIO, name: str) -> Iterator[Recording]:
    """Open a recording from a file that is open for reading at its beginning.

    Raises:
        MediaError: there is no audio in it.
    """
    try:
        # A playlist must not make us open other files or addresses.
        with av.open(file, "r", options={"protocol_whitelist": "none"}) as container:
            yield Recording(container, name)
    except (FFmpegError, OSError) as error:
        raise MediaError(f"{name}: {error.strerror or error}") from error


def read_audio_file(path: Path) -> Samples:
    """Decode a file to mono int16 at 16 kHz.

    Raises:
        MediaError: there is no such file, or no audio in it, or it is damaged.
    """
    try:
        with path.open("rb") as file, open_recording(file, str(path)) as recording:
            frames = list(recording.audio())
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:  # a name that no file can have
        raise MediaError(f"{path!r}: {error}") from error
    if recording.damage is not None:
        raise MediaError(f"{path}: {recording.damage}")
    return np.concatenate(frames) if frames else np.empty(0, np.int16)


def encode_flac(pcm: bytes) -> bytes:
    """Mono PCM16 at 16 kHz as a FLAC file."""
    file = io.BytesIO()
    options = {"metadata_header_padding": "0"}  # else 8 kB of zeros
    with av.open(file, "w", format="flac", container_options=options) as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono", format="s16")
        frame = av.AudioFrame.from_ndarray(from_pcm16(pcm)[np.newaxis], "s16", "mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()

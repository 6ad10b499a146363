"""Audio files of any common format, decoded by PyAV (FFmpeg)."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from tutor.core.audio import RATE, Samples, from_pcm16


class MediaError(Exception):
    """The file cannot be read as audio; the message is one line."""


def read_audio_file(path: Path) -> Samples:
    """Decode a file to mono int16 at 16 kHz.

    Raises:
        MediaError: there is no such file, or no audio in it.
    """
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise MediaError(f"{path}: there is no audio in it")
            return _decode(container)
    except (FFmpegError, OSError) as error:
        raise MediaError(f"{path}: {error.strerror or error}") from error


def encode_flac(pcm: bytes) -> bytes:
    """Mono PCM16 at 16 kHz as a FLAC file."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono", format="s16")
        frame = av.AudioFrame.from_ndarray(from_pcm16(pcm)[np.newaxis], "s16", "mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()


def _decode(container: av.container.InputContainer) -> Samples:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    frames = [
        resampled.to_ndarray()[0]
        for frame in container.decode(audio=0)
        for resampled in resampler.resample(frame)
    ]
    frames += [rest.to_ndarray()[0] for rest in resampler.resample(None)]
    return np.concatenate(frames) if frames else np.empty(0, np.int16)

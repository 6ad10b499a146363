"""One's own recordings: read whole into memory, or written as FLAC."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np

from tutor.adapters.speech.decoding import MediaError, open_decoding
from tutor.core.audio.samples import BYTES_PER_SAMPLE, RATE, Samples, from_pcm16

__all__ = ["MediaError", "encode_flac", "read_audio_file"]

LONGEST_S = 4 * 3600.0
"""Seconds of the longest recording that is read whole: 460 MB."""


def read_audio_file(path: Path, longest_s: float = LONGEST_S) -> Samples:
    """Decode a file to mono int16 at 16 kHz.

    Raises:
        MediaError: there is no such file, or no audio in it, or it is damaged or too long.
    """
    pcm, most = bytearray(), int(longest_s * RATE) * BYTES_PER_SAMPLE
    try:
        with path.open("rb") as file, open_decoding(file, str(path), RATE) as recording:
            for block in recording.audio():
                pcm += block
                if len(pcm) > most:
                    raise MediaError(f"{path}: it is longer than {longest_s:g} s")
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:  # a name that no file can have
        raise MediaError(f"{path!r}: {error}") from error
    if recording.damage is not None:
        raise MediaError(f"{path}: {recording.damage}")
    return from_pcm16(bytes(pcm))


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

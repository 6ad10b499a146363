"""Recordings that no microphone makes: of any rate and form, and out of few bytes."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np

FORMS = {
    "wav": ("wav", "pcm_s16le"),
    "wav8": ("wav", "pcm_u8"),
    "wav64": ("wav", "pcm_f64le"),
    "mulaw": ("wav", "pcm_mulaw"),
    "aiff": ("aiff", "pcm_s16be"),
    "caf": ("caf", "pcm_s16be"),
    "flac": ("flac", "flac"),
    "vorbis": ("ogg", "vorbis"),
    "wavpack": ("wv", "wavpack"),
    "tta": ("tta", "tta"),
    "alac": ("ipod", "alac"),
    "matroska": ("matroska", "pcm_s16le"),
}
"""Containers and codecs that take any rate, by a name."""

FIXED = {
    "opus": ("ogg", "libopus", 48_000),
    "webm": ("webm", "libopus", 48_000),
    "mp3": ("mp3", "libmp3lame", 44_100),
    "mp3_low": ("mp3", "libmp3lame", 22_050),
    "aac": ("adts", "aac", 44_100),
    "aac_low": ("adts", "aac", 16_000),
    "g722": ("wav", "g722", 16_000),
}
"""Containers and codecs with a rate of their own."""

LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 6: "5.1", 8: "7.1"}


def encoded(form: str, rate: int, channels: int, seconds: float) -> bytes:
    """A tone in a form of `FORMS` or `FIXED`, whose rate then counts; empty: it does not exist."""
    container, codec, rate = (*FORMS[form], rate) if form in FORMS else FIXED[form]
    layout, count = LAYOUTS[channels], max(1, round(rate * seconds))
    wave = np.round(8_000 * np.sin(np.arange(count) * 0.05)).astype(np.int16)
    file = io.BytesIO()
    try:
        with av.open(file, "w", format=container) as out:
            stream = out.add_stream(codec, rate=rate, layout=layout)
            assert isinstance(stream, av.AudioStream)
            stream.codec_context.options = {"strict": "experimental"}
            frame = av.AudioFrame.from_ndarray(np.repeat(wave, channels)[np.newaxis], "s16", layout)
            frame.sample_rate = rate
            for packet in (*stream.encode(frame), *stream.encode(None)):
                out.mux(packet)
    except (av.error.FFmpegError, ValueError):  # an encoder that takes no such rate or layout
        return b""
    return file.getvalue()


def flac_of_a_constant(
    rate: int, block: int = 65_535, frames: int = 1, channels: int = 1, changed_to: int = 0
) -> bytes:
    """A FLAC file of 55 bytes or little more, whose frames of `block` samples are of one value.

    `rate`: what its head says; `changed_to`: what its frames say, 0: nothing.
    """
    size = block.to_bytes(2, "big")
    facts = rate << 44 | channels - 1 << 41 | 15 << 36 | block * frames
    info = size + size + bytes(6) + facts.to_bytes(8, "big") + bytes(16)
    file = b"fLaC\x80" + len(info).to_bytes(3, "big") + info
    for number in range(frames):
        head = bytes([0xFF, 0xF8, 0x7D if changed_to else 0x70, channels - 1 << 4 | 4 << 1])
        head += chr(number).encode() + (block - 1).to_bytes(2, "big")
        head += changed_to.to_bytes(2, "big") if changed_to else b""
        frame = head + bytes([_checksum(head, 8, 0x07)]) + b"\0\0\x10" * channels
        file += frame + _checksum(frame, 16, 0x8005).to_bytes(2, "big")
    return file


def _checksum(data: bytes, bits: int, polynomial: int) -> int:
    value, top = 0, 1 << bits - 1
    for byte in data:
        value ^= byte << bits - 8
        for _ in range(8):
            value = (value << 1 ^ polynomial if value & top else value << 1) & (1 << bits) - 1
    return value


class Peak:
    """The most memory that a block has taken beside what there was before it."""

    bytes = 0


@contextmanager
def peak() -> Iterator[Peak]:
    """Measure a block's peak of resident memory (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    before, found = _resident("RSS"), Peak()
    yield found
    found.bytes = _resident("HWM") - before


def _resident(kind: str) -> int:
    (kb,) = re.findall(rf"Vm{kind}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kb) * 1024

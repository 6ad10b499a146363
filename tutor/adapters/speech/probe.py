"""A short spoken sentence to try a recogniser on."""

from __future__ import annotations

import wave
from importlib.resources import files


def probe_audio() -> bytes:
    """A short spoken sentence, PCM16 at 16 kHz, to try a recogniser on."""
    with (files("tutor") / "assets" / "probe.wav").open("rb") as file, wave.open(file) as wav:
        return bytes(wav.readframes(wav.getnframes()))

"""The probe: a short spoken sentence to try a recogniser on."""

from __future__ import annotations

import wave
from importlib.resources import files


def probe_audio() -> bytes:
    """The probe as PCM16 at 16 kHz."""
    with (files("tutor") / "assets" / "probe.wav").open("rb") as file, wave.open(file) as wav:
        return bytes(wav.readframes(wav.getnframes()))

"""What Chromium's fake microphone hears."""

import wave
from pathlib import Path

import numpy as np
import soxr

from tests.support.speech import silence, spoken
from tutor.core.audio.samples import RATE

MICROPHONE_RATE = 48_000
"""What Chromium's fake microphone records at."""


def write_wav(path: Path, name: str) -> Path:
    """A recorded sentence as a fake microphone hears it: a moment of silence before and after."""
    samples = np.concatenate([silence(1), spoken(name), silence(5)])
    heard = soxr.resample(samples, RATE, MICROPHONE_RATE).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_RATE)
        file.writeframes(heard.tobytes())
    return path

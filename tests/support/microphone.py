"""What Chromium's fake microphone hears."""

import wave
from pathlib import Path

import numpy as np
import soxr

from tests.support.speech import SPEECH, silence, spoken
from tutor.adapters.speech.media import read_audio_file
from tutor.core.audio.samples import RATE, Samples

TALK = SPEECH.parent / "talk"

MICROPHONE_RATE = 48_000
"""What Chromium's fake microphone records at."""


def write_wav(path: Path, name: str) -> Path:
    """A recorded sentence as a fake microphone hears it: a moment of silence before and after."""
    return _write(path, np.concatenate([silence(1), spoken(name), silence(5)]))


def write_talk(folder: Path) -> Path:
    """What a learner says at the café, a file for each sentence."""
    for sentence in TALK.glob("*.flac"):
        _write(folder / f"{sentence.stem}.wav", read_audio_file(sentence))
    return folder


def _write(path: Path, samples: Samples) -> Path:
    heard = soxr.resample(samples, RATE, MICROPHONE_RATE).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MICROPHONE_RATE)
        file.writeframes(heard.tobytes())
    return path

"""Real speech and noise for tests, and how to compare words."""

import json
import re

import jiwer
import numpy as np

from tests.support.places import DATA
from tutor.adapters.speech.media import read_audio_file
from tutor.core.audio.samples import RATE, Samples

SPEECH = DATA / "speech"
TEXTS: dict[str, str] = {
    name: entry["text"]
    for name, entry in json.loads((SPEECH / "manifest.json").read_text()).items()
}


def spoken(name: str) -> Samples:
    """A recorded sentence, int16 at 16 kHz."""
    return read_audio_file(SPEECH / name)


def silence(seconds: float) -> Samples:
    """Digital silence."""
    return np.zeros(round(seconds * RATE), np.int16)


def noise(seconds: float, level: float = 0.01, seed: int = 1) -> Samples:
    """Room-like noise: brown-ish, its level relative to full scale."""
    white = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    smooth = np.convolve(white, np.ones(8) / 8, "same")
    scaled: Samples = np.clip(smooth / smooth.std() * level * 32767, -32768, 32767).astype(np.int16)
    return scaled


def plain(text: str) -> str:
    """Text as words alone: lower case, without punctuation."""
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower()).split())


def wer(reference: str, hypothesis: str) -> float:
    """Word error rate of plain text."""
    return float(jiwer.wer(plain(reference), plain(hypothesis)))

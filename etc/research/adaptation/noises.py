"""Ten minutes in which nobody speaks, to be heard without a word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from examples import Windows

from tutor.core.audio.samples import RATE, Audio

NOISE_S = 600.0
"""Seconds of noise that is listened to though no voice is active in it."""


def noise() -> Iterator[Audio]:
    """Hiss, pink noise, rumble, hum, and music, at all levels, in pieces as long as utterances.

    Half is drawn as training draws it, half is of kinds that it never hears: pink noise, a mains
    hum with its harmonics, the taps of keys, and steady tones.
    """
    windows, random = Windows({}, seed=11), np.random.default_rng(12)
    seconds = 0.0
    while seconds < NOISE_S:
        for piece in (windows.empty().audio, _other_noise(random)):
            yield piece
            seconds += len(piece) / RATE


def _other_noise(random: np.random.Generator) -> Audio:
    samples = round(random.uniform(0.5, 8.0) * RATE)
    at = np.arange(samples) / RATE
    match random.integers(4):
        case 0:
            spectrum = np.fft.rfft(random.standard_normal(samples))
            played = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), samples)
        case 1:
            hum = random.choice((50, 60))
            played = sum(np.sin(2 * np.pi * hum * n * at) / n for n in range(1, 8))
        case 2:
            taps = random.random(samples) < 6 / RATE
            played = np.convolve(
                taps * 1.0, random.standard_normal(400) * np.exp(-np.arange(400) / 60)
            )
            played = played[:samples]
        case _:
            played = np.sin(2 * np.pi * random.uniform(100, 2_000) * at)
    level = 10 ** (random.uniform(-60, -10) / 20)
    noisy: Audio = (played / max(np.abs(played).max(), 1e-9) * level).astype(np.float32)
    return noisy

"""Where between and within recognised words nobody spoke.

A recogniser's word times come from attention: each word begins where the last one ended, so a pause
hides inside a word. The audio says where it is: silence is what stays 25 dB under the utterance's
loud parts, as in the Praat script of de Jong and Wempe (2009, Behavior Research Methods 41,
385-390).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.audio.samples import RATE, Audio

STEP_S = 0.01
SILENCE_DB = 25.0
"""How far under the 99th percentile of the frames' level silence begins, in dB."""
PAUSE_DB = 30.0
"""The same for a pause."""
ABOVE_NOISE_DB = 3.0
"""How far speech is above the quietest tenth at least, in dB, where there is noise."""
LEAST_SOUND_S = 0.06
"""Seconds of the shortest sound between silences; a shorter one is a click or a breath."""
LEAST_SILENCE_S = 0.05
"""Seconds of the shortest silence; a shorter one is the closure of a plosive."""

_Levels = npt.NDArray[np.float64]


def cut_silence(words: Sequence[RecognisedWord], audio: Audio) -> tuple[RecognisedWord, ...]:
    """The words with the silence at their edges cut off.

    `audio`: float32 at 16 kHz, from where the words' times count. Of a word with silence in its
    middle the longest sounding part is kept; one that is all silence stays as it is.
    """
    sounds = sounding(audio)
    return tuple(_cut_word(word, sounds) for word in words)


def sounding(audio: Audio, silence_db: float = SILENCE_DB) -> list[tuple[float, float]]:
    """Begin and end, in seconds, of each stretch of sound.

    `silence_db`: how far under the loud parts silence begins, in dB.
    """
    if len(audio) < RATE * STEP_S:
        return []
    levels = _levels(audio)
    loud = float(np.percentile(levels, 99))
    noise = float(np.percentile(levels, 10))
    threshold = min(max(loud - silence_db, noise + ABOVE_NOISE_DB), loud)
    runs = _without_short(_runs(levels >= threshold), gaps=LEAST_SILENCE_S)
    return [(a, b) for a, b in runs if b - a >= LEAST_SOUND_S]


def silences(audio: Audio) -> list[tuple[float, float]]:
    """Begin and end, in seconds, of each silence between two stretches of sound.

    It lies deeper than where words are cut: their ends fade, and a weak consonant is no pause.
    """
    sounds = sounding(audio, PAUSE_DB)
    return [(left[1], right[0]) for left, right in pairwise(sounds)]


def _levels(audio: Audio) -> _Levels:
    """The level of each 10 ms in dB, smoothed over 30 ms."""
    step = round(RATE * STEP_S)
    frames = audio[: len(audio) // step * step].reshape(-1, step).astype(np.float64)
    power = np.square(frames - frames.mean(axis=1, keepdims=True)).mean(axis=1)
    padded = np.pad(power, 1, mode="edge")
    levels: _Levels = 10 * np.log10((padded[:-2] + padded[1:-1] + padded[2:]) / 3 + 1e-10)
    return levels


def _runs(sounds: npt.NDArray[np.bool_]) -> list[tuple[float, float]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], sounds, [False]]).astype(np.int8)))
    return [(a * STEP_S, b * STEP_S) for a, b in edges.reshape(-1, 2).tolist()]


def _without_short(runs: list[tuple[float, float]], *, gaps: float) -> list[tuple[float, float]]:
    """The runs, joined where less than `gaps` seconds part them."""
    joined: list[tuple[float, float]] = []
    for a, b in runs:
        if joined and a - joined[-1][1] < gaps:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _cut_word(word: RecognisedWord, sounds: Sequence[tuple[float, float]]) -> RecognisedWord:
    parts = [(max(a, word.start_s), min(b, word.end_s)) for a, b in sounds]
    start, end = max(parts, key=lambda part: part[1] - part[0], default=(0.0, 0.0))
    return replace(word, start_s=start, end_s=end) if start < end else word

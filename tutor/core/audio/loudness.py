"""Quiet recordings, raised to the loudness that the models of pronunciation were fitted at."""

from __future__ import annotations

import numpy as np

from tutor.core.audio.samples import RATE, Audio

QUIET_DB = -30.0
"""Level of the loudest parts, in dB of full scale, under which a recording is raised; 99 of 100
recordings of speechocean762 are over it."""

NORMAL_DB = -20.0
"""The level that the loudest parts are raised to, in dB of full scale."""

MOST_GAIN_DB = 40.0
"""The most that is raised: the last bits of a silent recording do not become speech."""

_STEP = RATE // 100


def audible(audio: Audio) -> Audio:
    """A quiet recording (float32 at 16 kHz) as loud as others are; any other as it is."""
    level = loudest_db(audio)
    if not level < QUIET_DB:  # also when a sample is not a number
        return audio
    gain = min(NORMAL_DB - level, MOST_GAIN_DB)
    raised: Audio = np.clip(audio * np.float32(10 ** (gain / 20)), -1, 1)
    return raised


def loudest_db(audio: Audio) -> float:
    """The level of a recording's loudest parts: the 99th percentile of its 10 ms, in dB of full
    scale; 0 where there are none."""
    frames = audio[: len(audio) // _STEP * _STEP].reshape(-1, _STEP).astype(np.float64)
    if not len(frames):
        return 0.0
    return float(10 * np.log10(np.percentile(np.square(frames).mean(axis=1), 99) + 1e-12))

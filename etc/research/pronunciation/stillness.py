"""How still a recording is in some place, by another measure than the product's.

The product counts frames that are far under the loudest ones; here a stretch is still whose sound
varies little: the variance of 10 ms without their mean, against the loud parts and against the
noise.
"""

from __future__ import annotations

import numpy as np

from tutor.core.audio.samples import RATE, Audio

STEP = RATE // 100
UNDER_LOUD_DB = 25.0
OVER_NOISE_DB = 4.0
BESIDE = 2
"""Steps beside a stretch that are looked at, too: its ends are no more exact."""


def quiet_ms(audio: Audio, start_ms: int, end_ms: int) -> int:
    """The longest silence within a stretch, in milliseconds."""
    steps = audio[: len(audio) // STEP * STEP].reshape(-1, STEP).astype(np.float64)
    level = 10 * np.log10(steps.var(axis=1) + 1e-10)
    still = level < max(
        np.percentile(level, 95) - UNDER_LOUD_DB, np.percentile(level, 5) + OVER_NOISE_DB
    )
    first, last = max(0, start_ms // 10 - BESIDE), end_ms // 10 + BESIDE
    runs = "".join("x" if one else " " for one in still[first:last]).split()
    return 10 * max(map(len, runs), default=0)

"""Any sample rate to 16 kHz as a stream, or whole to any other, by libsoxr."""

from __future__ import annotations

import numpy as np
import soxr

from tutor.core.audio.samples import RATE, Samples


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """A whole recording of int16 samples at another rate."""
    if rate == wanted:
        return samples
    resampled: Samples = soxr.resample(samples, rate, wanted, quality="HQ")
    return resampled


class Resampler:
    """Turns a stream of int16 samples at one rate into one at 16 kHz, without a seam."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._stream = self._open()

    def feed(self, samples: Samples) -> Samples:
        """Take the next samples; give those that are ready (the filter holds some ms back)."""
        if self._stream is None:
            return samples
        resampled: Samples = self._stream.resample_chunk(samples)
        return resampled

    def flush(self) -> Samples:
        """Give what the filter still holds, and start anew."""
        if self._stream is None:
            return np.empty(0, np.int16)
        rest: Samples = self._stream.resample_chunk(np.empty(0, np.int16), last=True)
        self._stream = self._open()
        return rest

    def _open(self) -> soxr.ResampleStream | None:
        if self._rate == RATE:
            return None
        return soxr.ResampleStream(self._rate, RATE, 1, dtype="int16", quality="HQ")

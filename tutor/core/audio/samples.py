"""Audio arithmetic: 16 kHz mono PCM16, time counted in samples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
"""Samples as PCM16."""

Audio = npt.NDArray[np.float32]
"""Samples as float32 in [-1, 1), as the models take them."""

RATE = 16_000
"""Samples per second of everything behind the resampler (Silero's and Whisper's rate)."""

BYTES_PER_SAMPLE = 2

WINDOW = 512
"""Samples in one voice-activity window: 32 ms, the only size Silero takes at 16 kHz."""


WHISPER_WINDOW_S = 30
"""Seconds of Whisper's window: it was trained on 30 s and hears no more at once, so no utterance is
longer. Shorter windows cost less and risk loops."""


def next_window(position: int) -> int:
    """The first window boundary at `position` or after it; both are samples."""
    return -(-position // WINDOW) * WINDOW


def to_samples(ms: float) -> int:
    """Milliseconds to samples at 16 kHz."""
    return round(ms * RATE / 1000)


def to_ms(samples: int) -> int:
    """Samples at 16 kHz to whole milliseconds."""
    return samples * 1000 // RATE


def from_pcm16(data: bytes) -> Samples:
    """Read little-endian PCM16 bytes as int16 samples without copying them.

    Raises:
        ValueError: the bytes do not hold whole samples.
    """
    return np.frombuffer(data, dtype="<i2")


def to_float(samples: Samples) -> Audio:
    """Scale int16 samples to float32 in [-1, 1)."""
    return samples.astype(np.float32) / np.float32(32768.0)


class Recent:
    """The newest samples of a stream, addressed by their position in the whole stream.

    `capacity`: how many samples are kept at least; `start`: position of the first sample. Each
    sample is copied in once, and moved once each time the buffer, twice as long, is full. Nothing
    is allocated before the first sample.
    """

    def __init__(self, capacity: int, start: int = 0) -> None:
        self.capacity = capacity
        self._buffer = np.empty(0, np.int16)
        self._used = 0
        self.end = start
        """Position just past the newest sample, counted from the start of the stream."""

    def append(self, samples: Samples) -> None:
        """Take the next samples of the stream."""
        if self._used + len(samples) > len(self._buffer):
            self._make_room(len(samples))
        self._buffer[self._used : self._used + len(samples)] = samples
        self._used += len(samples)
        self.end += len(samples)

    @property
    def start(self) -> int:
        """Position of the oldest sample still kept."""
        return self.end - self._used

    def between(self, start: int, end: int) -> Samples:
        """The samples at positions [start, end), as a view that is valid until the next `append`.

        Raises:
            IndexError: some of the samples are no longer kept, or have not come yet.
        """
        if not self.start <= start <= end <= self.end:
            raise IndexError(f"[{start}, {end}) is outside the kept [{self.start}, {self.end})")
        return self._buffer[start - self.start : end - self.start]

    def _make_room(self, coming: int) -> None:
        kept = self._buffer[max(0, self._used - self.capacity) : self._used]
        if len(kept) + coming > len(self._buffer):
            self._buffer = np.empty(2 * self.capacity + coming, np.int16)
        self._buffer[: len(kept)] = kept
        self._used = len(kept)

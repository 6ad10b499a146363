"""A stream of samples, cut into the windows whose speech probability is due."""

from __future__ import annotations

from tutor.core.audio.samples import WINDOW, Recent, Samples


class Windows:
    """The newest samples of a stream, and which of them were judged.

    `capacity`: how many samples are kept at least; `start`: position of the first sample;
    `judged`: from where on windows are judged.
    """

    def __init__(self, capacity: int, start: int = 0, judged: int = 0) -> None:
        self.recent = Recent(capacity, start)
        self.judged = judged
        """Samples whose speech probability was asked for."""

    def receive_samples(self, samples: Samples) -> list[Samples]:
        """Take the next samples; the windows that are to be judged now."""
        self.recent.append(samples)
        windows = []
        while self.recent.end - self.judged >= WINDOW:
            windows.append(self.recent.between(self.judged, self.judged + WINDOW))
            self.judged += WINDOW
        return windows

"""Which recordings are read: bounds on what a file may say of its audio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Readable:
    """The bounds of audio that is read. A file of some bytes can name any rate and any length: what
    it names is multiplied by the resampler, so that it is bounded first."""

    lowest_rate: int = 4_000
    """Samples per second; telephones have 8,000."""
    highest_rate: int = 384_000
    """Samples per second of the best sound cards."""
    most_channels: int = 32
    frame_samples: int = 2**21
    """The most samples of one decoded frame, all channels together: the longest of a known codec
    are 1,179,648 of Monkey's Audio in its slowest mode."""
    frame_s: float = 60.0
    """Seconds of the longest frame."""

    def fault(self, rate: int, channels: int) -> str | None:
        """What is wrong with audio of this sample rate and so many channels; None: nothing."""
        if not self.lowest_rate <= rate <= self.highest_rate:
            return (
                f"its sample rate is {rate} Hz; "
                f"from {self.lowest_rate} to {self.highest_rate} Hz are read"
            )
        if not 1 <= channels <= self.most_channels:
            return f"it has {channels} channels; from 1 to {self.most_channels} are read"
        return None

    def frame_fault(self, samples: int, rate: int, channels: int) -> str | None:
        """What is wrong with a decoded frame of so many samples in each channel; None: nothing."""
        if fault := self.fault(rate, channels):
            return fault
        if samples * channels > self.frame_samples or samples > self.frame_s * rate:
            return f"a frame of it holds {samples} samples at {rate} Hz"
        return None

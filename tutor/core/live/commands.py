"""What other protocols than our own may ask of a session: how it listens, and to forget.

A session takes these beside the messages of the practice protocol; no practice client sends them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.core.audio.samples import to_samples
from tutor.core.live.segmenter import SegmenterConfig
from tutor.core.protocol.messages import ClientMessage

HYSTERESIS = 0.15
"""How far under the threshold that begins speech the one lies that ends it (Silero's own)."""

LEAST_OFFSET = 0.01
"""For thresholds so low that nothing would be left."""


@dataclass(frozen=True)
class VoiceActivity:
    """Turns are found by voice activity."""

    threshold: float
    """Probability at which speech begins, 0 to 1."""
    prefix_padding_ms: int
    """Audio kept from before it."""
    silence_duration_ms: int
    """Silence that ends a turn."""


@dataclass(frozen=True)
class Listen:
    """How to listen from now on."""

    language: str
    """BCP-47, or `auto`; from the next utterance on."""
    sample_rate: int
    """Samples per second of the audio that follows."""
    activity: VoiceActivity | None
    """None: a turn is all audio between two commits."""
    prompt: str = ""
    """Words that are likely to come, in their spelling; from the next utterance on."""

    def segmenter(self, config: SegmenterConfig) -> SegmenterConfig:
        """The segmenter's configuration, changed accordingly."""
        if self.activity is None:
            # No final begun ahead: a pause is not the end, and the item is long by then.
            return replace(config, by_commit=True, pause=0)
        threshold = self.activity.threshold
        return replace(
            config,
            by_commit=False,
            onset_probability=threshold,
            offset_probability=min(threshold, max(LEAST_OFFSET, threshold - HYSTERESIS)),
            pre_roll=to_samples(self.activity.prefix_padding_ms),
            endpoint_silence=to_samples(self.activity.silence_duration_ms),
        )


@dataclass(frozen=True)
class Discard:
    """Forget the audio since the last utterance."""


Command = ClientMessage | Listen | Discard

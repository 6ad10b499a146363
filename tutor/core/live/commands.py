"""Commands that protocols other than our own give a session: how to listen, when to answer.

A session takes these beside the messages of the practice protocol; no practice client sends them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.core.audio.samples import to_samples
from tutor.core.live.utterances.segmenter import SegmenterConfig
from tutor.core.protocol.messages import ClientMessage, Patience
from tutor.core.turns.waits import TurnConfig, Waits

HYSTERESIS = 0.15
"""How far the threshold that ends speech lies under the one that begins it (Silero's own)."""

LEAST_OFFSET = 0.01
"""The lowest threshold that ends speech, for clients that set a very low one to begin it."""


@dataclass(frozen=True)
class VoiceActivity:
    """How voice activity bounds utterances, as a client sets it."""

    threshold: float
    """Probability at which speech begins, 0 to 1."""
    prefix_padding_ms: int
    """Milliseconds of audio kept from before the onset."""
    silence_duration_ms: int | None
    """Milliseconds of silence that end an utterance; None: what was said decides, too."""
    patience: Patience = "normal"
    """How long is waited where what was said decides."""


@dataclass(frozen=True)
class Listen:
    """How to listen from now on."""

    language: str
    """BCP-47, or `auto`; applies from the next utterance on."""
    sample_rate: int
    """Samples per second of the audio that follows."""
    activity: VoiceActivity | None
    """How voice activity bounds utterances; None: an utterance is all audio between two commits."""
    prompt: str = ""
    """Words that are likely to come, in their spelling; applies from the next utterance on."""
    answers: bool = True
    """Whether an utterance is answered as it ends; else when the client asks for it."""
    interrupts: bool = True
    """Whether speech silences the tutor, and keeps it from beginning."""

    def waits(self, config: TurnConfig, silence: int) -> Waits:
        """The silences that end an utterance; `silence`: samples of the client's own."""
        activity = self.activity
        if activity is None or activity.silence_duration_ms is not None or not config.by_words:
            return Waits.plain(silence, config.waits.eager)
        return config.waits.times(config.factor(activity.patience))

    def segmenter(self, config: SegmenterConfig) -> SegmenterConfig:
        """The segmenter's configuration, changed as the command says."""
        if self.activity is None:
            # No final begun ahead: a pause is not the end, and the item is long by then.
            return replace(config, by_commit=True, pause=0)
        threshold, silence_ms = self.activity.threshold, self.activity.silence_duration_ms
        return replace(
            config,
            by_commit=False,
            onset_probability=threshold,
            offset_probability=min(threshold, max(LEAST_OFFSET, threshold - HYSTERESIS)),
            pre_roll=to_samples(self.activity.prefix_padding_ms),
            endpoint_silence=(
                config.endpoint_silence if silence_ms is None else to_samples(silence_ms)
            ),
        )


@dataclass(frozen=True)
class Discard:
    """Forget the audio since the last utterance."""


@dataclass(frozen=True)
class Answer:
    """Answer what was said or typed since the last answer; where that is nothing, say something to
    begin with."""

    utterance: str
    """The name of what is answered, where nothing was said."""
    typed: str = ""
    """What was typed."""


@dataclass(frozen=True)
class Truncate:
    """The client has broken a reply off."""

    reply: int
    position_ms: int
    """Up to where it was heard."""


@dataclass(frozen=True)
class Refuse:
    """The client does not want what is said to an utterance."""

    utterance: str
    """Empty: to all that has no reply yet."""


Command = ClientMessage | Listen | Discard | Answer | Truncate | Refuse

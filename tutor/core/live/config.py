"""How a session behaves; from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.samples import to_samples
from tutor.core.live.segmenter import SegmenterConfig
from tutor.core.live.tutoring import TutoringConfig
from tutor.core.protocol.limits import Limits


@dataclass(frozen=True)
class SessionConfig:
    """All that the decisions of a session depend on."""

    limits: Limits = Limits()
    segmenter: SegmenterConfig = SegmenterConfig()

    first_partial: int = to_samples(320)
    """Samples of speech before the first partial."""

    partial_interval: int = to_samples(320)
    """New samples before the next partial."""

    early_interval: int = to_samples(160)
    """The same while none has heard a word: the learner sees nothing as yet."""

    early_partials: int = 3
    """So many of an utterance's first ones are soon followed; what is no speech costs no more."""

    partial_yield: float = 4.0
    """A partial that waited in the queue for so long puts the next one off by this many times as
    much: others, who wait for their finals, need the recogniser more."""

    partial_timeout_s: float = 5.0
    """A partial without a result after it is given up; the next one may go."""

    final_retry_s: float = 6.0
    """A final without a result after it is dispatched once more."""

    final_deadline_s: float = 30.0
    """Seconds after which an utterance without a final gets its terminal error."""

    ack_interval_ms: int = 1_000
    """Milliseconds of audio between acknowledgements."""

    tutoring: TutoringConfig = TutoringConfig()
    """How feedback behaves."""

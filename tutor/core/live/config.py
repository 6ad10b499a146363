"""How a session behaves; from the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tutor.core.audio.samples import to_samples
from tutor.core.coach.exercises import Item
from tutor.core.coach.phrases import Phrases
from tutor.core.live.segmenter import SegmenterConfig
from tutor.core.protocol.limits import Limits


@dataclass(frozen=True)
class TutoringConfig:
    """How a session's feedback behaves; from the settings."""

    enabled: bool = True

    language_model: bool = False
    """Whether there is one to write the replies; else the built-in coach does."""

    phrases: Mapping[str, Phrases] = field(default_factory=dict)
    """The coach's phrases by language of the learner."""

    library: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    """Exercises by language, to go on with."""

    retry_s: float = 4.0
    """An assessment without a result after it is dispatched once more."""

    deadline_s: float = 12.0
    """Seconds after which an utterance without an assessment gets its error."""

    reply_deadline_s: float = 25.0
    """Seconds after which the coach answers in the language model's stead."""


@dataclass(frozen=True)
class SessionConfig:
    """All that the decisions of a session depend on."""

    limits: Limits = Limits()

    resumable: bool = True
    """Whether a client whose connection broke may come back."""

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

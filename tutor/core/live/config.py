"""The configuration of a session and its feedback, which the settings fill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tutor.core.audio.samples import to_samples
from tutor.core.coach.exercises import Item
from tutor.core.coach.phrases import Phrases
from tutor.core.live.utterances.segmenter import SegmenterConfig
from tutor.core.protocol.limits import Limits
from tutor.core.talk.talk import TalkConfig
from tutor.core.text.expected import Expected
from tutor.core.turns.waits import TurnConfig
from tutor.core.voice.config import SpeakingConfig


@dataclass(frozen=True)
class TutoringConfig:
    """How a session's feedback behaves."""

    enabled: bool = True
    """Whether sessions have feedback at all."""

    language_model: bool = False
    """Whether a language model writes the replies; else the built-in coach does."""

    phrases: Mapping[str, Phrases] = field(default_factory=dict)
    """The coach's phrases, by the learner's language."""

    library: Mapping[str, Sequence[Item]] = field(default_factory=dict)
    """The items of the library that a session goes on with, by their language."""

    talk: TalkConfig = TalkConfig()
    """Scenarios, and how conversations behave."""

    sentence_wait_s: float = 6.0
    """Seconds of silence for which an utterance that stops within a sentence of the text waits for
    the sentence to go on."""

    retry_s: float = 6.0
    """Seconds after which an assessment whose worker may be gone is dispatched once more."""

    deadline_s: float = 20.0
    """Seconds after which an utterance whose assessment was lost twice gets its error."""

    late_s: float = 60.0
    """Seconds after its final, or the end of its sentence, after which an utterance that could not
    be assessed gets its error."""

    shed_s: float = 8.0
    """Seconds that scores may be late; after later ones the coach replies, not the language
    model."""

    reply_deadline_s: float = 25.0
    """Seconds after which the coach replies in the language model's place."""


@dataclass(frozen=True)
class SessionConfig:
    """How a session behaves: all that its decisions depend on."""

    limits: Limits = Limits()

    expected: Expected = Expected()
    """What `auto` chooses from, whatever the lesson is."""

    resumable: bool = True
    """Whether a client whose connection broke may come back."""

    segmenter: SegmenterConfig = SegmenterConfig()

    turns: TurnConfig = TurnConfig()
    """How turns end; the one silence of those that do not ask the words is the segmenter's."""

    first_partial: int = to_samples(320)
    """Samples of speech before an utterance's first partial."""

    partial_interval: int = to_samples(320)
    """New samples before an utterance's next partial."""

    early_interval: int = to_samples(160)
    """New samples before the next partial while none has heard a word: the learner sees nothing
    yet."""

    early_partials: int = 3
    """How many of an utterance's first partials `early_interval` applies to: noise that is no
    speech costs no more than these."""

    partial_yield: float = 4.0
    """How many times longer than it waited in the queue a partial puts the next one off: other
    learners, who wait for their finals, need the recogniser more."""

    audio_stop_s: float = 4.0
    """Seconds without any audio, though the client is there, after which an open utterance ends:
    its microphone was muted or lost in mid-word."""

    partial_timeout_s: float = 5.0
    """Seconds after which a partial without a result is given up, so that the next one may go."""

    final_retry_s: float = 6.0
    """Seconds after which a final without a result is dispatched once more."""

    final_deadline_s: float = 30.0
    """Seconds after which an utterance without a final gets its terminal error."""

    ack_interval_ms: int = 1_000
    """Milliseconds of audio between acknowledgements."""

    tutoring: TutoringConfig = TutoringConfig()
    """How feedback behaves."""

    speaking: SpeakingConfig = SpeakingConfig()
    """How the tutor speaks."""

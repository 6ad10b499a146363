"""How long a silence must be to end a turn, by what was said before it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import Enum

from tutor.core.audio.samples import to_samples
from tutor.core.protocol.messages import Patience
from tutor.core.text.unfinished import is_finished, is_unfinished


class Standing(Enum):
    """How a turn stands in a pause, by the words that were heard before it."""

    UNKNOWN = "unknown"
    """They are not known yet."""
    UNDECIDED = "undecided"
    """They say neither that the turn is over nor that it goes on."""
    FINISHED = "finished"
    """They make whole sentences."""
    HANGING = "hanging"
    """Something must follow: "because", an article, a filler."""
    IN_SENTENCE = "in_sentence"
    """Words of a sentence of the exercise's text are still to come."""
    AT_THE_END = "at_the_end"
    """The exercise's text was read to its last word."""


@dataclass(frozen=True)
class Waits:
    """The silences that end a turn, in samples: one for each way in which it may stand."""

    unknown: int = to_samples(900)
    """While the words are not known: the recogniser is slow."""

    undecided: int = to_samples(1_000)
    """Where the words say nothing: no whole sentence, and nothing that must go on."""

    finished: int = to_samples(450)
    """After whole sentences."""

    hanging: int = to_samples(1_500)
    """After a word that something must follow."""

    in_sentence: int = to_samples(2_000)
    """Within a sentence of the exercise's text, and until it is known where in the text."""

    at_the_end: int = to_samples(300)
    """After the last word of the exercise's text."""

    eager: int = to_samples(250)
    """After which a reply may be prepared, if the words do not say that the turn goes on."""

    most: int = to_samples(2_500)
    """The longest of them, whatever the patience; only a hold is longer."""

    @classmethod
    def plain(cls, silence: int, eager: int) -> Waits:
        """One silence whatever was said."""
        return cls(silence, silence, silence, silence, silence, silence, eager, silence)

    def times(self, factor: float) -> Waits:
        """All silences so many times as long, up to the longest; the text's end is its end."""
        kept = ("at_the_end", "eager", "most")
        stretched = {
            field.name: min(self.most, round(factor * getattr(self, field.name)))
            for field in fields(self)
            if field.name not in kept
        }
        return replace(self, **stretched)

    def of(self, standing: Standing, *, reads: bool) -> int:
        """The silence that ends a turn that stands so; `reads`: whether a text is read."""
        if standing is Standing.UNKNOWN and reads:
            return self.in_sentence
        silence: int = getattr(self, standing.value)
        return silence


@dataclass(frozen=True)
class TurnConfig:
    """How turns end."""

    by_words: bool = False
    """Whether what was said counts, as the settings have it; else one silence ends every
    utterance."""

    waits: Waits = Waits()
    """The silences of a learner of normal patience."""

    quick: float = 0.7
    patient: float = 1.6
    """How many times as long the silences are for other patiences."""

    def factor(self, patience: Patience) -> float:
        """How many times as long the silences are for a patience."""
        return {"quick": self.quick, "normal": 1.0, "patient": self.patient}[patience]


def standing_of(text: str, language: str) -> Standing:
    """How a turn of free speech stands after a text; an empty one says nothing."""
    if is_unfinished(text, language):
        return Standing.HANGING
    return Standing.FINISHED if is_finished(text, language) else Standing.UNDECIDED

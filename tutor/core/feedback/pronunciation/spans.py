"""Where a recogniser that was given a text found its words, and how likely they were to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """Where the recogniser found one word, and how probable its tokens were, given all before."""

    start: int
    end: int
    """Just past the word's last frame of 20 ms."""
    log_probabilities: tuple[float, ...]
    """Natural logarithms of the tokens' probabilities, one for each token."""

    @property
    def mean(self) -> float:
        """The mean of the tokens' log-probabilities."""
        return sum(self.log_probabilities) / len(self.log_probabilities)


def log_probability(spans: Iterable[Span]) -> float:
    """The log-probability of words in a row."""
    return sum(x for span in spans for x in span.log_probabilities)

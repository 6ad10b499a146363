"""What a recogniser heard in some audio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["partial", "final"]


@dataclass(frozen=True)
class RecognisedWord:
    """A recognised word; its times count from the start of the audio that was recognised."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    """Mean probability of the word's tokens, 0 to 1."""


@dataclass(frozen=True)
class Recognition:
    """The text of some audio, in words where their times are needed."""

    text: str
    language: str
    words: tuple[RecognisedWord, ...] = ()
    """The words with their times; empty in a partial of which nobody needs them."""
    confidences: tuple[float, ...] = ()
    """In a partial: for each word of the text the probability of its least probable token; empty
    when the probabilities are not known."""
    is_adapted: bool = False
    """Whether weights heard it that were adapted to readings: they rather write what should have
    been read."""

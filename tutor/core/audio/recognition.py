"""What a recogniser heard in some audio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["partial", "final"]


@dataclass(frozen=True)
class RecognisedWord:
    """A word with its time from the start of the utterance's audio."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    """0 to 1."""


@dataclass(frozen=True)
class Recognition:
    """What a recogniser heard in some audio."""

    text: str
    language: str
    words: tuple[RecognisedWord, ...] = ()
    """Empty for partials, which need no word times."""
    confidences: tuple[float, ...] = ()
    """Of partials: probability of the least probable token of each word of the text; empty when it
    is not known."""

"""When a pace may be told: words a minute of a few words are chance."""

from __future__ import annotations

LEAST_WORDS = 7
"""Words that an utterance needs to have a pace."""

LEAST_S = 5.0
"""Seconds of speech that it needs: "I went to the market with my sister." said briskly is 318 words
a minute, and nobody speaks so for long."""


def has_pace(words_per_minute: float, said: str, fillers: int = 0) -> bool:
    """Whether what was said is long enough for its words a minute to mean something.

    `fillers`: how many of its words are none ("um").
    """
    words = len(said.split()) - fillers  # which are in no rate
    return words >= LEAST_WORDS and 60 * words >= LEAST_S * words_per_minute

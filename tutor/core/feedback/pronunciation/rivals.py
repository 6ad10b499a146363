"""Rivals: when it is proven that a learner said another word in a word's place.

A forced choice between two words one sound apart: a classifier's frames must speak for the other
word, and the recogniser must find it likelier at the same place. Either alone is wrong too often:
the recogniser knows what people say, the classifier how the learner's language sounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tutor.core.feedback.pronunciation.features import Span
from tutor.core.text.normal import normalise

CLEARER = 1.0
"""The log ratio of the frames that a rival needs at least (natural logarithm)."""

LIKELIER = 8.0
"""The recogniser's log ratio that a rival needs which only the recogniser brought up. It chose that
word as the likeliest of all, so it is biased: of 2,914 words that experts scored 8 or more none is
counted wrong for it, at 7 about one in 600."""

LIKELIER_OF_PAIR = 2.0
"""The recogniser's log ratio that a rival needs which was named beforehand, as a minimal pair's
other member. Of 478 words that were said well, each held against another one sound apart, one is
taken for that other."""

MOST_RIVALS = 8
"""Words of one utterance that are asked for again; each costs a pass of Whisper's decoder."""


@dataclass(frozen=True)
class Rival:
    """A word that may have been said in the place of one of the text."""

    text: str
    of_pair: bool
    """Whether the rival was named beforehand; else the recogniser heard it."""


def rivals_of(
    words: Sequence[str], heard: Mapping[int, str], pairs: Iterable[Sequence[str]] = ()
) -> dict[int, list[Rival]]:
    """The rivals of a text's words, by index.

    Args:
        words: The text's words.
        heard: What was recognised in place of some of them, by index.
        pairs: Words that are each other's rivals.
    """
    named = [{normalise(word): word for word in pair} for pair in pairs]
    found = {n: _named(normalise(word), named) for n, word in enumerate(words)}
    for n, other in heard.items():
        if normalise(other) not in found[n]:
            found[n][normalise(other)] = Rival(other, of_pair=False)
    return {n: list(others.values()) for n, others in found.items() if others}


def _named(word: str, pairs: Iterable[Mapping[str, str]]) -> dict[str, Rival]:
    """The other members of all pairs that a word is in."""
    return {
        key: Rival(other, of_pair=True)
        for pair in pairs
        if word in pair
        for key, other in pair.items()
        if key != word
    }


def is_one_apart(sounds: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two words differ by one sound that is changed, added or left out."""
    short, long = sorted((tuple(sounds), tuple(others)), key=len)
    if not short or short == long or len(long) - len(short) > 1:
        return False
    same = next(
        (n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


def with_rival(words: Sequence[str], at: int, rival: Rival) -> list[str]:
    """The words with a rival in one's place.

    The rival is in capitals where all words are, so that both texts have as many spellings.
    """
    text = rival.text.upper() if all(word == word.upper() for word in words) else rival.text
    return [*words[:at], text, *words[at + 1 :]]


def likelihood_ratio(own: Sequence[Span], others: Sequence[Span], at: int) -> float:
    """How much likelier a rival is to the recogniser than a word, as a natural logarithm.

    The word after it counts too: it may be what makes one of the two likely.

    Args:
        own: The text's words.
        others: The same with the rival in one place.
        at: Index of that place.
    """
    return _log_probability(others[at : at + 2]) - _log_probability(own[at : at + 2])


def _log_probability(spans: Sequence[Span]) -> float:
    return sum(x for span in spans for x in span.log_probabilities)


def is_proven(rival: Rival, ratio: float) -> bool:
    """Whether a rival that the frames speak for was said; `ratio`: the recogniser's, a
    logarithm."""
    return ratio > (LIKELIER_OF_PAIR if rival.of_pair else LIKELIER)

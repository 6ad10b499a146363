"""Additions: when it is proven that a learner said words which are not in the text.

What a recogniser makes of an unclear word often has a word more: "They now" for "Tina". So there
must be sound left over that the text's words do not explain, and the recogniser must find the text
with the added words much likelier than without. Either alone is wrong too often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.core.feedback.pronunciation.features import Span

LEAST_LEFT = 4
"""Frames of 20 ms that must be left over: a shorter sound is the edge of a word."""

LIKELIER = 4.0
LIKELIER_ALONE = 7.0
"""The recogniser's log ratio that an addition needs, beside sound that is left over, and where
nobody can tell whether some is. It chose the added words as the likeliest, so it is biased."""


def with_added(words: Sequence[str], added: Mapping[int, Sequence[str]]) -> list[str]:
    """A text's words with the added ones; `added`: words by the index of the word behind them."""
    places = range(len(words) + 1)
    return [one for n in places for one in (*added.get(n, ()), *words[n : n + 1])]


def ratios(
    own: Sequence[Span], tried: Sequence[Span], added: Mapping[int, Sequence[str]]
) -> dict[int, float]:
    """How much likelier a text is with the words that were added at each place: log ratios.

    The word behind them counts too: that it comes so late is what makes it unlikely.

    Args:
        own: The text's words.
        tried: The same with the added ones.
        added: Words by the index of the word behind them.
    """
    found, before = {}, 0
    for n in sorted(added):
        begin, count = n + before, len(added[n])
        with_it = _log_probability(tried[begin : begin + count + 1])
        found[n] = with_it - _log_probability(own[n : n + 1])
        before += count
    return found


def _log_probability(spans: Sequence[Span]) -> float:
    return sum(x for span in spans for x in span.log_probabilities)


def is_proven(ratio: float, left: int | None) -> bool:
    """Whether words were added: `ratio`: the recogniser's, a logarithm; `left`: the frames of sound
    that the text leaves over there, None where that is not known."""
    if left is None:
        return ratio > LIKELIER_ALONE
    return ratio > LIKELIER and left >= LEAST_LEFT

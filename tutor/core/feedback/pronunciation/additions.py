"""Additions: when it is proven that a learner said words which are not in the text.

What a recogniser makes of an unclear word often has a word more: "They now" for "Tina". So there
must be sound left over that the text's words do not explain, and the recogniser must find the text
with the added words much likelier than without. Either alone is wrong too often.

What stands behind an addition counts, too: that the next word comes so late is what makes it
unlikely. Behind the last word that is the end of the sentence, asked for by its mark: of "I went to
the market with my sister." the recogniser finds no full stop behind "market".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.core.feedback.pronunciation.spans import Span, log_probability

LEAST_LEFT = 4
"""Frames of 20 ms that must be left over: a shorter sound is the edge of a word."""

LIKELIER = 4.0
LIKELIER_ALONE = 7.0
"""The recogniser's log ratio that an addition needs, beside sound that is left over, and where
nobody can tell whether some is. It chose the added words as the likeliest, so it is biased."""

LIKELIER_AT_EDGE = 1.0
LEFT_PER_WORD = 8
"""The log ratio that is enough before and behind a text, where so many frames are left over for
each added word: no right reading of a few hundred had both, of readings with one or two words more
whose words were recognised nine of ten behind the text, and three of four before it."""


def with_added(words: Sequence[str], added: Mapping[int, Sequence[str]]) -> list[str]:
    """A text's words with the added ones; `added`: words by the index of the word behind them."""
    places = range(len(words) + 1)
    return [one for n in places for one in (*added.get(n, ()), *words[n : n + 1])]


def ratios(
    own: Sequence[Span], tried: Sequence[Span], added: Mapping[int, Sequence[str]]
) -> dict[int, float]:
    """How much likelier a text is with the words that were added at each place: log ratios.

    What stands behind them counts, too.

    Args:
        own: The text's words; with its end, where words were added behind the last one.
        tried: The same with the added ones.
        added: Words by the index of the word behind them.
    """
    found, before = {}, 0
    for n in sorted(added):
        begin, count = n + before, len(added[n])
        with_it = log_probability(tried[begin : begin + count + 1])
        found[n] = with_it - log_probability(own[n : n + 1])
        before += count
    return found


def left_at(left: Sequence[int], place: int) -> int:
    """The frames that are left over where words were added; `left`: before each word of the text,
    and after the last one.

    Before the first word and behind the last one that word's other side counts, too: where the
    text ends and the speech does not, its last word is laid along what sounds like it later on.
    """
    last = len(left) - 1
    if place in (0, last) and last:
        return left[place] + left[1 if place == 0 else last - 1]
    return left[place]


def is_proven(ratio: float, left: int | None, added: int, *, at_edge: bool) -> bool:
    """Whether words were added.

    Args:
        ratio: How much likelier the recogniser finds the text with them: a logarithm.
        left: The frames of sound that the text leaves over there; None where that is not known.
        added: How many words.
        at_edge: Whether they stand before the first word of the text or behind its last one. What
            is left over there is no hesitation within a sentence, so that a lot of it tells more.
    """
    if left is None:
        return ratio > LIKELIER_ALONE
    if at_edge and left >= LEFT_PER_WORD * added:
        return ratio > LIKELIER_AT_EDGE
    return ratio > LIKELIER and left >= LEAST_LEFT

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

import numpy as np
import numpy.typing as npt

from tutor.core.feedback.pronunciation.spans import Span, log_probability

LEAST_LEFT = 4
"""Frames of 20 ms that must be left over: a shorter sound is the edge of a word."""

SOUND_PER_WORD = 5
"""Frames of sound that each added word must have where the recogniser puts it: of what was not
said it finds no place, or one in a pause."""

LIKELIER = 4.0
LIKELIER_ALONE = 7.0
"""The recogniser's log ratio that an addition needs, beside sound that is left over, and where
nobody can tell what sounds. It chose the added words as the likeliest, so it is biased."""

NEW_SENTENCE = 3.0
"""The log ratio of a sentence behind the text that is certain to the recogniser."""

LIKELIER_AT_EDGE = 0.0
LIKELIER_UNLAID = 2.0
LEFT_PER_WORD = 8
"""The log ratio that is enough before and behind a text where so many frames are left over for
each added word, and where the language's sounds are not known. What was recognised beside right
readings is under -0.5 there, but for words that were said."""


def with_added(words: Sequence[str], added: Mapping[int, Sequence[str]]) -> list[str]:
    """A text's words with the added ones; `added`: words by the index of the word behind them."""
    places = range(len(words) + 1)
    return [one for n in places for one in (*added.get(n, ()), *words[n : n + 1])]


def runs_of(added: Mapping[int, Sequence[str]]) -> list[range]:
    """Where the added words stand among all: the indices of each place's."""
    runs, before = [], 0
    for n in sorted(added):
        runs.append(range(n + before, n + before + len(added[n])))
        before += len(added[n])
    return runs


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
    return {
        n: log_probability(tried[run.start : run.stop + 1]) - log_probability(own[n : n + 1])
        for n, run in zip(sorted(added), runs_of(added), strict=True)
    }


def of_sentence(tried: Sequence[Span], count: int) -> float:
    """How likely words behind the end of a text are as a sentence of their own, as a log ratio.

    There the text has ended, so nothing comes too late: what was said is hardly less likely than
    certain (over -1), what was not is at -9 and less.

    Args:
        tried: The text's words, its mark, the added ones and their mark.
        count: How many were added.
    """
    return log_probability(tried[-count - 1 :]) + NEW_SENTENCE


def sound_in(sounding: npt.NDArray[np.bool_], spans: Sequence[Span]) -> int:
    """The frames of sound within words; `sounding`: whether each frame of the audio is one."""
    return sum(int(sounding[span.start : span.end].sum()) for span in spans)


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


def is_proven(
    ratio: float, left: int | None, sound: int | None, added: int, *, at_edge: bool
) -> bool:
    """Whether words were added.

    Args:
        ratio: How much likelier the recogniser finds the text with them: a logarithm.
        left: The frames of sound that the text leaves over there; None where its sounds are not
            known.
        sound: The frames of sound where the recogniser puts them; None where nobody can tell.
        added: How many words.
        at_edge: Whether they stand before the first word of the text or behind its last one. What
            is left over there is no hesitation within a sentence, so that a lot of it tells more.
    """
    if sound is None:
        return ratio > LIKELIER_ALONE
    if sound < SOUND_PER_WORD * added:
        return False
    if left is None:
        return ratio > (LIKELIER_UNLAID if at_edge else LIKELIER)
    if at_edge and left >= LEFT_PER_WORD * added:
        return ratio > LIKELIER_AT_EDGE
    return ratio > LIKELIER and left >= LEAST_LEFT

"""When words were added to a text for certain."""

import numpy as np
import pytest

from tutor.core.feedback.pronunciation.additions import (
    LEAST_LEFT,
    LEFT_PER_WORD,
    LIKELIER,
    LIKELIER_ALONE,
    LIKELIER_AT_EDGE,
    LIKELIER_UNLAID,
    SOUND_PER_WORD,
    is_proven,
    left_at,
    ratios,
    runs_of,
    sound_in,
    with_added,
)
from tutor.core.feedback.pronunciation.spans import Span

SOUND = 2 * SOUND_PER_WORD
"""Frames that two words have at least."""


def spans(*logs: float) -> list[Span]:
    """Words of one token each."""
    return [Span(n, n + 1, (log,)) for n, log in enumerate(logs)]


def test_words_are_added_before_others_and_at_the_end() -> None:
    """Each stands before the word whose index it has."""
    added = {0: ["Oh", "yes"], 2: ["very"], 3: ["then"]}
    assert with_added(["a", "good", "day"], added) == "Oh yes a good very day then".split()
    assert with_added(["a"], {}) == ["a"]


def test_the_word_behind_an_addition_counts() -> None:
    """Without the added word it comes too late to be likely."""
    own = spans(-1, -9, -1)
    tried = spans(-1, -2, -1, -1, -3)
    assert ratios(own, tried, {1: ["big"], 3: ["then"]}) == {1: 6.0, 3: -3.0}


@pytest.mark.parametrize(
    ("ratio", "left", "sound", "at_edge", "proven"),
    [
        (LIKELIER + 1, LEAST_LEFT, SOUND, False, True),
        (LIKELIER + 1, LEAST_LEFT - 1, SOUND, False, False),  # it lies on the text's words
        (LIKELIER - 1, 50, SOUND, False, False),  # sound is left over, but not of that word
        (LIKELIER + 9, 50, SOUND - 1, False, False),  # the recogniser puts it where nothing sounds
        (LIKELIER + 1, LEAST_LEFT, SOUND, True, True),
        (LIKELIER_AT_EDGE + 1, 2 * LEFT_PER_WORD, SOUND, True, True),  # nobody hesitates so long
        (LIKELIER_AT_EDGE - 1, 2 * LEFT_PER_WORD, SOUND, True, False),
        (LIKELIER_AT_EDGE + 1, 2 * LEFT_PER_WORD - 1, SOUND, True, False),  # too little for two
        (LIKELIER_AT_EDGE + 1, 2 * LEFT_PER_WORD, SOUND, False, False),
        # In a language whose sounds are not known.
        (LIKELIER + 1, None, SOUND, False, True),
        (LIKELIER - 1, None, SOUND, False, False),
        (LIKELIER + 9, None, SOUND - 1, True, False),
        (LIKELIER_UNLAID + 1, None, SOUND, True, True),
        (LIKELIER_UNLAID - 1, None, SOUND, True, False),
        # Where nobody can tell what sounds.
        (LIKELIER_ALONE + 1, None, None, True, True),
        (LIKELIER_ALONE - 1, None, None, True, False),
    ],
)
def test_both_ears_must_hear_an_addition(
    ratio: float, left: int | None, sound: int | None, at_edge: bool, proven: bool
) -> None:
    """The recogniser must be the surer the less is known of the sounds; at an edge much sound tells
    more."""
    assert is_proven(ratio, left, sound, 2, at_edge=at_edge) is proven


def test_added_words_stand_where_they_were_said() -> None:
    """Those of each place have indices of their own among all words."""
    assert runs_of({2: ["very"], 0: ["Oh", "yes"]}) == [range(2), range(4, 5)]


def test_sound_is_counted_within_words() -> None:
    """What sounds beside them is not theirs."""
    sounding = np.array([True, False, True, True])
    assert sound_in(sounding, [Span(0, 2, ()), Span(3, 4, ())]) == 2


def test_what_is_left_over_at_an_edge_may_lie_on_the_other_side_of_the_word() -> None:
    """A text's last word is laid along what sounds like it later on; within a text nothing is
    added up."""
    left = [1, 2, 4, 8, 16]
    assert [left_at(left, n) for n in range(5)] == [3, 2, 4, 8, 24]
    assert left_at([5], 0) == 5

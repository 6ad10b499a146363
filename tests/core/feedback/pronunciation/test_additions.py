"""When words were added to a text for certain."""

import pytest

from tutor.core.feedback.pronunciation.additions import (
    LEAST_LEFT,
    LEFT_PER_WORD,
    LIKELIER,
    LIKELIER_ALONE,
    LIKELIER_AT_EDGE,
    is_proven,
    left_at,
    ratios,
    with_added,
)
from tutor.core.feedback.pronunciation.spans import Span


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
    ("ratio", "left", "at_edge", "proven"),
    [
        (LIKELIER + 1, LEAST_LEFT, False, True),
        (LIKELIER + 1, LEAST_LEFT - 1, False, False),  # it lies on the sound of the text's words
        (LIKELIER - 1, 50, False, False),  # sound is left over, but not of that word
        (LIKELIER_ALONE + 1, None, False, True),
        (LIKELIER_ALONE - 1, None, False, False),
        (LIKELIER + 1, LEAST_LEFT, True, True),
        (LIKELIER_AT_EDGE + 1, 2 * LEFT_PER_WORD, True, True),  # nobody hesitates there so long
        (LIKELIER_AT_EDGE - 1, 2 * LEFT_PER_WORD, True, False),
        (LIKELIER_AT_EDGE + 1, 2 * LEFT_PER_WORD - 1, True, False),  # too little for two words
        (LIKELIER_AT_EDGE + 1, 2 * LEFT_PER_WORD, False, False),
        (LIKELIER_ALONE - 1, None, True, False),
    ],
)
def test_both_ears_must_hear_an_addition(
    ratio: float, left: int | None, at_edge: bool, proven: bool
) -> None:
    """Where sounds are not known the recogniser must be surer; at an edge much sound tells more."""
    assert is_proven(ratio, left, 2, at_edge=at_edge) is proven


def test_what_is_left_over_at_an_edge_may_lie_on_the_other_side_of_the_word() -> None:
    """A text's last word is laid along what sounds like it later on; within a text nothing is
    added up."""
    left = [1, 2, 4, 8, 16]
    assert [left_at(left, n) for n in range(5)] == [3, 2, 4, 8, 24]
    assert left_at([5], 0) == 5

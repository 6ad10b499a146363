"""When words were added to a text for certain."""

import pytest

from tutor.core.feedback.pronunciation.additions import (
    LEAST_LEFT,
    LIKELIER,
    LIKELIER_ALONE,
    is_proven,
    ratios,
    with_added,
)
from tutor.core.feedback.pronunciation.features import Span


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
    ("ratio", "left", "proven"),
    [
        (LIKELIER + 1, LEAST_LEFT, True),
        (LIKELIER + 1, LEAST_LEFT - 1, False),  # it lies on the sound of the text's words
        (LIKELIER - 1, 50, False),  # sound is left over, but not of that word
        (LIKELIER_ALONE + 1, None, True),
        (LIKELIER_ALONE - 1, None, False),
    ],
)
def test_both_ears_must_hear_an_addition(ratio: float, left: int | None, proven: bool) -> None:
    """Where sounds are not known the recogniser must be surer."""
    assert is_proven(ratio, left) is proven

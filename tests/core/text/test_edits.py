from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.edits import next_row

WORDS = st.lists(st.sampled_from("abc"), max_size=6)


def edits(one: list[str], other: list[str]) -> int:
    """The least edits that make one sequence the other."""
    first = list(range(len(other) + 1))
    return reduce(lambda row, word: next_row(row, other, word), one, first)[-1]


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("", "", 0),
        ("i went home", "i went home", 0),
        ("i home", "i went home", 1),
        ("i went went home", "i went home", 1),
        ("i go home", "i went home", 1),
        ("we will go", "they have gone away", 4),
    ],
)
def test_the_least_edits_are_counted(one: str, other: str, least: int) -> None:
    """A word that is missing, one too many and another one cost one each."""
    assert edits(one.split(), other.split()) == least


@given(WORDS, WORDS, WORDS)
def test_edits_are_a_distance(a: list[str], b: list[str], c: list[str]) -> None:
    """None between equals alone, the same there and back, and no way round is shorter."""
    assert (edits(a, b) == 0) == (a == b)
    assert edits(a, b) == edits(b, a)
    assert edits(a, c) <= edits(a, b) + edits(b, c)

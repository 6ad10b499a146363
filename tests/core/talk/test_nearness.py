"""How near words are by their sounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.talk.nearness import LIKE, NEAR, by_letters, nearness

SOUNDS = st.lists(st.sampled_from("pbtdkgaeiou"), max_size=9).map(tuple)
ALIKE = [set(group) for group in ("pb", "td", "kgq", "ie", "aoe", "uo")]


def cost(ours: tuple[str, ...], others: tuple[str, ...]) -> float:
    """The least cost, by trying every way."""
    if not ours or not others:
        return len(ours) + len(others)
    one, other = ours[0], others[0]
    like = any({one, other} <= group for group in ALIKE)
    change = 0.0 if one == other else LIKE if like else 1.0
    return min(
        change + cost(ours[1:], others[1:]),
        1 + cost(ours[1:], others),
        1 + cost(ours, others[1:]),
    )


@given(SOUNDS.filter(lambda row: len(row) <= 6), SOUNDS.filter(lambda row: len(row) <= 6))
def test_what_is_far_is_not_near_at_all(ours: tuple[str, ...], others: tuple[str, ...]) -> None:
    """Up to a third of the longer row the nearness is what it costs to change one into the other;
    beyond that it is none."""
    longest, least = max(len(ours), len(others)), cost(ours, others)
    if min(len(ours), len(others)) < 3:
        assert nearness(ours, others) == float(bool(ours) and ours == others)
    elif least > NEAR * longest:
        assert nearness(ours, others) == 0
    else:
        assert nearness(ours, others) == pytest.approx(1 - least / longest)


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("coffee", "copy", False), ("coffee", "coffe", True), ("tea", "tee", True),
        ("espresso", "expresso", True), ("juice", "choose", False), ("cake", "gake", True),
    ],
)  # fmt: skip
def test_words_are_near_by_their_letters(one: str, other: str, *, is_near: bool) -> None:
    """What is easily taken for each other costs half."""
    found = nearness(by_letters(one, "en"), by_letters(other, "en"))
    assert (found >= 1 - NEAR) is is_near

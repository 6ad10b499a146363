import numpy as np

from tests.support.saved_case import CASES, INPUTS, described
from tutor.core.feedback.pronunciation.networks import Inputs
from tutor.core.feedback.pronunciation.stacking import OPINIONS, opinions, phone_rows, word_rows


def test_opinions_are_of_each_phones_own_fit() -> None:
    """A phone's opinion is its own weights times its vector; a phone without weights has none."""
    chance = np.random.default_rng(1)
    weight = chance.normal(size=(51, 10, OPINIONS)).astype(np.float32)
    weight[40] = 0
    bias = np.zeros((51, OPINIONS), np.float32)
    found = opinions(described(), INPUTS, {"weight": weight, "bias": bias})
    np.testing.assert_allclose(found[2], INPUTS.vectors[2] @ weight[7], rtol=1e-5)
    assert not found[4].any()


def test_rows_know_their_neighbours_and_their_word() -> None:
    """A changed phone shows in its neighbours' rows and in its word's, in no others."""
    opinion = np.zeros((7, OPINIONS), np.float32)
    changed = opinion.copy()
    changed[3] = 1  # the first phone of the third word
    before = phone_rows(described(), INPUTS, opinion)
    after = phone_rows(described(), INPUTS, changed)
    assert (before != after).any(1).tolist() == [False, False, True, True, True, True, True]
    words = word_rows(described(), INPUTS, opinion) != word_rows(described(), INPUTS, changed)
    assert words.any(1).tolist() == [False, True, True]  # the second is its neighbour


def test_a_single_phone_has_rows() -> None:
    """An utterance of one phone has no neighbours and one word."""
    one = Inputs(CASES["features"][:1], CASES["vectors"][:1], CASES["whole"])
    d = described(phones=np.array([3]), word_of=np.array([0]), place=np.array([3]))
    opinion = np.zeros((1, OPINIONS), np.float32)
    several = phone_rows(described(), INPUTS, np.zeros((7, OPINIONS), np.float32))
    assert phone_rows(d, one, opinion).shape == (1, several.shape[1])
    assert len(word_rows(d, one, opinion)) == 1

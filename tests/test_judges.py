"""The arithmetic of pronunciation against what PyTorch and LightGBM made of small cases.

`etc/pronunciation/reference.py` writes them.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

from tutor.core.feedback.pronunciation import trees
from tutor.core.feedback.pronunciation.features import (
    PHONE_FEATURES,
    UTTERANCE_FEATURES,
    WORD_FEATURES,
    Description,
)
from tutor.core.feedback.pronunciation.judges import part
from tutor.core.feedback.pronunciation.networks import Inputs, classify, judge
from tutor.core.feedback.pronunciation.stacking import OPINIONS, opinions, phone_rows, word_rows

CASES = load_file(Path(__file__).parent / "data" / "pronunciation.safetensors")


def described(**other: npt.NDArray[Any]) -> Description:
    """The description of the saved case; of its numbers those that no network reads are nothing."""
    count, width = CASES["vectors"].shape
    nothing = np.zeros((count, PHONE_FEATURES + WORD_FEATURES), np.float32)
    fields = {
        "phones": CASES["phones"],
        "word_of": CASES["word_of"],
        "place": CASES["place"],
        "features": nothing,
        "vectors": CASES["vectors"],
        "utterance": np.zeros(UTTERANCE_FEATURES, np.float32),
        "mean": np.zeros(width, np.float32),
        "deviation": np.zeros(width, np.float32),
    }
    return Description(**(fields | other))


INPUTS = Inputs(CASES["features"], CASES["vectors"], CASES["whole"])


def test_the_classifier_is_pytorchs() -> None:
    """Posteriors are those of the network that was trained."""
    found = classify(CASES["frames"], part(CASES, "classifier."))
    np.testing.assert_allclose(found, CASES["log_posteriors"], atol=1e-5)


def test_a_head_is_pytorchs() -> None:
    """Scores of phones, words and the sentence are those of the network that was trained."""
    found = judge(described(), INPUTS, part(CASES, "head."))
    np.testing.assert_allclose(found.phones, CASES["phone_scores"], atol=1e-5)
    np.testing.assert_allclose(found.words, CASES["word_scores"], atol=1e-5)
    np.testing.assert_allclose(found.sentence, CASES["sentence_scores"], atol=1e-5)


def test_trees_are_lightgbms() -> None:
    """Trees add up to what LightGBM says of the same rows."""
    found = trees.predict(CASES["rows"], trees.load(part(CASES, "trees.")))
    assert len(set(CASES["sums"])) > 30
    np.testing.assert_allclose(found, CASES["sums"], atol=1e-5)


@given(st.lists(st.floats(-3, 3, width=32), min_size=6, max_size=6), st.integers(0, 39))
def test_a_row_is_judged_alone(values: list[float], at: int) -> None:
    """What trees say of a row does not depend on the rows beside it."""
    grown = trees.load(part(CASES, "trees."))
    rows = CASES["rows"].copy()
    rows[at] = values
    together = trees.predict(rows, grown)
    assert together[at] == pytest.approx(trees.predict(rows[at : at + 1], grown)[0], abs=1e-6)


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

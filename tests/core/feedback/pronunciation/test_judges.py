from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.saved_case import CASES, described
from tutor.core.feedback.pronunciation.features import PHONE_FEATURES
from tutor.core.feedback.pronunciation.judges import TREES_SHARE, Judges, part
from tutor.core.feedback.pronunciation.networks import SENTENCES, Scores
from tutor.core.feedback.pronunciation.stacking import OPINIONS

Arrays = dict[str, npt.NDArray[Any]]
Points = tuple[tuple[float, ...], tuple[float, ...]]

PHONES, WORDS = 7, 3
"""How many the saved case has."""


def head(score: float) -> Arrays:
    """A head that gives all phones, words and sentences one score, whatever it is shown."""
    weights = part(CASES, "head.")
    last = ("of_phone", "of_word", "of_sentence")
    blind = {f"{name}.weight": np.zeros_like(weights[f"{name}.weight"]) for name in last}
    certain = {f"{name}.bias": np.full_like(weights[f"{name}.bias"], score) for name in last}
    return {**weights, **blind, **certain}


def stump(score: float) -> Arrays:
    """A tree that is all leaf."""
    node = np.zeros((1, 1), np.int16)
    value = np.full((1, 1), score, np.float32)
    return {
        "feature": node,
        "left": node,
        "right": node,
        "threshold": value,
        "value": value,
        "depth": np.zeros(1, np.int16),
    }


AS_THEY_ARE = (0.0,) * (2 + SENTENCES), (1.0,) * (2 + SENTENCES)
"""The mean and the deviation of each kind of score, that leave scores as they are."""


def scales(points: Points = AS_THEY_ARE) -> Arrays:
    """Scales that leave all as it is, apart from the scores."""
    features, width, whole = 29, 10, 34
    sizes = {"phone": (51, PHONE_FEATURES), "feature": features, "vector": width, "whole": whole}
    ones = {f"{name}_deviation": np.ones(size, np.float32) for name, size in sizes.items()}
    zeros = {f"{name}_mean": np.zeros(size, np.float32) for name, size in sizes.items()}
    mean, deviation = (np.array(numbers, np.float32) for numbers in points)
    return {**ones, **zeros, "score_mean": mean, "score_deviation": deviation}


def weights(
    heads: list[Arrays], phones: float, words: float, points: Points = AS_THEY_ARE
) -> Arrays:
    """All that judges are fitted with."""
    parts = {
        "linear.weight": np.zeros((51, 10, OPINIONS), np.float32),
        "linear.bias": np.zeros((51, OPINIONS), np.float32),
    }
    prefixed = {
        "scales.": scales(points),
        "trees.phones.": stump(phones),
        "trees.words.": stump(words),
        **{f"heads.{n}.": one for n, one in enumerate(heads)},
    }
    for prefix, arrays in prefixed.items():
        parts |= {prefix + name: array for name, array in arrays.items()}
    return parts


def score(
    heads: list[float], phones: float = 0, words: float = 0, points: Points = AS_THEY_ARE
) -> Scores:
    """What such judges say of the saved case."""
    fitted = weights([head(n) for n in heads], phones, words, points)
    return Judges(fitted).score(described())


def test_everything_is_scored_once() -> None:
    """Each phone, each word, and what is said of the sentence has one score."""
    found = score([1])
    assert (len(found.phones), len(found.words), len(found.sentence)) == (PHONES, WORDS, SENTENCES)


def test_trees_have_most_of_the_say() -> None:
    """Phones and words are scored by their own trees and the heads' mean, each with its share."""
    found = score([1, 3], phones=10, words=20)
    by_heads = (1 - TREES_SHARE) * 2
    np.testing.assert_allclose(found.phones, by_heads + TREES_SHARE * 10, rtol=1e-5)
    np.testing.assert_allclose(found.words, by_heads + TREES_SHARE * 20, rtol=1e-5)


def test_no_tree_judges_a_sentence() -> None:
    """What is said of the whole utterance is the heads' mean alone."""
    assert score([1, 3], 5, 5).sentence.tolist() == score([1, 3]).sentence.tolist()
    assert score([1, 3]).sentence.tolist() == [2] * SENTENCES


def test_all_heads_count_alike() -> None:
    """However many there are, past nine as well, a head has the same say as the others."""
    found = score([float(n) for n in range(12)])
    np.testing.assert_allclose(found.phones, (1 - TREES_SHARE) * 5.5, rtol=1e-5)
    backwards = score([float(n) for n in range(11, -1, -1)])
    np.testing.assert_allclose(found.phones, backwards.phones, rtol=1e-5)


def test_scores_are_in_the_experts_points() -> None:
    """Standard scores become points by the mean and the deviation of each kind of score."""
    points = (1.0, 5.0, 6.0, 7.0, 8.0, 9.0), (0.5, 2.0, 1.0, 2.0, 3.0, 4.0)
    mean = score([0], points=points)
    assert (mean.phones[0], mean.words[0]) == (1, 5)
    assert mean.sentence.tolist() == [6, 7, 8, 9]
    high = score([1], 1, 1, points)  # a deviation over the mean
    assert (high.phones[0], high.words[0]) == pytest.approx((1.5, 7))
    assert high.sentence.tolist() == [7, 9, 11, 13]


def test_a_head_sees_the_phones() -> None:
    """A head that is not blind scores the phones of one utterance differently."""
    found = Judges(weights([dict(part(CASES, "head."))], 0, 0)).score(described())
    assert np.isfinite(found.phones).all()
    assert len(np.unique(found.phones)) == PHONES


def test_a_part_is_named_without_its_prefix() -> None:
    """Only what begins with the prefix is in it: the tenth head is no part of the first."""
    arrays = {name: np.array([n]) for n, name in enumerate(["a.1.x", "a.10.x", "b.a.1.y"])}
    assert {name: int(array[0]) for name, array in part(arrays, "a.1.").items()} == {"x": 0}


@given(st.dictionaries(st.text("ab.", min_size=1, max_size=6), st.just(np.zeros(1)), max_size=8))
def test_parts_make_the_whole(arrays: dict[str, npt.NDArray[Any]]) -> None:
    """What a first letter divides is put together again by setting it in front of each name."""
    again = {letter + name for letter in "ab." for name in part(arrays, letter)}
    assert again == set(arrays)
    assert part(arrays, "") == arrays

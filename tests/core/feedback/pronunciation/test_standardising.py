"""What networks are shown, and how a text is told from one that was not read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.saved_case import described
from tutor.core.feedback.pronunciation.features import (
    PHONE_FEATURES,
    UTTERANCE_FEATURES,
    WORD_FEATURES,
)
from tutor.core.feedback.pronunciation.laying import Floats
from tutor.core.feedback.pronunciation.networks import OUTLIER, Weights, match, standardise

FEATURES = PHONE_FEATURES + WORD_FEATURES
WIDTH = 10
WHOLE = UTTERANCE_FEATURES + 2 * WIDTH


def scales(**other: Floats) -> Weights:
    """Scales that leave all as it is, but for those that are given."""
    sizes = {"feature": FEATURES, "vector": WIDTH, "whole": WHOLE, "phone": (51, PHONE_FEATURES)}
    return {
        **{f"{name}_mean": np.zeros(size, np.float32) for name, size in sizes.items()},
        **{f"{name}_deviation": np.ones(size, np.float32) for name, size in sizes.items()},
        **other,
    }


def numbers(*shape: int) -> Floats:
    """Random numbers, the same in each run."""
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


def test_a_phone_is_held_against_its_own_kind() -> None:
    """A feature is shown over all phones and over the same phone: long for any, short for this."""
    d = described(features=np.full((7, FEATURES), 3, np.float32))
    mean = np.zeros((51, PHONE_FEATURES), np.float32)
    mean[d.phones[2]] = 4
    inputs = standardise(d, scales(phone_mean=mean, feature_mean=np.full(FEATURES, 1, np.float32)))
    assert (inputs.features[2, :FEATURES] == 2).all()
    assert (inputs.features[2, FEATURES:] == -1).all()
    others = inputs.features[d.phones != d.phones[2]]
    assert (others[:, FEATURES:] == 3).all()


@pytest.mark.parametrize("value", [1e4, -1e4])
def test_outliers_are_cut(value: float) -> None:
    """What no training utterance had, as a pause of a minute, does not drown all else."""
    inputs = standardise(described(features=np.full((7, FEATURES), value, np.float32)), scales())
    assert np.abs(inputs.features).max() == OUTLIER
    assert (np.sign(inputs.features) == np.sign(value)).all()


def test_standard_numbers_come_back_by_their_scales() -> None:
    """What is shown of vectors and of the utterance, times deviation plus mean, is what was
    measured."""
    d = described(utterance=numbers(UTTERANCE_FEATURES), mean=numbers(WIDTH))
    fitted = scales(
        vector_mean=numbers(WIDTH),
        vector_deviation=np.abs(numbers(WIDTH)) + 1,
        whole_mean=numbers(WHOLE),
        whole_deviation=np.abs(numbers(WHOLE)) + 1,
    )
    inputs = standardise(d, fitted)
    vectors = inputs.vectors * fitted["vector_deviation"] + fitted["vector_mean"]
    whole = inputs.whole * fitted["whole_deviation"] + fitted["whole_mean"]
    np.testing.assert_allclose(vectors, d.vectors, atol=1e-5)
    np.testing.assert_allclose(whole, [*d.utterance, *d.mean, *d.deviation], atol=1e-5)


@given(st.floats(-5, 5), st.floats(0.01, 5))
def test_the_odds_rise_with_what_speaks_for_a_text(value: float, more: float) -> None:
    """A feature of positive weight raises the log odds that a text was read, a negative one
    lowers them."""
    fitted = {
        "mean": np.array([1, 1], np.float32),
        "deviation": np.array([2, 2], np.float32),
        "weight": np.array([1, -1], np.float32),
        "bias": np.array([0.5], np.float32),
    }
    assert match(np.array([1, 1], np.float32), fitted) == 0.5  # a mean text has the bias alone
    odds = match(np.array([value, value], np.float32), fitted)
    assert match(np.array([value + more, value], np.float32), fitted) > odds
    assert match(np.array([value, value + more], np.float32), fitted) < odds

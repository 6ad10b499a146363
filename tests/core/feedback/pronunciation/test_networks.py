"""The networks' arithmetic against what PyTorch made of small cases."""

import numpy as np

from tests.support.saved_case import CASES, INPUTS, described
from tutor.core.feedback.pronunciation.judges import part
from tutor.core.feedback.pronunciation.networks import classify, judge


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

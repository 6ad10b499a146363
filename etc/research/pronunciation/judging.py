"""Train all that turns descriptions into scores: heads, linear fits and boosted trees."""

from __future__ import annotations

from collections.abc import Sequence

import boost
import head
import linear
import numpy as np
import numpy.typing as npt
from corpus import Utterance

from tutor.core.feedback.pronunciation.features import Description
from tutor.core.feedback.pronunciation.laying import Floats
from tutor.core.feedback.pronunciation.networks import standardise
from tutor.core.feedback.pronunciation.stacking import phone_rows, word_rows

Weights = dict[str, npt.NDArray[np.generic]]

HEADS = 2
HEAD_EPOCHS = 12


def fit(described: Sequence[Description], utterances: Sequence[Utterance]) -> Weights:
    """Weights for `tutor.core.feedback.pronunciation.judges.Judges`, by name."""
    scales = head.scaling(described, utterances)
    weights: Weights = {f"scales.{name}": array for name, array in scales.items()}
    for n in range(HEADS):
        model = head.train(described, utterances, scales, HEAD_EPOCHS, seed=n)
        weights |= {f"heads.{n}.{name}": t.numpy() for name, t in model.state_dict().items()}
    return weights | _grown(described, utterances, scales)


def _grown(
    described: Sequence[Description], utterances: Sequence[Utterance], scales: dict[str, Floats]
) -> Weights:
    """Trees, which learn from opinions of fits that did not know the utterance's fold."""
    inputs = [standardise(d, scales) for d in described]
    wanted = [head.standard(u, scales) for u in utterances]
    all_three = [
        np.stack([w.phones, w.words[d.word_of], np.full(len(d.phones), w.sentence[0])], 1)
        for w, d in zip(wanted, described, strict=True)
    ]
    folds = np.array([u.fold for u in utterances])
    opinion = linear.held_out(described, inputs, all_three, folds)
    each = list(zip(described, inputs, opinion, strict=True))
    phones = boost.grow(
        np.concatenate([phone_rows(*one) for one in each]),
        np.concatenate([w.phones for w in wanted]),
    )
    words = boost.grow(
        np.concatenate([word_rows(*one) for one in each]),
        np.concatenate([w.words for w in wanted]),
    )
    fitted = linear.fit(described, inputs, all_three)
    weights: Weights = {f"linear.{name}": array for name, array in fitted.items()}
    weights |= {f"trees.phones.{name}": array for name, array in boost.arrays(phones).items()}
    weights |= {f"trees.words.{name}": array for name, array in boost.arrays(words).items()}
    return weights

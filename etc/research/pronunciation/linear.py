"""Fit for each phone what the encoder's mean over it says of scores: ridge regressions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tutor.adapters.feedback.phones import PHONES
from tutor.core.feedback.pronunciation.features import Description
from tutor.core.feedback.pronunciation.laying import Floats
from tutor.core.feedback.pronunciation.networks import Inputs
from tutor.core.feedback.pronunciation.stacking import OPINIONS, opinions

PENALTY = 800.0
FEWEST = 30
"""A phone seen more rarely is given no opinion."""


def fit(
    described: Sequence[Description], inputs: Sequence[Inputs], wanted: Sequence[Floats]
) -> dict[str, Floats]:
    """Weights for `opinions`; `wanted`: [phones, OPINIONS] of each utterance, NaN unknown."""
    phones = np.concatenate([d.phones for d in described])
    vectors = np.concatenate([i.vectors for i in inputs])
    scores = np.concatenate(wanted)
    known = ~np.isnan(scores).any(1)
    width = vectors.shape[1]
    weight = np.zeros((len(PHONES) + 1, width, OPINIONS), np.float32)
    bias = np.zeros((len(PHONES) + 1, OPINIONS), np.float32)
    for phone in np.unique(phones):
        own = known & (phones == phone)
        if own.sum() >= FEWEST:
            weight[phone], bias[phone] = ridge(vectors[own], scores[own], PENALTY)
    return {"weight": weight, "bias": bias}


def ridge(x: Floats, y: Floats, penalty: float) -> tuple[Floats, Floats]:
    """Weights [columns, targets] and biases of a linear fit, drawn to nothing by the penalty."""
    x_mean, y_mean = x.mean(0), y.mean(0)
    centred = x - x_mean
    squares = centred.T @ centred + np.float32(penalty) * np.eye(x.shape[1], dtype=np.float32)
    weight = np.linalg.solve(squares, centred.T @ (y - y_mean))
    return weight, y_mean - x_mean @ weight


def held_out(
    described: Sequence[Description],
    inputs: Sequence[Inputs],
    wanted: Sequence[Floats],
    folds: npt.NDArray[np.int64],
) -> list[Floats]:
    """Each utterance's opinions, by fits that know none of its fold."""
    found: dict[int, Floats] = {}
    for fold in np.unique(folds):
        known: list[int] = np.flatnonzero(folds != fold).tolist()
        held: list[int] = np.flatnonzero(folds == fold).tolist()
        weights = fit(
            [described[n] for n in known], [inputs[n] for n in known], [wanted[n] for n in known]
        )
        found |= {n: opinions(described[n], inputs[n], weights) for n in held}
    return [found[n] for n in range(len(described))]

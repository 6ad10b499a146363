"""What boosted trees look at, phone by phone and word by word, beside what heads do."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tutor.core.feedback.pronunciation.features import PHONE_FEATURES, Description, OfPhone
from tutor.core.feedback.pronunciation.laying import Floats
from tutor.core.feedback.pronunciation.networks import Inputs, Weights

OPINIONS = 3
"""Opinions on a phone: its own score, its word's, its sentence's accuracy."""

_SHARED = [
    OfPhone.MEAN,
    OfPhone.BEHIND_BEST,
    OfPhone.LEAD,
    OfPhone.SURE,
    OfPhone.SILENT,
    OfPhone.LENGTH,
    OfPhone.RANK,
]
"""The features of a phone that its neighbours and its word also see."""


def opinions(d: Description, inputs: Inputs, weights: Weights) -> Floats:
    """What a linear fit for each phone makes of the encoder's mean over it; [phones, OPINIONS]."""
    own = np.einsum("nw,nwo->no", inputs.vectors, weights["weight"][d.phones])
    said: Floats = own + weights["bias"][d.phones]
    return said


def phone_rows(d: Description, inputs: Inputs, opinion: Floats) -> Floats:
    """For each phone: itself, its neighbours, its word, the utterance, which phone it is.

    The rows are [phones, columns].
    """
    shared = _shared_columns(inputs, opinion)
    parts: list[Floats] = [
        inputs.features,
        opinion,
        *_beside(shared),
        _by_word(shared, d.word_of)[d.word_of],
        np.tile(d.utterance, (len(shared), 1)),
        d.place[:, None].astype(np.float32),
        d.phones[:, None].astype(np.float32),
    ]
    return np.concatenate(parts, axis=1)


def word_rows(d: Description, inputs: Inputs, opinion: Floats) -> Floats:
    """For each word: itself, its phones, its neighbours' phones, the utterance; [words,
    columns]."""
    shared = _shared_columns(inputs, opinion)
    words = _by_word(shared, d.word_of)
    first = np.searchsorted(d.word_of, np.arange(len(words)))
    own = inputs.features[first, PHONE_FEATURES:-PHONE_FEATURES]
    means = words[:, : shared.shape[1]]
    parts = [own, words, *_beside(means), np.tile(d.utterance, (len(words), 1))]
    return np.concatenate(parts, axis=1)


def _shared_columns(inputs: Inputs, opinion: Floats) -> Floats:
    """The features that neighbours see, standardised over the same phone, and the opinions.

    The rows are [phones, len(_SHARED) + OPINIONS].
    """
    against_same = inputs.features[:, -PHONE_FEATURES:]
    return np.concatenate([against_same[:, _SHARED], opinion], axis=1, dtype=np.float32)


def _beside(rows: Floats) -> tuple[Floats, Floats]:
    """The rows before and the rows after, zeros at the edges."""
    nothing = np.zeros_like(rows[:1])
    return np.concatenate([nothing, rows[:-1]]), np.concatenate([rows[1:], nothing])


def _by_word(rows: Floats, word_of: npt.NDArray[np.int64]) -> Floats:
    """The mean, least and greatest of the rows over each word's phones; [words, 3 columns]."""
    starts = np.flatnonzero(np.diff(word_of, prepend=-1))
    counts = np.diff(np.append(starts, len(rows)))[:, None]
    return np.concatenate(
        [
            np.add.reduceat(rows, starts) / counts,
            np.minimum.reduceat(rows, starts),
            np.maximum.reduceat(rows, starts),
        ],
        axis=1,
        dtype=np.float32,
    )

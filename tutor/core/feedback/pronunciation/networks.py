"""The frame classifier and the heads as plain arithmetic, to run without any framework.

`etc/research/pronunciation` trains the same networks in PyTorch; a weight's name is PyTorch's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tutor.core.feedback.pronunciation.features import PHONE_FEATURES, Description
from tutor.core.feedback.pronunciation.laying import Floats

Weights = Mapping[str, Floats]

LAYERS = 2
HEADS = 4
SENTENCES = 4
"""Scores of a sentence, one token each: accuracy, fluency, prosodic, total."""

OUTLIER = 6.0
"""Standardised features are cut at this many standard deviations."""

_EPSILON = 1e-5
"""The epsilon of layer normalisation, PyTorch's."""


@dataclass(frozen=True)
class Inputs:
    """A description, standardised."""

    features: Floats
    """Features of each phone, standardised over all phones, then its own over the same phone;
    [phones, 2 PHONE_FEATURES + WORD_FEATURES]."""
    vectors: Floats
    """Standardised vectors of each phone; [phones, width]."""
    whole: Floats
    """Standardised features of the utterance, and the encoder's mean and deviation;
    [UTTERANCE_FEATURES + 2 width]."""


@dataclass(frozen=True)
class Scores:
    """What heads say of an utterance; `phones` and `words` have one score each."""

    phones: Floats
    words: Floats
    sentence: Floats
    """Scores of the sentence; [SENTENCES]."""


def standardise(d: Description, scales: Weights) -> Inputs:
    """A description less the training corpus's means, over its deviations."""
    own = d.features[:, :PHONE_FEATURES] - scales["phone_mean"][d.phones]
    own = own / scales["phone_deviation"][d.phones]
    features = (d.features - scales["feature_mean"]) / scales["feature_deviation"]
    whole = np.concatenate([d.utterance, d.mean, d.deviation])
    return Inputs(
        np.clip(np.concatenate([features, own], 1), -OUTLIER, OUTLIER),
        (d.vectors - scales["vector_mean"]) / scales["vector_deviation"],
        (whole - scales["whole_mean"]) / scales["whole_deviation"],
    )


def classify(frames: Floats, weights: Weights) -> Floats:
    """Log posteriors [frames, classes] of the encoder's frames [frames, width]."""
    x = _gelu(_linear((frames - weights["mean"]) / weights["deviation"], weights, "linear"))
    x = _gelu(_convolve(x, weights, "convolution"))
    x = x + _gelu(_convolve(x, weights, "deeper"))
    return _log_softmax(_linear(x, weights, "out"))


def judge(d: Description, inputs: Inputs, weights: Weights) -> Scores:
    """One head's scores, standardised."""
    gate = 1 + weights["gate.weight"][d.phones]
    x = _linear(inputs.features, weights, "features")
    x = x + gate * _linear(inputs.vectors, weights, "vectors")
    x = x + weights["phone.weight"][d.phones] + weights["place.weight"][d.place]
    whole = _linear(inputs.whole, weights, "whole") + weights["sentence.weight"]
    x = np.concatenate([whole, x])
    for layer in range(LAYERS):
        x = _block(x, weights, f"blocks.{layer}")
    x = _normalise(x, weights, "after")
    phones = x[SENTENCES:]
    return Scores(
        _linear(phones, weights, "of_phone")[:, 0],
        _score_words(phones, d, weights),
        np.diagonal(_linear(x[:SENTENCES], weights, "of_sentence")),
    )


def match(features: Floats, weights: Weights) -> float:
    """The log odds that the text was read, from `features.match_features`."""
    standard = (features - weights["mean"]) / weights["deviation"]
    return float(standard @ weights["weight"] + weights["bias"][0])


def _score_words(phones: Floats, d: Description, weights: Weights) -> Floats:
    """Scores of the words, from the mean of a word's phones and the one most in doubt, softly;
    [words]."""
    inside = d.word_of[None] == np.arange(d.word_of[-1] + 1)[:, None]
    mean = inside @ phones / inside.sum(1, keepdims=True)
    doubt = _linear(phones, weights, "doubt")[:, 0]
    softly = _softmax(np.where(inside, doubt, np.float32(-1e9))) @ phones
    return _linear(np.concatenate([mean, softly], 1), weights, "of_word")[:, 0]


def _block(x: Floats, weights: Weights, name: str) -> Floats:
    """A layer of a transformer, normalised before attention and before its feed-forward part."""
    tokens, width = x.shape
    mixed = _linear(_normalise(x, weights, f"{name}.before"), weights, f"{name}.mix")
    query, key, value = mixed.reshape(tokens, 3, HEADS, width // HEADS).transpose(1, 2, 0, 3)
    mixing = _softmax(query @ key.transpose(0, 2, 1) / np.float32((width // HEADS) ** 0.5))
    heard = (mixing @ value).transpose(1, 0, 2).reshape(tokens, width)
    x = x + _linear(heard, weights, f"{name}.merge")
    wide = _linear(_normalise(x, weights, f"{name}.between"), weights, f"{name}.widen")
    return x + _linear(_gelu(wide), weights, f"{name}.narrow")


def _linear(x: Floats, weights: Weights, name: str) -> Floats:
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _convolve(x: Floats, weights: Weights, name: str) -> Floats:
    """A convolution along the frames, with as many frames out as in."""
    kernel = weights[f"{name}.weight"]
    size = kernel.shape[2]
    beside = np.pad(x, ((size // 2, size // 2), (0, 0)))
    found = np.add.reduce([beside[n : n + len(x)] @ kernel[:, :, n].T for n in range(size)])
    convolved: Floats = found + weights[f"{name}.bias"]
    return convolved


def _normalise(x: Floats, weights: Weights, name: str) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(_EPSILON))
    scaled: Floats = centred / deviation * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return scaled


def _gelu(x: Floats) -> Floats:
    """The GELU in its approximation by tanh (Hendrycks and Gimpel 2016)."""
    inner = np.float32((2 / np.pi) ** 0.5) * (x + np.float32(0.044715) * x**3)
    bent: Floats = np.float32(0.5) * x * (1 + np.tanh(inner))
    return bent


def _softmax(x: Floats) -> Floats:
    powers = np.exp(x - x.max(-1, keepdims=True))
    shares: Floats = powers / powers.sum(-1, keepdims=True)
    return shares


def _log_softmax(x: Floats) -> Floats:
    shifted = x - x.max(-1, keepdims=True)
    logs: Floats = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return logs

"""Write small networks and trees with what PyTorch and LightGBM make of them, for the tests.

    python etc/research/pronunciation/reference.py tests/data/pronunciation.safetensors

The product runs the same arithmetic without either; `tests/core/feedback/pronunciation` compares.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import boost
import classifier
import head
import lightgbm
import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import save_file

from tutor.core.feedback.pronunciation.features import (
    PHONE_FEATURES,
    UTTERANCE_FEATURES,
    WORD_FEATURES,
    Description,
)
from tutor.core.feedback.pronunciation.networks import Inputs

WIDTH = 10
"""Of the encoder that they pretend."""

Arrays = dict[str, npt.NDArray[Any]]


def main() -> None:
    """Write all of them into one file."""
    classifier.HIDDEN, classifier.INNER, head.WIDTH = 8, 6, 16
    torch.manual_seed(5)
    chance = np.random.default_rng(5)
    arrays = _frames(chance) | _heads(chance) | _trees(chance)
    save_file({name: np.ascontiguousarray(a) for name, a in arrays.items()}, Path(sys.argv[1]))


def _random(chance: np.random.Generator, *shape: int) -> npt.NDArray[np.float32]:
    return chance.normal(size=shape).astype(np.float32)


def _frames(chance: np.random.Generator) -> Arrays:
    model = classifier.Classifier(_random(chance, WIDTH), _random(chance, WIDTH) + np.float32(3))
    frames = _random(chance, 12, WIDTH)
    found = {
        "frames": frames,
        "log_posteriors": classifier.log_posteriors(model.eval(), frames),
    }
    return found | {f"classifier.{n}": tensor.numpy() for n, tensor in model.state_dict().items()}


@torch.no_grad()
def _heads(chance: np.random.Generator) -> Arrays:
    phones = np.array([3, 11, 7, 3, 40, 22, 9])
    d = Description(
        phones,
        np.array([0, 0, 1, 2, 2, 2, 2]),
        np.array([0, 1, 3, 0, 2, 2, 1]),
        _random(chance, len(phones), PHONE_FEATURES + WORD_FEATURES),
        _random(chance, len(phones), WIDTH),
        _random(chance, UTTERANCE_FEATURES),
        _random(chance, WIDTH),
        _random(chance, WIDTH),
    )
    inputs = Inputs(
        _random(chance, len(phones), head.INPUTS),
        _random(chance, len(phones), WIDTH),
        _random(chance, UTTERANCE_FEATURES + 2 * WIDTH),
    )
    model = head.Head(WIDTH).eval()
    torch.nn.init.normal_(model.gate.weight)
    of_phones, of_words, sentence = model(head.collate([(d, inputs)]))
    found = {
        "phones": d.phones,
        "word_of": d.word_of,
        "place": d.place,
        "features": inputs.features,
        "vectors": inputs.vectors,
        "whole": inputs.whole,
        "phone_scores": of_phones[0].numpy(),
        "word_scores": of_words[0].numpy(),
        "sentence_scores": sentence[0].numpy(),
    }
    return found | {f"head.{name}": tensor.numpy() for name, tensor in model.state_dict().items()}


def _trees(chance: np.random.Generator) -> Arrays:
    rows = _random(chance, 3000, 6)
    wanted = rows[:, 0] * rows[:, 1] + np.sin(3 * rows[:, 2]) + rows[:, 5]
    model = lightgbm.train(boost.PARAMETERS, lightgbm.Dataset(rows, wanted), 12)
    tried = _random(chance, 40, 6)
    found: Arrays = {"rows": tried, "sums": np.asarray(model.predict(tried), np.float32)}
    return found | {f"trees.{name}": array for name, array in boost.arrays(model).items()}


if __name__ == "__main__":
    main()

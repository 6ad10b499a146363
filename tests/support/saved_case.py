"""Small cases of pronunciation, and what PyTorch and LightGBM made of them.

`etc/research/pronunciation/reference.py` has written them.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from tests.support.places import DATA
from tutor.core.feedback.pronunciation.features import (
    PHONE_FEATURES,
    UTTERANCE_FEATURES,
    WORD_FEATURES,
    Description,
)
from tutor.core.feedback.pronunciation.networks import Inputs

CASES = load_file(DATA / "pronunciation.safetensors")


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

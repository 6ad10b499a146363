"""Boosted regression trees as arrays, walked all at once.

`etc/research/pronunciation` grows them with LightGBM. Each tree is a row; a leaf leads to itself,
so that all trees can take the same number of steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Trees:
    """Boosted trees as arrays [trees, nodes]; the first node of each tree is its root."""

    feature: Integers
    """The column that a node looks at."""
    threshold: Floats
    """The greatest number with which a row goes left."""
    left: Integers
    right: Integers
    """The next node to the right; `left` and `right` of a leaf are the leaf itself."""
    value: Floats
    """What a leaf adds to the sum; 0 in other nodes."""
    depth: int
    """Steps from a root to its farthest leaf."""


def load(arrays: Mapping[str, npt.NDArray[Any]]) -> Trees:
    """Trees from arrays of any number type, as they are stored."""
    return Trees(
        arrays["feature"].astype(np.int64),
        arrays["threshold"].astype(np.float32),
        arrays["left"].astype(np.int64),
        arrays["right"].astype(np.int64),
        arrays["value"].astype(np.float32),
        int(arrays["depth"][0]),
    )


def predict(rows: Floats, trees: Trees) -> Floats:
    """The sum over all trees, for each row of [rows, columns]."""
    tree = np.arange(len(trees.feature))
    row = np.arange(len(rows))[:, None]
    at = np.zeros((len(rows), len(tree)), np.int64)
    for _ in range(trees.depth):
        goes_left = rows[row, trees.feature[tree, at]] <= trees.threshold[tree, at]
        at = np.where(goes_left, trees.left[tree, at], trees.right[tree, at])
    total: Floats = trees.value[tree, at].sum(1, dtype=np.float32)
    return total

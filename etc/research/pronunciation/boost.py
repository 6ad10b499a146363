"""Grow boosted trees with LightGBM, written as arrays for the `trees` of the core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

FIELDS = ("feature", "threshold", "left", "right", "value")

Floats = npt.NDArray[np.float32]
Trees = dict[str, npt.NDArray[Any]]

ROUNDS = 300
PARAMETERS = {
    "objective": "l2",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 1,
    "verbose": -1,
}

_TYPES = dict(zip(FIELDS, (np.int16, np.float32, np.int16, np.int16, np.float32), strict=True))

Node = tuple[int, float, int, int, float]


def grow(rows: Floats, wanted: Floats) -> lightgbm.Booster:
    """Trees for [rows, columns]; rows of which nothing is known (NaN) are left out."""
    known = ~np.isnan(wanted)
    data = lightgbm.Dataset(rows[known], wanted[known])
    return lightgbm.train(PARAMETERS, data, ROUNDS)


def arrays(model: lightgbm.Booster) -> Trees:
    """The trees as `tutor.core.feedback.pronunciation.trees.predict` walks them."""
    trees = [_flat(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    size = max(len(nodes) for nodes, _ in trees)
    filled = [[*nodes, *[(0, 0.0, 0, 0, 0.0)] * (size - len(nodes))] for nodes, _ in trees]
    columns = np.moveaxis(np.array(filled, np.float64), 2, 0)
    found: Trees = {
        name: column.astype(_TYPES[name]) for name, column in zip(FIELDS, columns, strict=True)
    }
    return found | {"depth": np.array([max(depth for _, depth in trees)], np.int16)}


def _flat(root: dict[str, Any]) -> tuple[list[Node], int]:
    """A tree's nodes, its root first, and how many steps its longest path takes."""
    order = list(_walk(root, 0))
    index = {id(node): n for n, (node, _) in enumerate(order)}
    return [_node(node, n, index) for n, (node, _) in enumerate(order)], max(d for _, d in order)


def _walk(node: dict[str, Any], depth: int) -> Iterator[tuple[dict[str, Any], int]]:
    yield node, depth
    for side in ("left_child", "right_child"):
        if side in node:
            yield from _walk(node[side], depth + 1)


def _node(node: dict[str, Any], own: int, index: dict[int, int]) -> Node:
    if "leaf_value" in node:
        return 0, 0.0, own, own, float(node["leaf_value"])
    if node["decision_type"] != "<=" or node["missing_type"] != "None":
        raise ValueError(f"a split that no walk knows: {node['decision_type']}")
    left, right = (index[id(node[side])] for side in ("left_child", "right_child"))
    return int(node["split_feature"]), float(node["threshold"]), left, right, 0.0

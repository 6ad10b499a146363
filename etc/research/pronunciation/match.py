"""Fit what tells a text that was read from one that was not: a logistic regression."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

Floats = npt.NDArray[np.float32]

PENALTY = 1e-3
WRONG_WEIGHT = 2.0


def fit(right: Floats, wrong: Floats) -> dict[str, Floats]:
    """Weights for `networks.match` of the core. `right`, `wrong`: [texts, features]."""
    both = np.concatenate([right, wrong])
    mean, deviation = both.mean(0), both.std(0) + 1e-6
    x = torch.from_numpy((both - mean) / deviation).double()
    read = torch.cat([torch.ones(len(right)), torch.zeros(len(wrong))]).double()
    importance = torch.where(read == 1, 1.0, WRONG_WEIGHT)
    weights = torch.zeros(x.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        logits = x @ weights[1:] + weights[0]
        error = torch.nn.functional.binary_cross_entropy_with_logits(logits, read, importance)
        total: torch.Tensor = error + PENALTY * (weights[1:] ** 2).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    found = weights.detach().numpy().astype(np.float32)
    return {
        "mean": mean.astype(np.float32),
        "deviation": deviation.astype(np.float32),
        "weight": found[1:],
        "bias": found[:1],
    }

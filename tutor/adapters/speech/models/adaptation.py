"""A low-rank update of Whisper's weights (LoRA, Hu et al. 2021, arXiv 2106.09685), merged exactly.

The factors are integers with a scale for each row. Sums of products of integers are exact in
float64 whatever their order, so every machine merges the same bytes, and a recorded digest proves
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file

from tutor.adapters.speech.models.ctranslate2_file import ModelFile

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int16]

_LARGEST = 2.0**15 - 1
"""The largest integer of a factor; a sum over 16 of their products stays far below 2**53."""


@dataclass(frozen=True)
class Factors:
    """The update of one weight: `scale * (up @ down)`."""

    down: Integers
    """[rank, in]"""
    up: Integers
    """[out, rank]"""
    scale: Floats
    """[out]"""

    @classmethod
    def of(cls, down: Floats, up: Floats) -> Factors:
        """The nearest integers to trained factors, `down` [rank, in] and `up` [out, rank]."""
        worth = _largest(down) / _LARGEST
        # What an integer of `down` is worth goes into `up`: sums over the rank are of integers.
        moved = up * worth
        scale = _largest(moved) / _LARGEST
        return cls(
            np.rint(down / worth[:, None]).astype(np.int16),
            np.rint(moved / scale[:, None]).astype(np.int16),
            scale.astype(np.float32),
        )

    def added_to(self, weight: npt.NDArray[np.float16]) -> npt.NDArray[np.float16]:
        """A weight [out, in] with the update, the same to the last bit on every machine."""
        product = self.up.astype(np.float64) @ self.down.astype(np.float64)
        update = product * self.scale.astype(np.float64)[:, None]
        return (weight.astype(np.float64) + update).astype(np.float16)


def _largest(rows: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """The largest magnitude of each row; 1 where a row is zero."""
    largest = np.abs(rows).max(axis=1).astype(np.float64)
    return np.where(largest == 0, _LARGEST, largest)


def save_update(factors: dict[str, Factors], path: Path) -> None:
    """Write the factors of each weight to a safetensors file."""
    save_file(
        {
            f"{name}:{part}": np.ascontiguousarray(getattr(of_weight, part))
            for name, of_weight in factors.items()
            for part in ("down", "up", "scale")
        },
        path,
    )


def load_update(path: Path) -> dict[str, Factors]:
    """Read the factors of each weight from a safetensors file."""
    stored = load_file(path)
    names = sorted({name.rpartition(":")[0] for name in stored})
    return {
        name: Factors(stored[f"{name}:down"], stored[f"{name}:up"], stored[f"{name}:scale"])
        for name in names
    }


def merged(model: ModelFile, update: dict[str, Factors]) -> ModelFile:
    """The model with the update in its weights.

    Raises:
        KeyError: the update names a weight that the model lacks.
    """
    return model.with_variables(
        {name: factors.added_to(model.variables[name]) for name, factors in update.items()}
    )

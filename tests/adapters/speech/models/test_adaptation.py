"""A low-rank update is stored as integers and merged exactly."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.speech.models.adaptation import Factors, load_update, merged, save_update
from tutor.adapters.speech.models.ctranslate2_file import ModelFile


def factors(seed: int, outs: int = 24, ins: int = 40, rank: int = 4) -> tuple[Factors, np.ndarray]:
    """Random factors, and the update that they mean."""
    draw = np.random.default_rng(seed)
    down = draw.standard_normal((rank, ins)).astype(np.float32)
    up = (draw.standard_normal((outs, rank)) * 0.01).astype(np.float32)
    return Factors.of(down, up), up.astype(np.float64) @ down


@given(st.integers(0, 10_000))
def test_integers_say_what_the_factors_meant(seed: int) -> None:
    """An update is kept to within a ten-thousandth of its largest value."""
    of_weight, meant = factors(seed)
    product = of_weight.up.astype(float) @ of_weight.down * of_weight.scale[:, None]
    assert np.abs(product - meant).max() < 1e-4 * np.abs(meant).max()


@given(st.integers(0, 10_000))
def test_the_order_of_summation_changes_nothing(seed: int) -> None:
    """Merged weights are the same to the last bit however the rank is ordered."""
    of_weight, _ = factors(seed)
    weight = np.random.default_rng(seed).standard_normal((24, 40)).astype(np.float16)
    other = np.random.default_rng(seed + 1).permutation(len(of_weight.down))
    mixed = Factors(of_weight.down[other], of_weight.up[:, other], of_weight.scale)
    assert mixed.added_to(weight).tobytes() == of_weight.added_to(weight).tobytes()


def test_an_untrained_update_changes_nothing() -> None:
    """Factors that are zero leave a weight as it is."""
    weight = np.linspace(-1, 1, 12).astype(np.float16).reshape(3, 4)
    untrained = Factors.of(np.ones((2, 4), np.float32), np.zeros((3, 2), np.float32))
    assert untrained.added_to(weight).tobytes() == weight.tobytes()


def test_an_update_is_stored(tmp_path: Path) -> None:
    """An update is the same after it was saved and loaded."""
    saved = {"a/weight": factors(1)[0], "b/weight": factors(2)[0]}
    save_update(saved, tmp_path / "update.safetensors")
    loaded = load_update(tmp_path / "update.safetensors")
    assert list(loaded) == ["a/weight", "b/weight"]
    for name, of_weight in saved.items():
        np.testing.assert_array_equal(loaded[name].up, of_weight.up)
        np.testing.assert_array_equal(loaded[name].down, of_weight.down)
        np.testing.assert_array_equal(loaded[name].scale, of_weight.scale)


def test_only_named_weights_change() -> None:
    """Merging changes the weights that an update names, and no other."""
    weight = np.zeros((24, 40), np.float16)
    model = ModelFile("Spec", 3, {"a": weight, "b": weight}, ())
    changed = merged(model, {"a": factors(3)[0]})
    assert np.abs(changed.variables["a"]).max() > 0
    assert changed.variables["b"] is weight


def test_an_update_of_another_model_is_refused() -> None:
    """An update of a weight that the model lacks raises KeyError."""
    with pytest.raises(KeyError):
        merged(ModelFile("Spec", 3, {}, ()), {"a": factors(4)[0]})

"""The trees' arithmetic against what LightGBM made of small cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.saved_case import CASES
from tutor.core.feedback.pronunciation import trees
from tutor.core.feedback.pronunciation.judges import part


def test_trees_are_lightgbms() -> None:
    """Trees add up to what LightGBM says of the same rows."""
    found = trees.predict(CASES["rows"], trees.load(part(CASES, "trees.")))
    assert len(set(CASES["sums"])) > 30
    np.testing.assert_allclose(found, CASES["sums"], atol=1e-5)


@given(st.lists(st.floats(-3, 3, width=32), min_size=6, max_size=6), st.integers(0, 39))
def test_a_row_is_judged_alone(values: list[float], at: int) -> None:
    """What trees say of a row does not depend on the rows beside it."""
    grown = trees.load(part(CASES, "trees."))
    rows = CASES["rows"].copy()
    rows[at] = values
    together = trees.predict(rows, grown)
    assert together[at] == pytest.approx(trees.predict(rows[at : at + 1], grown)[0], abs=1e-6)

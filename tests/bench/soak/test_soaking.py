import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bench import BenchError, SoakOptions
from tutor.bench.figures import Look
from tutor.bench.soak.soaking import WARMING, ends, settled, slope_per_hour


def looks(slope_mib_per_hour: float, start_mib: float = 100.0, count: int = 100) -> list[Look]:
    """A look every five seconds at memory that grows evenly."""
    return [
        Look(5.0 * n, start_mib + slope_mib_per_hour * 5.0 * n / 3600, 20) for n in range(count)
    ]


@given(st.floats(-500, 500), st.floats(0, 4000), st.integers(2, 200))
def test_the_slope_is_that_of_the_memory(slope: float, start: float, count: int) -> None:
    """Whatever it begins with, and however long it was watched."""
    assert slope_per_hour(looks(slope, start, count)) == pytest.approx(slope, abs=1e-3)


def test_what_is_loaded_in_the_beginning_does_not_count() -> None:
    """The warming up is left out; what comes after it is measured."""
    warm = [Look(float(n), 50.0 + 10 * n, 20) for n in range(30)]
    flat = [Look(float(n), 350.0, 20) for n in range(30, 100)]
    later = settled([*warm, *flat])
    assert [look.rss_mib for look in later] == [350.0] * len(later)
    assert len(later) == pytest.approx((1 - WARMING) * 100, abs=2)
    assert slope_per_hour(later) == 0


def test_little_was_seen() -> None:
    """One look has no slope, none has no memory."""
    one = [Look(3.0, 20.0, 5)]
    assert (settled(one), slope_per_hour(one), ends(one)) == (one, 0.0, (20.0, 20.0))
    assert (settled([]), slope_per_hour([]), ends([])) == ([], 0.0, (0.0, 0.0))


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"idle": 0}, {"speakers": 0}])
def test_a_soak_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    """Before anything starts."""
    with pytest.raises(BenchError):
        SoakOptions(**wrong)  # type: ignore[arg-type]

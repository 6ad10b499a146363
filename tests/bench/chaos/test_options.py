import pytest

from tutor.bench import BenchError
from tutor.bench.chaos import ChaosOptions
from tutor.core.chaos.faults import KINDS, Part

URL = "http://here"


def test_a_given_server_without_its_number_is_only_cut_off() -> None:
    """Its processes cannot be found; with the number, or one that is started, all is done."""
    assert {kind.part for kind in ChaosOptions(url=URL).kinds} == {Part.LINE}
    assert ChaosOptions(url=URL, pid=1).kinds == ChaosOptions().kinds == KINDS
    assert {kind.part for kind in ChaosOptions(parts=("asr", "line")).kinds} == {
        Part.ASR,
        Part.LINE,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"faults": 0},
        {"learners": 0},
        {"parts": ("cellar",)},
        {"pid": 1},
        {"url": URL, "keep_store": True},
        {"url": URL, "settings": {"model": "base"}},
        {"url": URL, "parts": ("gateway",)},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    """Before anything is hurt."""
    with pytest.raises(BenchError):
        ChaosOptions(**wrong)  # type: ignore[arg-type]

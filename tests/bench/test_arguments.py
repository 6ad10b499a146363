import pytest

from tutor.bench import BenchError
from tutor.bench.arguments import read_counts, read_settings, with_baseline


def test_the_command_line_is_read() -> None:
    """Numbers with commas, settings with and without their prefix, and a bare `--baseline`."""
    assert read_counts("1,2, 4") == (1, 2, 4)
    assert read_settings(["model=base", "TUTOR_FINAL_BEAM=3"]) == {
        "model": "base",
        "final_beam": "3",
    }
    assert with_baseline(["--baseline", "--seed", "1"]) == ["--baseline", "first", "--seed", "1"]
    assert with_baseline(["--baseline", "all"]) == ["--baseline", "all"]
    assert with_baseline(["--baseline"]) == ["--baseline", "first"]
    with pytest.raises(BenchError, match="name=value"):
        read_settings(["model"])
    with pytest.raises(BenchError, match="whole numbers"):
        read_counts("one")

import pytest

from tutor.bench import BenchError, BenchOptions


@pytest.mark.parametrize(
    "wrong",
    [
        {"sessions": ()},
        {"sessions": (0,)},
        {"utterances": 0},
        {"endpoint_silence_ms": 50},
        {"gap_ms": 600},
        {"url": "http://here", "baseline": "all"},
        {"url": "http://here", "settings": {"model": "base"}},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    """What cannot be measured is refused before anything starts."""
    with pytest.raises(BenchError):
        BenchOptions(**wrong)  # type: ignore[arg-type]

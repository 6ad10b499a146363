from tutor.bench.figures import (
    Decodes,
)
from tutor.bench.server import parse_decodes


def test_decode_times_are_read_from_metrics() -> None:
    """Counts and sums by kind; what was there before is taken off."""
    text = (
        "# TYPE tutor_decode_seconds histogram\n"
        'tutor_decode_seconds_bucket{kind="final",le="0.5"} 3\n'
        'tutor_decode_seconds_bucket{kind="final",le="+Inf"} 4\n'
        'tutor_decode_seconds_count{kind="final"} 4\n'
        'tutor_decode_seconds_sum{kind="final"} 2.0\n'
    )
    found = parse_decodes(text)["final"].since(Decodes(1, 0.5))
    assert found == Decodes(3, 1.5)
    assert found.mean_s == 0.5
    assert Decodes().mean_s is None

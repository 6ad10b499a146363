import pytest

from tutor.bench.wording import comparable


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ZERO THREE, FIVE ONE!", "0 3 5 1"),
        ("0351", "0 3 5 1"),
        ("Twenty-three, thirty and 12", "2 3 3 0 and 1 2"),
        ("It\u2019s Mr. Brown's, isn't it?", "it is mister brown is is not it"),
        ("um, I can't", "i can not"),
        ("1,000", "1 0 0 0"),
    ],
)
def test_wording_is_made_comparable(text: str, plain: str) -> None:
    """Case, punctuation, contractions and the writing of numbers are no errors."""
    assert comparable(text) == plain

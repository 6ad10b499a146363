import pytest

from tutor.bench.alignment import align


@pytest.mark.parametrize(
    ("shown", "text", "pairs"),
    [
        ("", "a b", {}),
        ("a b", "a b c", {0: 0, 1: 1}),
        ("b c", "a b c", {0: 1, 1: 2}),
        ("a x c", "a b c", {0: 0, 2: 2}),
        ("the", "the cat saw the dog", {0: 0}),
        ("a a a", "a", {0: 0}),
    ],
)
def test_alignment_finds_words_that_stand_in_a_longer_text(
    shown: str, text: str, pairs: dict[int, int]
) -> None:
    """A shown text is laid over the beginning of the other with the fewest edits."""
    assert align(shown.split(), text.split()) == pairs

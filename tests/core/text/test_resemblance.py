import pytest

from tutor.core.text.resemblance import resemblance


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("I take it", "a ticket", True),
        ("the whether", "the weather", True),
        ("very nice", "so cold", False),
        ("big", "ticket", False),
        ("really", "cold", False),
        ("мама", "мама", True),
    ],
)
def test_phrases_with_the_same_consonants_resemble_each_other(
    left: str, right: str, *, alike: bool
) -> None:
    """What may have been misheard is told from what is another word."""
    assert (resemblance(left, right) >= 0.75) is alike

import pytest
from num2words import num2words

from tutor.core.text.numbers.english import SCALES, SMALL, TENS, ordinal


@pytest.mark.parametrize(
    ("cardinal", "expected"),
    [
        ("one", "first"),
        ("four", "fourth"),
        ("five", "fifth"),
        ("eight", "eighth"),
        ("nine", "ninth"),
        ("twelve", "twelfth"),
        ("fourteen", "fourteenth"),
        ("forty", "fortieth"),
        ("hundred", "hundredth"),
        ("million", "millionth"),
    ],
)
def test_ordinals(cardinal: str, expected: str) -> None:
    """Some have words of their own, a "y" becomes "ieth", all others get a "th"."""
    assert ordinal(cardinal) == expected


def test_the_last_word_of_a_number_makes_it_an_ordinal() -> None:
    """Of any number up to a thousand, as somebody else's library says them."""
    for number in range(1, 1_001):
        cardinal = num2words(number, lang="en").replace("-", " ").split()
        said = num2words(number, lang="en", to="ordinal").replace("-", " ").split()
        assert [*cardinal[:-1], ordinal(cardinal[-1])] == said


def test_words_stand_at_their_numbers() -> None:
    """The words for small numbers, tens and scales are found by what they are worth."""
    assert [num2words(n) for n in range(20)] == list(SMALL)
    assert [num2words(10 * n) for n in range(10)] == list(TENS)
    assert {f"one {name}": size for name, size in SCALES.items()} == {
        num2words(size): size for size in SCALES.values()
    }


def test_no_two_numbers_share_an_ordinal() -> None:
    """What was said can be told from its ordinal alone."""
    words = [*SMALL, *TENS[2:], "hundred", *SCALES]
    assert len({ordinal(word) for word in words}) == len(words)
    assert not {ordinal(word) for word in words} & set(words)

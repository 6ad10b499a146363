import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.numbers.numerals import say_figures


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("0", "zero"),
        ("25", "twenty five"),
        ("100", "one hundred"),
        ("317", "three hundred seventeen"),
        ("1,000", "one thousand"),
        ("1984", "nineteen eighty four"),
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("2005", "two thousand five"),
        ("2024", "twenty twenty four"),
        ("1,984", "one thousand nine hundred eighty four"),
        ("2000000", "two million"),
        ("3.14", "three point one four"),
        ("007", "zero zero seven"),
        ("21st", "twenty first"),
        ("12th", "twelfth"),
        ("30th", "thirtieth"),
        ("1990s", "nineteen nineties"),
        ("x5", ""),
    ],
)
def test_numbers_as_they_are_said(figures: str, words: str) -> None:
    """Figures are read as cardinals, years, ordinals, decimals or one by one."""
    assert say_figures(figures) == words.split()


@given(st.integers(0, 10**30))
def test_every_number_is_said_in_letters(number: int) -> None:
    """However long a number is, its words are words."""
    words = say_figures(str(number))
    assert words
    assert all(word.isalpha() for word in words)

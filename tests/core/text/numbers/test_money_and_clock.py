import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.english import english_keys
from tutor.core.text.numbers.numerals import Money, say_clock, say_figures, say_money

POUNDS = Money("pound", "pounds", "pence")


def keys(words: list[str]) -> list[str]:
    """The comparable keys of words."""
    return [key for key, _, _ in english_keys(words)]


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("1", "one pound"),
        ("5", "five pounds"),
        ("0", "zero pounds"),
        ("1,000", "one thousand pounds"),
        ("3.50", "three pounds fifty"),
        ("1.05", "one pound five"),
        ("3.00", "three pounds"),
        ("0.50", "fifty pence"),
        ("2.5", "two point five pounds"),
        ("2.125", "two point one two five pounds"),
    ],
)
def test_amounts_as_they_are_said(amount: str, said: str) -> None:
    """Two decimals are hundredths, said behind the unit or alone; others are a decimal number."""
    assert " ".join(say_money(amount, POUNDS)) == said


def test_an_amount_is_no_year() -> None:
    """1984 pounds are counted, as the year is not."""
    assert say_money("1984", POUNDS)[:2] == ["one", "thousand"]
    assert say_figures("1984")[:2] == ["nineteen", "eighty"]


@given(st.integers(0, 10**13))
def test_money_that_is_said_equals_money_that_is_written(amount: int) -> None:
    """A reader's words for an amount are compared as equal to the text's figures."""
    for figures in (str(amount), f"{amount:,}"):
        assert keys(say_money(figures, POUNDS)) == keys([f"£{figures}"])


@given(st.integers(1, 999), st.integers(1, 99))
def test_hundredths_are_said_behind_the_unit(whole: int, part: int) -> None:
    """What is said of both is each as it is said alone."""
    together = say_money(f"{whole}.{part:02}", POUNDS)
    hundredths = say_money(f"0.{part:02}", POUNDS)
    assert together == [*say_money(str(whole), POUNDS), *hundredths[:-1]]
    assert hundredths[-1] == "pence"


@pytest.mark.parametrize(
    ("hours", "minutes", "said"),
    [
        ("10", "00", "ten o'clock"),
        ("9", "05", "nine oh five"),
        ("7", "45", "seven forty five"),
        ("12", "30", "twelve thirty"),
        ("21", "10", "twenty one ten"),
    ],
)
def test_times_as_they_are_said(hours: str, minutes: str, said: str) -> None:
    """The full hour is "o'clock", and an "oh" stands before less than ten minutes."""
    assert " ".join(say_clock(hours, minutes)) == said


@given(st.integers(1, 23), st.integers(0, 59))
def test_a_time_that_is_said_equals_one_that_is_written(hour: int, minute: int) -> None:
    """A reader's words for a time of the clock are compared as equal to the text's figures."""
    assert keys(say_clock(str(hour), f"{minute:02}")) == keys([f"{hour}:{minute:02}"])

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.numbers.numerals import say_figures
from tutor.core.text.numbers.values import composed_at, figures_at, is_ordinal

COMPOSED = st.integers(100, 10**12 - 1)
"""Numbers of several words: with "hundred" or more in them."""

OTHERS = st.lists(st.sampled_from("well dogs the very".split()), max_size=3)


def say(number: int) -> list[str]:
    """The words of a number, as no year is said."""
    return say_figures(f"{number:,}")


def all_figures(text: str) -> str:
    """The figures of all words of a text, one after the other."""
    words = text.split()
    return " ".join(figure for at in range(len(words)) for figure in figures_at(words, at))


# ---------------------------------------------------------------- numbers of several words


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("one hundred", 100),
        ("a hundred", 100),
        ("a thousand", 1_000),
        ("one hundred and five", 105),
        ("two thousand and five", 2_005),
        ("nineteen hundred", 1_900),
        ("twelve hundred and fifty", 1_250),
        ("a hundred and twenty three thousand", 123_000),
        ("three million and two thousand", 3_002_000),
        ("a million a thousand and one", 1_001_001),
        ("5 million", 5_000_000),
        ("2 hundred", 200),
        ("999 thousand 999", 999_999),
    ],
)
def test_number_words_make_one_value(text: str, value: int) -> None:
    """Hundreds and scales, with "a" for one, "and" between the parts, and figures for words."""
    words = text.split()
    assert composed_at(words, 0) == (value, len(words))


@pytest.mark.parametrize(
    "text",
    ["", "dogs", "five", "twenty three", "nineteen ninety nine", "a dog", "hundred", "thousand",
     "and five", "2005", "2005 thousand", "007 thousand", "zero", "a", "first hundred"],
)  # fmt: skip
def test_other_words_are_no_composed_number(text: str) -> None:
    """Without a hundred or a scale behind a value, the next word is to be looked at."""
    assert composed_at(text.split(), 0) == (None, 1)


@pytest.mark.parametrize(
    ("text", "value", "end"),
    [
        ("a hundred and dogs", 100, 2),
        ("a hundred and", 100, 2),
        ("one hundred two hundred", 100, 2),
        ("one hundred 200", 100, 2),
        ("five thousand six thousand", 5_000, 2),
        ("one thousand two million", 1_000, 2),
        ("a hundred and one dogs", 101, 4),
        ("one hundred twenty thirty", 120, 3),
        ("six hundred and twenty three hundred", 600, 2),
    ],
)
def test_a_number_ends_where_the_next_begins(text: str, value: int, end: int) -> None:
    """An "and" that joins nothing, and a part that is not smaller than the one before, are not its
    own."""
    assert composed_at(text.split(), 0) == (value, end)


@given(COMPOSED, OTHERS, OTHERS)
def test_a_number_that_was_said_is_understood(
    number: int, before: list[str], after: list[str]
) -> None:
    """Whatever stands around them, the words of a number have its value."""
    words = [*before, *say(number), *after]
    assert composed_at(words, len(before)) == (number, len(words) - len(after))


@given(COMPOSED)
def test_an_and_after_hundred_changes_nothing(number: int) -> None:
    """British speakers join tens and units with "and", wherever in a number they stand."""
    words = say(number)
    scales = {"thousand", "million", "billion"}
    british = [
        part
        for n, word in enumerate(words)
        for part in (
            [word, "and"]
            if word == "hundred" and n + 1 < len(words) and words[n + 1] not in scales
            else [word]
        )
    ]
    assert composed_at(british, 0) == (number, len(british))


@given(st.integers(1, 999), st.sampled_from(["thousand", "million", "billion", "trillion"]))
def test_figures_before_a_scale_are_as_good_as_words(number: int, scale: str) -> None:
    """ "25 million" is "twenty five million"."""
    assert composed_at([str(number), scale], 0)[0] == composed_at([*say(number), scale], 0)[0]


@given(st.lists(st.sampled_from("a and one 5 twenty hundred thousand million dogs".split())))
def test_reading_on_always_gets_on(words: list[str]) -> None:
    """At any word of any text the index after it is greater, and inside the text."""
    for at in range(len(words)):
        value, end = composed_at(words, at)
        assert at < end <= len(words)
        assert value is None or value >= 100


# ---------------------------------------------------------------- other number words


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("twenty five", "2 5"),
        ("twenty", "2 0"),
        ("twenty dogs", "2 0"),
        ("nineteen ninety nine", "1 9 9 9"),
        ("twenty first", "2 1th"),
        ("third", "3th"),
        ("3rd", "3th"),
        ("112th", "1 1 2th"),
        ("twentieth", "2 0th"),
        ("twenty tenth", "2 0 1 0th"),
        ("nineteen oh five", "1 9 0 5"),
        ("o one", "0 1"),
        ("zero", "0"),
        ("oh dear", ""),
        ("two dogs", "2"),
        ("dogs", ""),
    ],
)
def test_number_words_stand_for_figures(text: str, figures: str) -> None:
    """Tens are one figure before a unit; "oh" is zero beside a number, and else a sigh."""
    assert all_figures(text) == figures


@given(st.integers(1, 99))
def test_an_ordinal_in_words_and_in_figures_is_the_same(number: int) -> None:
    """Its last figure tells it from a cardinal, however the figures' ending is spelled."""
    words = " ".join(say_figures(f"{number}th"))
    assert all_figures(words).replace(" ", "") == f"{number}th"
    assert all_figures(f"{number}nd") == all_figures(words)


@given(st.integers(1, 99))
def test_a_cardinal_has_the_figures_that_it_is_written_with(number: int) -> None:
    """From one to ninety-nine, word for word."""
    assert all_figures(" ".join(say(number))).replace(" ", "") == str(number)


@pytest.mark.parametrize(
    ("word", "ordinal"),
    [("1st", True), ("22nd", True), ("1,000th", False), ("th", False), ("5", False),
     ("first", False), ("1sts", False)],
)  # fmt: skip
def test_ordinals_in_figures(word: str, ordinal: bool) -> None:
    """Figures and an ending, and nothing else."""
    assert is_ordinal(word) == ordinal

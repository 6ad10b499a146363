import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.readers import read
from tutor.core.text.numbers.foreign import LANGUAGES, MOST, figures, spoken_forms

NUMBERS = st.integers(0, MOST)
LANGUAGE = st.sampled_from(sorted(LANGUAGES))


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("de", "0", "null"),
        ("de", "16", "sechzehn"),
        ("de", "21", "einundzwanzig"),
        ("de", "37", "siebenunddreißig"),
        ("de", "100", "hundert"),
        ("de", "101", "einhunderteins"),
        ("de", "730", "siebenhundertdreißig"),
        ("es", "1", "una"),
        ("es", "16", "dieciséis"),
        ("es", "22", "veintidós"),
        ("es", "35", "treinta y cinco"),
        ("es", "100", "cien"),
        ("es", "101", "ciento uno"),
        ("es", "541", "quinientas cuarenta y una"),
        ("fr", "17", "dix-sept"),
        ("fr", "21", "vingt et un"),
        ("fr", "61", "soixante et un"),
        ("fr", "70", "soixante-dix"),
        ("fr", "71", "soixante et onze"),
        ("fr", "80", "quatre-vingts"),
        ("fr", "81", "quatre-vingt-un"),
        ("fr", "99", "quatre-vingt-dix-neuf"),
        ("fr", "200", "deux cents"),
        ("ru", "2", "две"),
        ("ru", "14", "четырнадцать"),
        ("ru", "25", "двадцать пять"),
        ("ru", "101", "сто один"),
        ("ru", "999", "девятьсот девяносто девять"),
    ],
)
def test_a_number_is_equal_to_its_words(language: str, number: str, words: str) -> None:
    """Whichever of the two the text has; the reader is blamed for neither."""
    for text, heard in ((number, words), (words, number)):
        passage = read(f"Mama {text} Papa", 0, f"mama {heard} papa.", language)
        assert {word.status for word in passage.words} == {"matched"}, (text, heard)


@pytest.mark.parametrize(
    ("language", "text", "heard"),
    [
        ("ru", "двадцать пять", "26"),
        ("ru", "двадцать пять", "20"),
        ("fr", "quatre-vingts", "24"),
        ("de", "einundzwanzig", "12"),
        ("es", "treinta y cinco", "30"),
        ("ru", "1234", "1243"),
    ],
)
def test_another_number_is_another_word(language: str, text: str, heard: str) -> None:
    """What is not the same number counts as read wrong."""
    passage = read(f"Mama {text} Papa", 0, f"mama {heard} papa.", language)
    assert {word.status for word in passage.words} > {"matched"}


def test_a_long_number_is_read_figure_by_figure() -> None:
    """A telephone number, or a code, also where figures stand apart."""
    passage = read("Код 1234", 0, "код 1, 2, 3, 4.", "ru")
    assert {word.status for word in passage.words} == {"matched"}


@given(NUMBERS, NUMBERS, LANGUAGE)
def test_no_two_numbers_are_said_alike(one: int, other: int, language: str) -> None:
    """Equal figures mean equal numbers."""
    assert (figures(one, language) == figures(other, language)) == (one == other)


@given(NUMBERS, LANGUAGE)
def test_every_figure_has_a_word(number: int, language: str) -> None:
    """Each figure of a number stands for at least one word, the small words for themselves."""
    for figure in figures(number, language):
        assert figure in ("y", "et") or spoken_forms(int(figure))

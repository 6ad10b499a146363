"""How numbers are said, beside what `num2words` says: nobody here wrote it."""

import re

import pytest
from num2words import num2words

from tutor.core.text.english import english_keys
from tutor.core.text.numbers import french, german, russian, spanish
from tutor.core.text.numbers.foreign import MOST, figures, spoken_forms
from tutor.core.text.numbers.numerals import say_figures

WORDS = {"de": german, "es": spanish, "fr": french, "ru": russian}

LONGER = [*range(2_101), *range(2_101, 10**6, 9_973), 10**6, 2 * 10**6 + 1, 10**9]

NUMBERS = [*range(10_000), *range(10_000, 10**6, 997), *(10**n + 10**7 % n for n in range(6, 12))]
"""All of up to four figures, and some longer ones."""

YEARS = range(1100, 2100)
"""Earlier ones are said as numbers here, as years there: one thousand sixty six, ten sixty-six."""


def words_of(number: int, kind: str = "cardinal") -> list[str]:
    """English words without what differs by country and hand: hyphens, commas and "and"."""
    said = re.sub("[-,]", " ", num2words(number, lang="en", to=kind))
    return [word for word in said.split() if word != "and"]


@pytest.mark.heavy
def test_english_numbers_are_said_so() -> None:
    """Cardinals of up to twelve figures."""
    assert {n: say_figures(f"{n:,}") for n in NUMBERS} == {n: words_of(n) for n in NUMBERS}


def test_english_years_are_said_so() -> None:
    """Four figures without a comma."""
    assert {n: say_figures(f"{n}") for n in YEARS} == {n: words_of(n, "year") for n in YEARS}


@pytest.mark.heavy
def test_english_ordinals_are_said_so() -> None:
    """The last word alone is an ordinal."""
    assert {n: say_figures(f"{n:,}th") for n in NUMBERS[1:]} == {
        n: words_of(n, "ordinal") for n in NUMBERS[1:]
    }


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("numbers", "kind", "ending"),
    [
        (NUMBERS, "cardinal", ""),
        (YEARS, "year", ""),
        # Longer ordinals in words are not read as one number: 101st, but one hundred and first.
        (range(1, 100), "ordinal", "th"),
    ],
    ids=["cardinals", "years", "ordinals"],
)
def test_english_words_are_the_same_number(numbers: list[int], kind: str, ending: str) -> None:
    """With their hyphens, commas and "and": the figures come back."""

    def read(number: int) -> str:
        words = num2words(number, lang="en", to=kind).split()
        return "".join(key for key, _, _ in english_keys(words))

    assert {n: read(n) for n in numbers} == {n: f"{n}{ending}" for n in numbers}


@pytest.mark.parametrize("language", ["de", "es", "fr", "ru"])
def test_words_of_other_languages_stand_for_the_same_figures(language: str) -> None:
    """Each word is one of its figure's forms; a small word between them is itself."""

    def stand_for(words: list[str], number: int) -> bool:
        said = figures(number, language)
        return len(words) == len(said) and all(
            word == figure if figure.isalpha() else word in spoken_forms(int(figure))
            for word, figure in zip(words, said, strict=True)
        )

    wrong = {
        number: words
        for number in range(MOST + 1)
        if not stand_for(words := _folded(number, language), number)
    }
    assert not wrong


@pytest.mark.parametrize("language", WORDS)
def test_numbers_of_other_languages_are_said_so(language: str) -> None:
    """Cardinals of up to nine figures, in one spelling of those that are usual."""
    said = {n: _usual(num2words(n, lang=language), language) for n in LONGER}
    assert {n: WORDS[language].cardinal(n).casefold() for n in LONGER} == said


@pytest.mark.parametrize("language", ["de", "fr", "ru"])
def test_ordinals_of_other_languages_are_said_so(language: str) -> None:
    """From one to ninety-nine, in one of their forms."""
    missing = {
        n: said
        for n in range(1, 100)
        if (said := num2words(n, lang=language, to="ordinal")) not in WORDS[language].ordinals(n)
    }
    assert missing.keys() == ({80} if language == "fr" else set())  # quatre-vingtième has no s


def _usual(said: str, language: str) -> str:
    """A number without what num2words says otherwise than most: one thousand, one before one."""
    said = said.casefold()
    if language == "ru":
        return re.sub(r"^одна тысяча", "тысяча", re.sub(r"^один (?=ми)", "", said))
    if language == "de":
        return said.replace("einstausend", "eintausend")
    if language == "es":
        return said.replace("veintiuno mil", "veintiún mil").replace("uno mil", "un mil")
    return said


def _folded(number: int, language: str) -> list[str]:
    said: str = num2words(number, lang=language)
    return said.casefold().replace("-", " ").split()

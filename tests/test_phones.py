import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.phones import IPA, PHONES, English, convert, spoken_words
from tutor.core.numerals import say_figures


@pytest.fixture(scope="module")
def english() -> English:
    """The lexicons that the package ships."""
    return English.load()


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("bear", "B AR"),  # the corpus's own
        ("Weather,", "W EH DH AXR"),  # spelling and punctuation don't matter
        ("25", "T W EH N T IY F AY V"),
        ("twenty-five", "T W EH N T IY F AY V"),
        ("café", "K AX F EY"),
        ("DOG'S", "D AO G Z"),
        ("florpish", "F L AO P IH SH"),  # in no dictionary: guessed
        ("…", ""),
        ("Привет", ""),
    ],
)
def test_sounds_of_a_word(english: English, word: str, sounds: str) -> None:
    """A word is looked up, spelled out or guessed; what English cannot say has no sounds."""
    assert english.phones(word) == tuple(sounds.split())


@pytest.mark.parametrize(
    ("possessive", "ending"),
    [("Zzyzxa's", ("AX", "Z")), ("Gratch's", ("CH", "IH", "Z")), ("Quipt's", ("P", "TS"))],
)
def test_possessives_of_unknown_names(
    english: English, possessive: str, ending: tuple[str, ...]
) -> None:
    """A possessive that no dictionary has sounds like its name, with the right ending."""
    assert english.phones(possessive)[-len(ending) :] == ending


@pytest.mark.parametrize(
    ("arpabet", "word", "sounds"),
    [
        ("T R IY1", "tree", "TR IY"),
        ("HH EY1 T S", "hates", "HH EY TS"),
        ("G AA1 T", "got", "G OO T"),
        ("HH IH1 R", "here", "HH IR"),
        ("F EH1 R", "fair", "F AR"),
        ("F AO1 R", "four", "F AO"),
        ("AA1 R M", "arm", "AA R M"),
        ("L IH1 T AH0 L", "little", "L IH T L"),
        ("B EH1 T ER0", "better", "B EH T AXR"),
        ("AH0 B AW1 T", "about", "AX B AW T"),
        ("S IH1 R IY0 AH0 S", "serious", "S IR R IR S"),
    ],
)
def test_cmudict_in_the_experts_sounds(arpabet: str, word: str, sounds: str) -> None:
    """CMUdict's American sounds become those that the corpus's experts wrote."""
    assert convert(arpabet.split(), word) == tuple(sounds.split())


def test_every_sound_has_its_own_ipa() -> None:
    """Fifty sounds, each with an IPA of its own."""
    assert len(PHONES) == 50
    assert len(set(IPA.values())) == 50


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
        ("2024", "two thousand twenty four"),
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


@given(st.text(max_size=20))
def test_any_text_has_words_or_none(text: str) -> None:
    """Nothing that a text may hold breaks it, and no spoken word is empty."""
    assert all(spoken_words(text))


def test_symbols_that_are_said(english: English) -> None:
    """A symbol between words is said as a word."""
    assert english.phones("R&B") == english.phones("R and B".replace(" ", "-"))

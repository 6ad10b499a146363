import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.feedback.phones import IPA, PHONES, English, convert, spoken_words


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


@pytest.mark.parametrize(
    ("word", "is_known"),
    [
        ("weather", True),
        ("Weather's", True),
        ("twenty-five", True),
        ("25", True),
        ("Tina", True),
        ("Wojtulewska", False),
        ("Wojtulewska's", False),
        ("weather-zorbl", False),
    ],
)
def test_a_dictionary_word_is_known_from_a_guess(
    english: English, word: str, is_known: bool
) -> None:
    """Sounds that are guessed from the letters are nothing to correct a learner by."""
    assert english.phones(word)
    assert english.is_listed(word) is is_known


def test_every_sound_has_its_own_ipa() -> None:
    """Fifty sounds, each with an IPA of its own."""
    assert len(PHONES) == 50
    assert len(set(IPA.values())) == 50


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("$5.", "five dollars"),
        ("($1)", "one dollar"),
        ("£1,200", "one thousand two hundred pounds"),
        ("$3.50", "three dollars fifty"),
        ("€2.05", "two euros five"),
        ("£10.00", "ten pounds"),
        ("$0.99", "ninety nine cents"),
        ("$2.5", "two point five dollars"),
        ("$1984", "one thousand nine hundred eighty four dollars"),
        ("10:00", "ten o'clock"),
        ("9:05", "nine oh five"),
        ("7:45,", "seven forty five"),
        ("10:30pm", "ten thirty P M"),
        ("2:1", "two to one"),
        ("Dr.", "doctor"),
        ("vs.", "versus"),
        ("5kg", "five kilograms"),
        ("10°C", "ten degrees celsius"),
        ("90°", "ninety degrees"),
        ("don\u2018t", "don't"),
        ("inter\u00adnational", "international"),
        ("\u200bHel\u200blo", "hello"),
    ],
)
def test_what_is_written_is_said_in_the_order_of_speech(written: str, said: str) -> None:
    """Money, times, measures and titles sound as readers say them; invisible signs do not."""
    assert spoken_words(written) == said.split()


@given(st.integers(0, 10**30), st.sampled_from("$€£"))
def test_every_amount_of_money_is_said_in_letters(amount: int, sign: str) -> None:
    """However much it is."""
    assert all(word.isalpha() for word in spoken_words(f"{sign}{amount}"))


@given(st.text(max_size=20))
def test_any_text_has_words_or_none(text: str) -> None:
    """Nothing that a text may hold breaks it, and no spoken word is empty."""
    assert all(spoken_words(text))


def test_symbols_that_are_said(english: English) -> None:
    """A symbol between words is said as a word."""
    assert english.phones("R&B") == english.phones("R and B".replace(" ", "-"))

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.feedback.phones import (
    ASSETS,
    IPA,
    PHONES,
    English,
    read_lexicon,
    spoken_words,
)
from tutor.core.feedback.pronunciation.converting import convert
from tutor.core.feedback.pronunciation.endings import stems_of, without_ending


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
    ("word", "sounds"),
    [
        ("cars", "K AA R Z"),  # the corpus's learners said "car", "open", "hand-an"
        ("opened", "OW P AX N D"),
        ("hands", "HH AE N DZ"),
        ("spends", "S P EH N DZ"),
        ("viewings", "V Y UW IH NG Z"),
        ("skyped", "S K AY P T"),  # in no dictionary, but its stem is
        ("dogs'", "D AO G Z"),
        ("Wojtulewskas'", "W OY T L V EH K S AX Z"),
    ],
)
def test_an_inflected_word_has_its_ending(english: English, word: str, sounds: str) -> None:
    """Whoever left it out when the corpus was recorded: then it cannot be missed."""
    assert english.phones(word) == tuple(sounds.split())


def test_every_word_of_the_lexicon_has_its_ending(english: English) -> None:
    """No regular -s or -ed of a known word is without sounds, so each can be told from its stem."""
    words = read_lexicon(ASSETS / "lexicon.txt")
    inflected = [word for word in words if stems_of(word, english.is_word)]
    bare = [w for w in inflected if not without_ending(w, english.phones(w), english.is_word)[0]]
    assert len(inflected) > 200
    assert bare == []


def test_a_word_of_the_lexicon_is_said_as_cmudict_has_it(english: English) -> None:
    """No slip of the corpus is shown as a word's sounds: each has consonants of a pronunciation of
    CMUdict's, and vowels like its vowels; those that CMUdict lacks are named here."""
    others = {
        "authorities", "australia", "australian", "brilliant", "captain", "captains",
        "education", "even", "january", "library", "literature", "necessary", "organization",
        "punctuating", "secretary", "squirrel", "unusual", "worry", "worrying", "yeah", "zebra",
    }  # fmt: skip
    words = read_lexicon(ASSETS / "lexicon.txt")
    known = {word: ways for word in words if (ways := _cmudict_ways(english, word))}
    odd = [w for w, ways in known.items() if min(_unlike(words[w], way) for way in ways) >= 1]
    assert len(known) > 1800
    assert sorted(set(odd) - others) == []


def _cmudict_ways(english: English, word: str) -> list[tuple[str, ...]]:
    """All pronunciations that CMUdict has of a word, in the corpus's sounds."""
    if not english.knows(word):
        return []
    return [convert(english.arpabet(word), word), *english.others(word)]


@pytest.mark.parametrize(
    ("word", "ipa"),
    [
        ("iron", "aɪ ər n"),
        ("lion", "l aɪ ə n"),
        ("quiet", "k w aɪ ə t"),
        ("science", "s aɪ ə n s"),
        ("tired", "t aɪ ər d"),
        ("violence", "v aɪ ə l ə n s"),
        ("violent", "v aɪ ə l ə n t"),
        ("Cairo", "k aɪ r oʊ"),
        ("hours", "aʊ ər z"),
        ("very", "v e r iː"),
        ("shoulders", "ʃ oʊ l d ə z"),
        ("David's", "d eɪ v ɪ dz"),
        ("papers", "p eɪ p ər z"),
        ("jobs", "dʒ ɒ b z"),
        ("thirty", "θ ɜːr t iː"),  # CMUdict's
    ],
)
def test_what_the_corpus_had_wrong_is_shown_right(english: English, word: str, ipa: str) -> None:
    """A learner is shown the sounds that the word has, not a slip of the corpus's dictionary."""
    assert " ".join(IPA[phone] for phone in english.phones(word)) == ipa


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
        ("skyped", True),
        ("zorbls", False),
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


ALIKE = [
    set(group.split())
    for group in (
        "AX IH IY", "AXR AX ER EE", "OO AO AA AH", "AA AE AO", "AR EH AE", "IR IH IY", "IR AX",
        "UR UH UW", "AX AH EH AE UH OW OO", "TS T", "TR T", "DR D",
    )
]  # fmt: skip
"""Sounds of which one accent has this, another one that, or that are weakened into each other."""


def _unlike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """How unlike two pronunciations are: 1 for each sound that is not in the other."""
    row = [0.0]
    for sound in other:
        row.append(row[-1] + _alone(sound))
    for first in one:
        last, row = row, [row[0] + _alone(first)]
        for at, second in enumerate(other, 1):
            same = first == second or any({first, second} <= group for group in ALIKE)
            row.append(
                min(
                    last[at] + _alone(first),
                    row[-1] + _alone(second),
                    last[at - 1] + (0 if first == second else 0.2 if same else 1),
                )
            )
    return row[-1]


def _alone(sound: str) -> float:
    """What a sound counts that the other one has not: R, weak vowels and /j/ come and go."""
    return 0.3 if sound in ("R", "AX", "Y") else 1

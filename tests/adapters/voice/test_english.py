import re

import pytest

from tutor.adapters.feedback.phones import English
from tutor.adapters.voice.english import EnglishSounds


@pytest.fixture(scope="module")
def sounds() -> EnglishSounds:
    """English with the product's own lexicon."""
    return EnglishSounds(English.load())


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("Hello, world!", "həlˈoʊ, wˈɜːld!"),
        ("The end of the day.", "ðɪ ˈɛnd ʌv ðə dˈeɪ."),
        ("I have read it.", "aɪ hæv ɹˈɛd ɪt."),
        ("Say /θɪŋk/, not /red/.", "sˈeɪ θɪŋk, nˈɑːt ɹɛd."),
        ("at five PM", "æt fˈaɪv pˈiː ˈɛm"),
        ("in the USA", "ɪn ðə jˈuː ˈɛs ˈeɪ"),
        ("HELLO", "həlˈoʊ"),
        ("a café", "ɐ kəfˈeɪ"),
        ("Tom's buses’ wheels", "tˈɑːmz bˈʌsɪz wˈiːlz"),
        ("well-known", "wˈɛl nˈoʊn"),
        ("Wait … no — yes", "wˈeɪt... nˈoʊ, jˈɛs"),
    ],
)
def test_text_becomes_the_ipa_that_voices_read(sounds: EnglishSounds, text: str, ipa: str) -> None:
    """Words by the lexicon, abbreviations letter by letter, IPA as it stands, pauses kept."""
    assert sounds.ipa(text) == ipa


@pytest.mark.parametrize(
    ("text", "ipa"),
    [
        ("please read the text", "ɹˈiːd"),
        ("I have read it", "ɹˈɛd"),
        ("I have. Read it now!", "ɹˈiːd"),
        ("they live here", "lˈɪv"),
        ("we heard live music", "lˈaɪv"),
        ("close the door", "klˈoʊz"),
        ("it is close to here", "klˈoʊs"),
        ("a new record", "ɹˈɛkɚd"),
        ("he records it", "ɹɪkˈɔːɹdz"),
        ("I use it", "jˈuːz"),
        ("it is of no use", "jˈuːs"),
        ("wait a minute", "mˈɪnət"),
        ("the workers protest", "pɹətˈɛst"),
    ],
)
def test_a_word_that_is_said_in_two_ways_is_read_by_those_beside_it(
    sounds: EnglishSounds, text: str, ipa: str
) -> None:
    """By the same rules by which a learner's reading is judged."""
    assert ipa in re.findall(r"[^\s.!]+", sounds.ipa(text))


def test_a_word_that_no_lexicon_has_is_guessed(sounds: EnglishSounds) -> None:
    """It is said somehow, and never left out."""
    assert len(sounds.ipa("blorptang")) > 5
    assert len(sounds.ipa("zzkqx" * 800)) < 100

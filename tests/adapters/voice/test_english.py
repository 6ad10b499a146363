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


def test_a_word_that_no_lexicon_has_is_guessed(sounds: EnglishSounds) -> None:
    """It is said somehow, and never left out."""
    assert len(sounds.ipa("blorptang")) > 5
    assert len(sounds.ipa("zzkqx" * 800)) < 100

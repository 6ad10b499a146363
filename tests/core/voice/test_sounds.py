import pytest

from tutor.core.voice.sounds import reader_ipa, word_ipa


@pytest.mark.parametrize(
    ("word", "arpabet", "following", "ipa"),
    [
        ("hello", "HH AH0 L OW1", "", "həlˈoʊ"),
        ("water", "W AO1 T ER0", "ɪz", "wˈɔːɾɚ"),
        ("happy", "HH AE1 P IY0", "", "hˈæpi"),
        ("word", "W ER1 D", "", "wˈɜːd"),
        ("attack", "AH0 T AE1 K", "", "ətˈæk"),
        ("the", "DH AH0", "ˈɛnd", "ðɪ"),
        ("the", "DH AH0", "dˈeɪ", "ðə"),
        ("to", "T UW1", "ɡˈoʊ", "tə"),
        ("a", "AH0", "dˈeɪ", "ɐ"),
        ("for", "F AO1 R", "juː", "fɔːɹ"),
        ("for", "F AO1 R", "", "fˈɔːɹ"),
    ],
)
def test_words_are_written_as_the_voice_was_taught(
    word: str, arpabet: str, following: str, ipa: str
) -> None:
    """Stress before its vowel, weak vowels, the soft T, and small words without stress."""
    assert word_ipa(word, arpabet.split(), following) == ipa


@pytest.mark.parametrize(
    ("shown", "ipa"),
    [("θɪŋk", "θɪŋk"), ("red", "ɹɛd"), ("deɪ", "deɪ"), ("beə", "bɛɹ"), ("gɒt", "ɡɑːt")],
)
def test_the_ipa_of_dictionaries_is_understood(shown: str, ipa: str) -> None:
    """As the tutor itself shows sounds to learners."""
    assert reader_ipa(shown) == ipa

"""IPA as Kokoro reads it."""

from tutor.core.voice.kokoro import kokoro_symbols


def test_a_diphthong_or_an_affricate_is_one_sign() -> None:
    """In every language."""
    assert kokoro_symbols("mˈutʃo βˈaɪle rˈeɪ") == "mˈuʧo βˈIle rˈA"


def test_english_has_no_length_and_two_signs_for_a_coloured_vowel() -> None:
    """As in bird, better, go."""
    assert kokoro_symbols("bˈɜːd bˈɛɾɚ ɡˈoʊ siː", is_english=True) == "bˈɜɹd bˈɛɾəɹ ɡˈO si"
    assert kokoro_symbols("oʊ") == "oʊ"

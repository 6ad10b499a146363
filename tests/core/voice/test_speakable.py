import pytest

from tutor.core.voice.speakable import NOTHING_TO_SAY, WRONG_SCRIPT, clean, fault_of


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x07 c\u202ed", "a b c d"),
        ("Well done 😀👍🏽!", "Well done !"),
        ("one\r\n\r\n two \t three", "one\ntwo three"),
        ("Nooo!!!!!!!!", "Nooo!!!"),
        ("21 °C", "21 °C"),
        ("cafe\u0301", "café"),
    ],
)
def test_what_has_no_sound_is_left_out(text: str, cleaned: str) -> None:
    """Controls, marks of direction, emoji, and punctuation that goes on and on."""
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "language", "fault"),
    [
        ("Hello", "en-US", None),
        ("42", "en-US", None),
        ("", "en-US", NOTHING_TO_SAY),
        ("?!", "en-US", NOTHING_TO_SAY),
        ("Привет", "en-US", WRONG_SCRIPT),
        ("你好", "en-US", WRONG_SCRIPT),
        ("Hello", "ru-RU", WRONG_SCRIPT),
        ("Привет", "ru-RU", None),
        ("The word привет is Russian for hello", "en-US", None),
        ("Привет", "", None),
        ("你好", "zh-CN", None),
        ("Où êtes-vous ?", "fr-FR", None),
    ],
)
def test_a_voice_reads_the_letters_of_its_language(
    text: str, language: str, fault: str | None
) -> None:
    """A text mostly of other letters is refused; a foreign word in it is not."""
    assert fault_of(text, language) == fault

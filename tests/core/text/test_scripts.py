import pytest

from tutor.core.text.languages import WHISPER_LANGUAGES
from tutor.core.text.scripts import script_of, scripts_of


@pytest.mark.parametrize(
    ("language", "scripts"),
    [
        ("en", {"LATIN"}),
        ("ru", {"CYRILLIC"}),
        ("sr", {"CYRILLIC", "LATIN"}),
        ("ja", {"CJK", "HIRAGANA", "KATAKANA"}),
        ("hi", {"DEVANAGARI"}),
    ],
)
def test_a_language_has_its_scripts(language: str, scripts: set[str]) -> None:
    """Most are written in one, some in several."""
    assert scripts_of(language) == scripts


def test_every_language_has_a_script() -> None:
    """Latin letters where none is known."""
    assert all(scripts_of(language) for language in WHISPER_LANGUAGES)


@pytest.mark.parametrize(
    ("letter", "script"),
    [("a", "LATIN"), ("\uff41", "LATIN"), ("ж", "CYRILLIC"), ("汉", "CJK"), ("か", "HIRAGANA")],
)
def test_a_letter_has_its_script(letter: str, script: str) -> None:
    """A full-width letter is a Latin one."""
    assert script_of(letter) == script

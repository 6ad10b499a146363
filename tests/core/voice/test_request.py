import pytest

from tutor.core.voice.request import UnspeakableError, speakable_text
from tutor.core.voice.voices import VoiceFacts, find_voice, voice_for

JOE = VoiceFacts("joe", "en-US", "piper", "CC0", "a package")
ANNA = VoiceFacts("anna", "de-DE", "piper", "CC0", "a folder")


def test_a_text_is_kept_clean() -> None:
    """What a worker gets is what was checked."""
    assert speakable_text("Hello \x00there. 😀 How are you?", JOE, 100) == (
        "Hello there. How are you?"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("word " * 5_000, "text_too_long"),
        ("1" * 4_000, "text_too_long"),
        ("😀 ...", "nothing_to_say"),
        ("Привет, как дела", "wrong_script"),
    ],
    ids=["5,000 words", "a page of figures", "emoji", "another script"],
)
def test_what_cannot_be_spoken_says_why(text: str, code: str) -> None:
    """Nothing becomes minutes of noise."""
    with pytest.raises(UnspeakableError) as caught:
        speakable_text(text, JOE, 4_096)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("asked", "found"),
    [("anna", ANNA), ("joe", JOE), ("", JOE), ("alloy", JOE), ("Nova", JOE), ("bob", None)],
)
def test_a_voice_is_found_by_its_name(asked: str, found: VoiceFacts | None) -> None:
    """OpenAI's names, and none, are the one that speaks first."""
    assert find_voice([JOE, ANNA], asked) == found
    assert find_voice([], asked) is None


@pytest.mark.parametrize(
    ("language", "found"), [("en", "joe"), ("de-AT", "anna"), ("fr", "any"), ("EN-gb", "joe")]
)
def test_a_voice_is_found_by_what_it_speaks(language: str, found: str) -> None:
    """One of the language itself, else one that speaks what it is given, else none."""
    anyone = VoiceFacts("any", "", "openai", "", "a server")
    told = voice_for([anyone, JOE, ANNA], language)
    assert told is not None
    assert told.id == found
    assert voice_for([JOE, ANNA], "fr") is None

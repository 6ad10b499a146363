import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.languages import WHISPER_LANGUAGES, language_name, whisper_language
from tutor.core.text.normal import UNSPACED


def test_the_languages_are_whispers_own() -> None:
    """The list is the one that the recogniser takes."""
    assert frozenset(_LANGUAGE_CODES) == WHISPER_LANGUAGES


def test_unspaced_languages_are_languages() -> None:
    """The stabiliser knows its languages by Whisper's codes."""
    assert UNSPACED <= WHISPER_LANGUAGES


@pytest.mark.parametrize("code", sorted(WHISPER_LANGUAGES))
def test_a_code_of_whispers_is_its_own(code: str) -> None:
    """Every code names its language, alone and with a region."""
    assert whisper_language(code) == code
    assert whisper_language(f"{code}-XX") == code


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en-GB", "en"),
        ("EN-us", "en"),
        ("zh-Hant-TW", "zh"),
        ("cmn-Hans", "zh"),
        ("nb-NO", "no"),
        ("fil", "tl"),
        ("iw", "he"),
        ("jv", "jw"),
        ("de-CH-1996", "de"),
        ("auto", "auto"),
        ("AUTO", "auto"),
    ],
)
def test_tags_of_languages(tag: str, code: str) -> None:
    """A BCP-47 tag names the language of its first subtag, whatever its case."""
    assert whisper_language(tag) == code


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "xx",
        "english",
        "e",
        "12",
        "en_GB",
        "en GB",
        "en-",
        "-en",
        " en",
        "en\n",
        "e\u0301n",
        "en-subtagtoolong",
        "auto-GB",
        "<|en|>",
    ],
)
def test_what_is_no_language(tag: str) -> None:
    """A tag that is malformed, or of a language that Whisper has not heard of, is unknown."""
    assert whisper_language(tag) is None


@given(st.text(max_size=12))
def test_any_text_is_a_language_or_none(tag: str) -> None:
    """Whatever a client sends, the recogniser gets a code it knows or nothing."""
    assert whisper_language(tag) in WHISPER_LANGUAGES | {"auto", None}


def test_a_language_has_a_name() -> None:
    """Whisper's, as OpenAI's answers give it; no two have the same."""
    assert [language_name(code) for code in ("en", "de", "yue", "ht")] == [
        "english",
        "german",
        "cantonese",
        "haitian creole",
    ]
    assert len({language_name(code) for code in WHISPER_LANGUAGES}) == len(WHISPER_LANGUAGES)
    assert language_name("auto") == language_name("") == language_name("en-GB") == "unknown"

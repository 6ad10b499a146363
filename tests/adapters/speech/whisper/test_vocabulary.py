"""Whisper's vocabulary: how much of it a text takes, and which scripts it writes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from faster_whisper.tokenizer import Tokenizer as WhisperTokenizer
from tokenizers import Tokenizer

from tutor.adapters.settings import Settings
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.whisper.vocabulary import Scripts
from tutor.core.audio.guards import MOST_TOKENS, is_too_long
from tutor.core.text.languages import WHISPER_LANGUAGES
from tutor.core.text.scripts import scripts_of


@cache
def tokenizer() -> Any:
    """Whisper's, from the packaged model."""
    known = Tokenizer.from_file(str(resolve_model("base", Settings().cache_dir) / "tokenizer.json"))
    return WhisperTokenizer(known, multilingual=True, task="transcribe", language="en")


@cache
def scripts() -> Scripts:
    """The scripts of the vocabulary."""
    return Scripts(tokenizer())


LANGUAGES = json.loads((Path(__file__).parents[3] / "data" / "languages.json").read_text("utf-8"))
LETTERS_PER_SECOND = {"CJK": 5, "HIRAGANA": 5, "HANGUL": 6, "ETHIOPIC": 7}
"""Letters of a second of speech at a normal pace, where one is a syllable or more; of others 14,
vowel signs included."""


@pytest.mark.parametrize("language", sorted(WHISPER_LANGUAGES))
def test_a_text_at_a_normal_pace_fits_into_every_language(language: str) -> None:
    """Whisper's own tokens of a text in each of its languages, said at a normal pace, and half as
    fast again, stay under the limit."""
    text = LANGUAGES[language]
    tokens = len(tokenizer().encode(" " + text))
    pace = min(LETTERS_PER_SECOND.get(script, 14) for script in scripts_of(language))
    for speed in (1.0, 1.5):
        per_second = tokens / (len(text) / pace) * speed
        sentence_s = min(4.0, (MOST_TOKENS - 1) / per_second)
        assert not is_too_long(round(per_second * sentence_s), sentence_s, language)


@pytest.mark.parametrize("language", sorted(WHISPER_LANGUAGES))
def test_a_language_can_be_written(language: str) -> None:
    """No token of a text in any of Whisper's languages is foreign to that language."""
    tokens = tokenizer().encode(" " + LANGUAGES[language])
    assert not set(tokens) & set(scripts().foreign_to(language))


@pytest.mark.parametrize(
    "text", ["你好", "Привет", "こんにちは", "안녕", "مرحبا", "नमस्ते", "Καλημέρα", "สวัสดี"]
)
def test_other_scripts_cannot_be_written_in_english(text: str) -> None:
    """An English session has no Chinese characters; marks, signs and accents stay."""
    foreign = set(scripts().foreign_to("en"))
    assert set(tokenizer().encode(text)) & foreign
    assert not set(tokenizer().encode(" Zoë’s café – “naïve”, £5, 20 °C… ¿sí? ½")) & foreign


def test_latin_letters_can_be_written_everywhere() -> None:
    """Names and abbreviations are written in them in every language."""
    latin = set(tokenizer().encode(" OK, WhatsApp and John"))
    assert not any(latin & set(scripts().foreign_to(language)) for language in ("zh", "ru", "hi"))

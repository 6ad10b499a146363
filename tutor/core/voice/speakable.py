"""What may be spoken: a text without what has no sound, in letters that the voice can read."""

from __future__ import annotations

import re
import unicodedata

from tutor.core.text.languages import primary

LATIN = "latin"

_SCRIPTS = {
    "ru": "cyrillic", "uk": "cyrillic", "bg": "cyrillic", "kk": "cyrillic", "el": "greek",
    "ja": "", "zh": "", "ko": "", "ar": "arabic", "fa": "arabic", "ur": "arabic", "he": "hebrew",
    "hi": "devanagari", "ne": "devanagari", "ka": "georgian", "te": "telugu", "ml": "malayalam",
}  # fmt: skip
"""The script of a language's letters as Unicode names them, where it is not Latin; empty: any."""

FEWEST_READABLE = 0.5
"""Share of a text's letters that a voice must be able to read; it leaves the others out."""

_UNSOUNDED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Me"})
"""Categories of Unicode without a sound: controls, surrogates, emoji, accents by themselves."""

_SPOKEN_SYMBOLS = frozenset("°")

Fault = str
"""Why a text cannot be spoken: one of the constants below."""

NOTHING_TO_SAY = "nothing_to_say"
TEXT_TOO_LONG = "text_too_long"
WRONG_SCRIPT = "wrong_script"


def clean(text: str) -> str:
    """A text without emoji, controls and repeated punctuation; lines stay lines."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(map(_sounded, composed))
    kept = re.sub(r"([^\w\s])\1{3,}", r"\1\1\1", kept)
    kept = re.sub(r"[^\S\n]+", " ", kept)
    return re.sub(r"\s*\n\s*", "\n", kept).strip()


def _sounded(character: str) -> str:
    if character == "\n" or character in _SPOKEN_SYMBOLS:
        return character
    return " " if unicodedata.category(character) in _UNSOUNDED else character


def fault_of(cleaned: str, language: str) -> Fault | None:
    """Why a voice of this language cannot speak a cleaned text; None: it can.

    `language`: BCP-47; empty: the voice reads whatever it is given.
    """
    letters = [character for character in cleaned if character.isalpha()]
    if not letters and not any(character.isdigit() for character in cleaned):
        return NOTHING_TO_SAY
    script = _SCRIPTS.get(primary(language), LATIN) if language else ""
    readable = sum(_is_of(character, script) for character in letters)
    if script and letters and readable < FEWEST_READABLE * len(letters):
        return WRONG_SCRIPT
    return None


def _is_of(letter: str, script: str) -> bool:
    return script.upper() in unicodedata.name(letter, "")

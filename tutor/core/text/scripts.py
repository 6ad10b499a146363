"""Which script a language is written in."""

from __future__ import annotations

import unicodedata
from functools import cache

_SCRIPTS = {
    "ARABIC": "ar fa ps sd ur",
    "ARMENIAN": "hy",
    "BENGALI": "as bn",
    "CJK": "ja ko yue zh",
    "CYRILLIC": "az ba be bg bs kk mk mn ru sr tg tt uk uz",
    "DEVANAGARI": "hi mr ne sa",
    "ETHIOPIC": "am",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he yi",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
    "TIBETAN": "bo",
}
_ALSO_LATIN = frozenset("az bs kk sr uz".split())
"""Languages that are written in Latin letters as well."""


@cache
def scripts_of(language: str) -> frozenset[str]:
    """The scripts of a language, by its Whisper code, under Unicode's names."""
    own = {script for script, languages in _SCRIPTS.items() if language in languages.split()}
    return frozenset(own | {"LATIN"} if not own or language in _ALSO_LATIN else own)


def script_of(letter: str) -> str:
    """The script of a letter, under Unicode's name."""
    name = unicodedata.name(letter, "?").split()[0].split("-")[0]
    return {"FULLWIDTH": "LATIN", "IDEOGRAPHIC": "CJK"}.get(name, name)

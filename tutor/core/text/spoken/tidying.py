"""Written words without the marks around them, in plain characters."""

from __future__ import annotations

import re
import unicodedata

from tutor.core.text.english import plain_apostrophes
from tutor.core.text.normal import without_invisible

AROUND = "()[]{}«»“”„‚‘’‹›¿¡*_…|\\"  # noqa: RUF001 - typographic marks are meant
"""Marks that may stand around a word."""

BEHIND = ",;:!?"
"""Marks of the sentence that may stand behind one."""

DASHES = re.compile("[\u2010-\u2015\u2212\u2043]")
"""All that is written for a hyphen or a minus."""

_POWER = re.compile(r"(?<!\w)(\d{1,3}|[a-ln-zA-Z])([\u00b2\u00b3])")
_SPACES = re.compile(r"(?<=\d)[\s\u00a0\u202f\u2009]+(?=\d{3}(?!\d))")


def tidy(word: str) -> str:
    """A written word with plain apostrophes, dashes and fractions, without marks around it."""
    plain = without_invisible(plain_apostrophes(word).replace("\u2033", '"'))
    plain = _POWER.sub(r"\1^\2", plain)
    plain = DASHES.sub("-", "".join(map(_vulgar, plain)))
    plain = _SPACES.sub(" ", unicodedata.normalize("NFC", plain)).strip()
    before = "* " if plain.startswith("* ") else ""
    behind = " *" if plain.rstrip(BEHIND + ".").endswith(" *") else ""
    return before + plain.strip(AROUND).rstrip(BEHIND).strip(AROUND).strip() + behind


def _vulgar(character: str) -> str:
    """A fraction that is one character, written with a slash."""
    if unicodedata.category(character) == "No" and "\u2044" in (
        parts := unicodedata.normalize("NFKC", character)
    ):
        return " " + parts.replace("\u2044", "/")
    return {"\u00b2": "2", "\u00b3": "3"}.get(character, character)

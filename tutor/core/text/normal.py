"""Words compared without case, punctuation and the encoding of accents."""

from __future__ import annotations

import re
import unicodedata

from tutor.core.text.languages import primary

UNSPACED = frozenset({"ja", "lo", "my", "th", "yue", "zh", "km", "bo"})
"""Languages written without spaces: their texts are compared by character, not by word."""

_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def normalise(unit: str) -> str:
    """A word without case, punctuation and differences in how accents are encoded; for comparison
    only."""
    folded = unicodedata.normalize("NFKC", unit).casefold()
    bare = "".join(c for c in folded if unicodedata.category(c)[0] not in "PS")
    return bare.strip() or folded


def joint(language: str) -> str:
    """What stands between two words of a language: a space, or nothing."""
    return "" if primary(language) in UNSPACED else " "


def without_invisible(text: str) -> str:
    """A text without characters that do not show: the web's soft hyphens and zero-width spaces.

    Joiners stay: Persian and the scripts of India are spelled with them.
    """
    return _INVISIBLE.sub("", text)

"""Words compared without case, punctuation and the encoding of accents."""

from __future__ import annotations

import unicodedata

UNSPACED = frozenset({"ja", "lo", "my", "th", "yue", "zh", "km", "bo"})
"""Languages written without spaces: their texts are compared by character, not by word."""


def normalise(unit: str) -> str:
    """A word without case, punctuation and differences in how accents are encoded; for comparison
    only."""
    folded = unicodedata.normalize("NFKC", unit).casefold()
    bare = "".join(c for c in folded if unicodedata.category(c)[0] not in "PS")
    return bare.strip() or folded


def joint(language: str) -> str:
    """What stands between two words of a language: a space, or nothing."""
    return "" if language.lower().split("-")[0] in UNSPACED else " "

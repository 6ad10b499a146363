"""How alike two phrases may have sounded, by their letters: for words that a recogniser misheard.

"a ticket" and "I take it" share their consonants, and little else. Letters stand for sounds only
roughly, so this may excuse a word, never accuse one.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

_SAME = str.maketrans("cqgxjzdbvn", "kkksssdpfm") | str.maketrans("d", "t")
"""Consonants that are easily heard for each other."""

FEWEST = 2
"""Consonants that a phrase needs to be told from others."""

_SILENT = re.compile(r"[aeiouyhw\W_]+")
_DOUBLED = re.compile(r"(.)\1+")


def consonants(phrase: str) -> str:
    """The consonants of a phrase, those alike as one; its letters, where it has none."""
    folded = unicodedata.normalize("NFD", phrase.casefold())
    letters = "".join(c for c in folded if unicodedata.category(c)[0] in "LN")
    bare = _SILENT.sub("", letters).translate(_SAME)
    return _DOUBLED.sub(r"\1", bare) or letters


def resemblance(left: str, right: str) -> float:
    """How alike two phrases are, 0 to 1, by their consonants; 0 where one has too few to tell."""
    ours, others = consonants(left), consonants(right)
    if min(len(ours), len(others)) < FEWEST:
        return 0.0
    return SequenceMatcher(None, ours, others, autojunk=False).ratio()

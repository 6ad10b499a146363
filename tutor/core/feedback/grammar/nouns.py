"""Plurals of nouns, and the article before a noun."""

from __future__ import annotations

import re

_IRREGULAR = {"child": "children", "person": "people", "woman": "women", "man": "men"}


def plural(noun: str) -> str:
    """The plural of a noun, in small letters: "cities", "boxes", "children"."""
    noun = noun.lower()
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if re.search("[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search("(s|sh|ch|x)$", noun) else "s")


def with_article(noun: str) -> str:
    """A noun with its indefinite article: "a doctor", "an engineer"."""
    return f"{'an' if noun.lower().startswith(tuple('aeiou')) else 'a'} {noun}"

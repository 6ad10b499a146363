"""How many syllables a word has, accurate enough to tell how fast somebody speaks.

English by its rules of spelling and a few exceptions; other languages by the groups of vowels of
their script; scripts without letters for vowels roughly.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tutor.core.text.languages import primary

_EXCEPTIONS = {
    word: count
    for count, words in (
        (1, "whole clothes loved moved"),
        (2, "being doing going seeing create people evening before lion quiet diet science giant"),
        (3, "anyone everyone area idea video radio piano museum animal period"),
        (4, "usually"),
    )
    for word in words.split()
}

_SILENT = re.compile(
    r"(?<=[^aeiouy])e(?=(ly|ment|ments|ful|less|ness|times?|where|body|thing|one|work|land|town|man|ball"
    r"|fore|cast|lessness|fulness|lessly|fully)$)"
    r"|(?<=[^aeiouysxz])(?<![cg])(?<!sh|ch)(?<![^aeiouyrlw]l)es$"  # "makes"; not "boxes"
    r"|(?<=[aeiouy])ed$|(?<=[^aeiouytd])(?<![^aeiouyrlw]l)ed$"  # "walked"; not "wanted"
    r"|(?<=[^l])e$|(?<=[aeiouyrlw]l)e$"  # "make", "while"; not "table"
)
"""Vowels that are written but not spoken."""

_APART = re.compile(
    r"(?<![ctgs])i(?=(a|um|us|o|ent|enc)(?!n$|l$|lly$|ge))|i(?=(ety|et$|ed$|est$))"
    r"|(?<=[ct])i(?=at(e|ed|es|ing|ion|ions)?$)|(?<=[pntrv])i(?=ers?$)"
    r"|[eouyi](?=ing)"  # "seeing", "trying"
    r"|(?<![gq])u(?=(al|ous|at|ity|el$|ing|ar[yi]))|e(?=(o$|os$|um$|ality$))"
    r"|(?<=cr)e(?=at)|s(?=ms?$)"  # "create", "prism"
)
"""Vowels that are a syllable of their own next to another vowel."""

_DIGITS = (0, 1, 3, 6, 6)
"""About how many syllables a number has, by its count of digits: "25" has three ("twenty-five")."""

_SMALL_KANA = frozenset("\u3083\u3085\u3087\u30e3\u30e5\u30e7\u30fc")
"""Kana that only change the sound before them: ya, yu, yo and the sign of length."""

_CYRILLIC = frozenset("аеёиоуыэюяіїєў")


@lru_cache(maxsize=10_000)
def count_syllables(word: str, language: str) -> int:
    """How many syllables a written word has; at least one if it has a letter or a digit."""
    folded = unicodedata.normalize("NFC", word).casefold()
    parts = re.findall(r"\d+|[^\s\d\-\u2010-\u2015]+", folded.replace("\u2019", "'"))
    return sum(_part_syllables(part, primary(language)) for part in parts)


def _part_syllables(part: str, language: str) -> int:
    if part.isdigit():
        return _DIGITS[len(part)] if len(part) < len(_DIGITS) else len(part)
    bare = "".join(c for c in part if unicodedata.category(c)[0] in "LM" or c == "'").strip("'")
    if not any(map(str.isalpha, bare)):
        return 0
    return (
        _english_syllables(bare)
        if language == "en" and bare.isascii()
        else max(1, _written_syllables(bare, language))
    )


def _english_syllables(word: str) -> int:
    stem, _, ending = word.partition("'")
    if word.endswith("n't"):
        stem, ending = word[:-3], "nt"
    return max(1, _stem_syllables(stem)) + _ending_syllables(stem, ending)


def _ending_syllables(stem: str, ending: str) -> int:
    """How many syllables a contraction's or genitive's ending adds: "didn't", "it'll", "Rose's"."""
    if ending == "s":
        return int(re.search("[aeiouy].*([cgsxz]|[cs]h)e?$", stem) is not None)
    if ending == "nt":
        return int(stem in ("did", "does", "is", "was", "has", "had", "could", "should", "would"))
    if ending in ("ll", "d", "ve"):
        return int(stem[-1:] not in tuple("aeiouyw"))
    return len(re.findall("[aeiouy]+", ending)) if ending != "re" else 0


def _stem_syllables(word: str) -> int:
    if word in _EXCEPTIONS:
        return _EXCEPTIONS[word]
    bare = re.sub("(^|(?<=[aeiou]))y(?=[aeiou])", "j", word)
    bare = re.sub("^every", "evry", re.sub("^interest", "intrest", bare))
    spoken = _SILENT.sub("", bare)
    if not re.search("[aeiouy]", spoken):
        spoken = bare
    return len(re.findall("[aeiouy]+", spoken)) + len(_APART.findall(spoken))


def _written_syllables(part: str, language: str) -> int:
    """How many syllables a part of a word has, by the script of its letters."""
    if re.search("[a-z\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff]", part):
        return _vowel_groups(part, language)
    if re.search("[\u0400-\u04ff]", part):
        return sum(c in _CYRILLIC for c in part)
    if re.search("[\u0590-\u07ff]", part):  # Hebrew, Arabic: two consonants to a syllable
        return round(sum(map(str.isalpha, part)) / 2)
    return sum(c.isalpha() and c not in _SMALL_KANA for c in part) - _viramas(part)


def _vowel_groups(part: str, language: str) -> int:
    """How many groups of vowels a part in Latin or Greek letters has; an accent splits some
    groups."""
    apart = re.sub("([aeo])([\u00ed\u00fa])|([\u00ed\u00fa])([aeo])", r"\1\3 \2\4", part)
    if language == "fr":
        apart = re.sub("(?<=[^aeiouy])(e|es|ent)$", "", apart) or apart
    bare = "".join(c for c in unicodedata.normalize("NFD", apart) if c.isalpha() or c == " ")
    return len(
        re.findall(
            "[aeiouy\u0131\u00f8\u00e6\u0153\u03b1\u03b5\u03b7\u03b9\u03bf\u03c5\u03c9]+", bare
        )
    )


def _viramas(part: str) -> int:
    """How many signs of a part take a letter's vowel away, in the scripts of India."""
    return sum(unicodedata.combining(c) == 9 for c in part)

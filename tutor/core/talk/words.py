"""The words of an answer, made comparable, with the clauses that they stand in.

Patterns of a scenario go through the same door, so that both are folded alike: no case, no accents
(who types leaves them out), no fillers, English contractions and French elisions apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tutor.core.text.english import plain_apostrophes
from tutor.core.text.languages import primary
from tutor.core.text.normal import without_invisible
from tutor.core.text.spoken.ways import PACKS
from tutor.core.text.wording import is_filler

MAX_WORDS = 120
"""Words of an answer that are looked at: nobody says more in one breath."""

MAX_NUMBER = 200
"""The greatest number that is known by its words; figures may be any."""

LONGEST_NUMBER = 5
"""Words of the longest number up to `MAX_NUMBER`: "one hundred and twenty three"."""

_ENDS = ".!?;…¿¡,:\u2014\u2013"
_PIECE = re.compile(r"[^\s]+")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_FIGURES = re.compile(r"\d{1,9}")
_JOINED = re.compile(r"[-/]")
_NOT = {"can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not"}
_BARE_NOT = {f"{verb}nt" for verb in "do does did is are was were have has had could would".split()}
_TYPED = {"im": "i am", "ive": "i have", "cant": "can not", "wont": "will not", "whats": "what is"}
_SHORT = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'s": "is"}


@dataclass(frozen=True)
class Token:
    """One comparable word of an answer."""

    key: str
    """The word as it is compared."""
    surface: str
    """The word as it was said, without marks around it."""
    clause: int
    """Number of the clause that it stands in."""


@dataclass(frozen=True)
class Heard:
    """An answer in comparable words."""

    text: str
    tokens: tuple[Token, ...]
    language: str
    """Primary subtag of the language that the words are compared in."""

    def said(self, start: int, end: int) -> str:
        """The words from one index to another, as they were said."""
        parts: list[str] = []
        for token in self.tokens[start:end]:
            if token.surface and (not parts or parts[-1] is not token.surface):
                parts.append(token.surface)
        return " ".join(parts)

    def number_at(self, at: int) -> int | None:
        """The index after the number that begins at an index; None if none does."""
        tokens = self.tokens
        if _FIGURES.fullmatch(tokens[at].key):
            return at + 1
        names = number_names(self.language)
        for length in range(min(LONGEST_NUMBER, len(tokens) - at), 0, -1):
            if " ".join(token.key for token in tokens[at : at + length]) in names:
                return at + length
        return None


def hear(text: str, language: str) -> Heard:
    """The words of an answer; `language` is a BCP-47 tag."""
    code = primary(language)
    tokens: list[Token] = []
    clause = 0
    for piece in _PIECE.findall(plain_apostrophes(without_invisible(text))):
        if piece[0] in "¿¡\u2014\u2013":
            clause += 1
        for part in _parts(piece):
            if is_filler(part, code):
                continue
            keys = fold(part, code).split()
            shown = iter((part, *[""] * len(keys)))
            tokens += [Token(key, next(shown), clause) for key in keys]
        if piece[-1] in _ENDS or piece in "\u2014\u2013-":
            clause += 1
        if len(tokens) >= MAX_WORDS:
            break
    return Heard(text, tuple(tokens[:MAX_WORDS]), code)


def _parts(piece: str) -> Iterator[str]:
    bare = piece.strip("".join(_ENDS) + "\"'“”„«»()[]{}<>…-")
    if _CLOCK.fullmatch(bare):
        yield bare
        return
    for part in _JOINED.split(bare):
        if word := part.strip("_*'"):
            yield word


@lru_cache(maxsize=8192)
def fold(word: str, language: str) -> str:
    """A word as it is compared: several words where a contraction stands for several."""
    small = _JOINED.sub(" ", unicodedata.normalize("NFC", word).casefold())
    if language == "en":
        small = _apart(small)
    elif language in ("fr", "it", "ca"):
        small = small.replace("'", " ")
    folded = "".join(map(_bare, small))
    return " ".join(folded.replace("'", "").split())


@lru_cache(maxsize=4096)
def _bare(sign: str) -> str:
    """A sign without accents; what is neither letter nor figure separates nothing."""
    if sign == "й":
        return sign
    plain = unicodedata.normalize("NFKD", sign)
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LN" or c in " ':.*")


def _apart(word: str) -> str:
    """An English contraction as its words; those whose apostrophe was left out in typing, too."""
    if found := _NOT.get(word) or _TYPED.get(word):
        return found
    if word in _BARE_NOT:
        return word[:-2] + " not"
    if word.endswith("n't"):
        return word[:-3] + " not"
    for short, whole in _SHORT.items():
        if word.endswith(short) and len(word) > len(short):
            return f"{word[: -len(short)]} {whole}"
    return word


@lru_cache(maxsize=8)
def number_names(language: str) -> dict[str, int]:
    """The folded names of the numbers from 0 to `MAX_NUMBER` in a language that has rules."""
    pack = PACKS.get(language)
    if pack is None:
        return {}
    names: dict[str, int] = {}
    for number in range(MAX_NUMBER + 1):
        for name in (pack.words(number), *pack.cardinals(number)):
            key = " ".join(fold(part, language) for part in re.split(r"[\s\-]+", name))
            names.setdefault(" ".join(key.split()), number)
    return names


def is_clock(key: str) -> bool:
    """Whether a word is a time in figures: 7:30, 7.30, 7h30."""
    return _CLOCK.fullmatch(key) is not None

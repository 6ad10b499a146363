"""Words made comparable: what is spoken alike counts as equal, however it is spelled.

A text and a recogniser's transcript of it differ in ways that are no reader's mistake: "25" or
"twenty-five", "I'm" or "I am", "colour" or "color", "e-mail" or "email". Here both become tokens
with comparable keys, and each token remembers which words it came from.

What can be said in several ways (`tutor.core.text.spoken.ways`) is compared in one of them: the
likeliest, or the one that is asked for. English has rules of its own (`tutor.core.text.english`);
other languages are compared without case, punctuation and differences of encoding, and their
numbers figure by figure or, where `tutor.core.text.numbers.foreign` knows how they are spoken, word
by word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from tutor.core.text.english import SHORT, english_keys, plain_apostrophes
from tutor.core.text.languages import primary
from tutor.core.text.normal import UNSPACED
from tutor.core.text.numbers.foreign import LANGUAGES, MOST, figures, spoken_forms
from tutor.core.text.pasted import SIGNS_APART, UNITS_APART, pieces_of
from tutor.core.text.spoken.ways import PACKS, ways_of

FILLERS = {
    "en": frozenset("um uh uhm umm uhh er erm ehm hm hmm mm mmm mhm ah eh".split()),
    "de": frozenset("äh ähm öh öhm hm hmm mhm ehm eh".split()),
    "es": frozenset("eh em ehm este mm mmm hmm".split()),
    "fr": frozenset("euh heu hum hm hmm ben mm".split()),
    "ru": frozenset("э ээ эээ эм эмм мм ммм хм гм ну".split()),
}
"""Sounds that fill a pause, by language."""

_PUNCTUATION = "\"'.,;:!?()"
"""Punctuation that may stand around a spoken sign."""

_ANY_FILLER = frozenset("um uh uhm umm er erm hm hmm mm mmm mhm eh ehm".split())

_UNVOWELLED = frozenset({"ar", "fa", "he", "ur", "yi"})
"""Languages whose vowel signs are mostly left out in writing."""


@dataclass(frozen=True)
class Token:
    """A unit of comparison, and the words that it came from."""

    key: str
    start: int
    end: int
    """The token came from `words[start:end]`: several words for a digit of "one hundred and
    five"."""


def split_words(text: str, language: str) -> tuple[str, ...]:
    """The words of a text as spelled, punctuation attached; characters if unspaced.

    What a page or a word processor leaves in a text is no word: tags, hyphens at a line's end. A
    sign that is read aloud belongs to the number before it or the word after it ("20 %", "salt &
    pepper" are one word and two), a list's number to the word after it: each word has sounds of its
    own.
    """
    pieces = pieces_of(text)
    if primary(language) in UNSPACED:
        pieces = [c for piece in pieces for c in split_characters(piece)]
    signs = SIGNS_APART if primary(language) in PACKS else frozenset[str]()
    words: list[str] = []
    before = ""
    for piece in pieces:
        if any(c.isalnum() for c in piece):
            words.append(before + piece)
            before = ""
        elif (sign := piece.strip(_PUNCTUATION)) in signs:
            if words and not before and sign in UNITS_APART and words[-1][-1].isdigit():
                words[-1] += " " + piece
            else:
                before += piece + " "
    if words and before:
        words[-1] += " " + before.rstrip()
    return tuple(words)


def split_characters(text: str) -> list[str]:
    """The characters of a text, each with its marks and the punctuation after it.

    Runs of Latin letters or digits stay together, so that a name or a number is one word.
    """
    return re.findall(r"(?:[A-Za-z]+|[0-9]+|\w)[^\w]*", "".join(_with_marks(text)))


_CACHED_WORDS = 10_000
_COMPARED = 65_536
"""Words, and pairs of keys, of which is kept what was found: those of an utterance and of its text
are asked for several times."""


@lru_cache(maxsize=_CACHED_WORDS)
def is_filler(word: str, language: str) -> bool:
    """Whether a word only fills a pause ("um")."""
    return _fold(word, language).strip("'") in FILLERS.get(primary(language), _ANY_FILLER)


LIKELIEST: Mapping[int, int] = MappingProxyType({})
"""The choice of the likeliest way of everything."""


def tokenise(
    words: Sequence[str], language: str, chosen: Mapping[int, int] = LIKELIEST
) -> tuple[Token, ...]:
    """The comparable tokens of a sequence of words, in order.

    `chosen`: the way in which a span is said, by its first word: an index of its ways, else the
    first one.
    """
    spoken: list[str] = []
    origins: list[tuple[int, int]] = []
    for start, end, text in _as_said(words, language, chosen):
        parts = text.split()
        spoken += parts
        origins += [(start, end)] * len(parts)
    return tuple(
        Token(key, origins[first][0], origins[last - 1][1])
        for key, first, last in _keys(spoken, language)
    )


def _as_said(
    words: Sequence[str], language: str, chosen: Mapping[int, int]
) -> Iterator[tuple[int, int, str]]:
    """The texts that are said for words, each with `start` and `end` of its words."""
    at = 0
    for span in ways_of(words, language):
        yield from ((n, n + 1, words[n]) for n in range(at, span.start))
        way = span.ways[chosen.get(span.start, 0)]
        if len(way) == 1:
            yield span.start, span.end, way[0]
        else:
            yield from ((span.start + n, span.start + n + 1, text) for n, text in enumerate(way))
        at = span.end
    yield from ((n, n + 1, words[n]) for n in range(at, len(words)))


@lru_cache(maxsize=8192)
def way_keys(way: tuple[str, ...], language: str) -> tuple[str, ...]:
    """The comparable keys of a way in which a span is said."""
    return tuple(key for key, _, _ in _keys(" ".join(way).split(), language))


def _keys(words: Sequence[str], language: str) -> Iterator[tuple[str, int, int]]:
    """The comparable keys of spoken words, each with `start` and `end` of its words."""
    if primary(language) == "en":
        yield from english_keys(words)
        return
    for at, word in enumerate(words):
        yield from ((key, at, at + 1) for key in _word_keys(word, primary(language)))


@lru_cache(maxsize=_CACHED_WORDS)
def _word_keys(word: str, language: str) -> tuple[str, ...]:
    """The keys of a word of another language than English."""
    parts = _split_folded(_fold(word, language))
    return tuple(key for part in parts for key in _part_keys(part, language))


def _part_keys(part: str, language: str) -> Sequence[str]:
    if not part.isdecimal():
        return [part]
    if language in LANGUAGES and (part == "0" or part[0] != "0") and int(part) <= MOST:
        return figures(int(part), language)
    return part


@lru_cache(maxsize=_COMPARED)
def alike(left: str, right: str) -> bool:
    """Whether two keys may stand for the same spoken word."""
    if left == right or right in SHORT.get(left, ()) or left in SHORT.get(right, ()):
        return True
    return _is_said_as(left, right) or _is_said_as(right, left)


LONGEST_FIGURE = 3
"""Figures of the longest number whose words are known one by one."""


def _is_said_as(figure: str, word: str) -> bool:
    return (
        figure.isdecimal() and len(figure) <= LONGEST_FIGURE and word in spoken_forms(int(figure))
    )


def _with_marks(text: str) -> Iterator[str]:
    """The characters of a text, composed with their marks where Unicode can."""
    yield from unicodedata.normalize("NFC", text)


def _fold(word: str, language: str) -> str:
    """A word without case and differences of encoding; one kind of apostrophe, no symbols."""
    folded = (
        unicodedata.normalize("NFKC", plain_apostrophes(word))
        .casefold()
        .replace("\u0451", "\u0435")
    )  # Russian io is mostly written ie
    if primary(language) in _UNVOWELLED:
        decomposed = unicodedata.normalize("NFD", folded)
        folded = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return "".join(map(_plain_character, folded)).strip(_EDGES)


_EDGES = " -'"


def _plain_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    kind = unicodedata.category(character)
    return "-" if kind[0] in "PSZC" and character != "'" else character


def _split_folded(folded: str) -> list[str]:
    """The words inside a folded word: "l'école" is two, "1-000" is one number."""
    joined = re.sub(r"(?<=\d)-+(?=\d)", "", folded)
    return [part for part in re.split(r"['\-]+|(?<=\d)(?=[^\W\d])", joined) if part]

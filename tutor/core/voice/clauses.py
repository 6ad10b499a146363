"""A text in clauses: each is made into sound by itself, so that the first is heard at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FIRST_CHARS = 60
"""A first sentence longer than this is cut at its first comma, so that its beginning comes soon."""

FEWEST_CHARS = 12
"""Characters of the shortest part that a sentence is cut into: a word by itself sounds clipped."""

MOST_CHARS = 180
"""Characters of the longest clause: what is longer is cut at a comma, or else at a space."""

_NO_END = frozenset(
    "mr mrs ms dr prof st jr sr vs e.g i.e approx no dept jan feb aug sept oct nov dec bzw z.b "
    "sra dña ud uds mme т.е".split()  # noqa: RUF001 - Russian
)
"""Short forms whose full stop ends no sentence."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"'\u201d\u2019»)\]]*(?=\s)|[。！？]+[」』）]*|\n")  # noqa: RUF001
_PART_END = re.compile(r"[,;:\u2014]+[\"'\u201d\u2019»)\]]*(?=\s)|[、，；：]")  # noqa: RUF001

COMMA_MS, SENTENCE_MS, PARAGRAPH_MS = 100, 250, 500
"""Milliseconds of silence behind a part of a sentence, a sentence, a paragraph."""


@dataclass(frozen=True)
class Clause:
    """A part of a text that is said in one breath."""

    text: str
    """As it is written."""
    pause_ms: int
    """Silence behind it at the voice's own speed; 0 behind the last."""


def split_clauses(text: str, *, is_whole: bool = True) -> tuple[Clause, ...]:
    """The clauses of a text, in order; none of a text without a word.

    `is_whole`: whether no more text comes. Else the last sentence is left out: what follows may
    belong to it. The clauses before are then those of the whole text, whatever comes.
    """
    clauses: list[Clause] = []
    sentences = list(_sentences(text))
    for sentence, pause_ms in sentences if is_whole else sentences[:-1]:
        parts = _parts(sentence, FIRST_CHARS if not clauses else MOST_CHARS)
        clauses += [Clause(part, COMMA_MS) for part in parts[:-1]]
        clauses.append(Clause(parts[-1], pause_ms))
    if not is_whole or not clauses:
        return tuple(clauses)
    return (*clauses[:-1], Clause(clauses[-1].text, 0))


def _sentences(text: str) -> Iterator[tuple[str, int]]:
    """The sentences of a text, and the silence behind each."""
    begin = 0
    for found in _SENTENCE_END.finditer(text):
        if not _ends_sentence(text, found):
            continue
        sentence = text[begin : found.end()].strip()
        begin = found.end()
        if _has_word(sentence):
            ends_paragraph = found[0] == "\n" or text[begin:].lstrip(" \t").startswith("\n")
            yield sentence, PARAGRAPH_MS if ends_paragraph else SENTENCE_MS
    if _has_word(rest := text[begin:].strip()):
        yield rest, 0


def _ends_sentence(text: str, found: re.Match[str]) -> bool:
    if not found[0].startswith(".") or found[0].startswith(".."):
        return True
    words = text[: found.start()].rsplit(None, 1)
    before = words[-1].lstrip("(\"'\u201c") if words else ""
    behind = text[found.end() :].lstrip()[:1]
    initial = len(before) == 1 and before.isupper() and before != "I"
    return not (before.lower() in _NO_END or initial or behind.islower())


def _parts(sentence: str, most: int) -> list[str]:
    """The parts of a sentence, none longer than `MOST_CHARS`, the first cut soon if it may be."""
    parts: list[str] = []
    while len(sentence) > most:
        cut = _cut(sentence, most)
        if cut is None:
            if len(sentence) <= MOST_CHARS:
                break
            cut = MOST_CHARS
        parts.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
        most = MOST_CHARS
    return [part for part in (*parts, sentence) if _has_word(part)]


def _cut(sentence: str, most: int) -> int | None:
    """Where a sentence is cut: at its last comma that is near enough, or at a space if it must."""
    ends = [found.end() for found in _PART_END.finditer(sentence)]
    near = [end for end in ends if FEWEST_CHARS <= end <= most and len(sentence) - end > 1]
    if near:
        return near[0] if most == FIRST_CHARS else near[-1]
    if len(sentence) <= MOST_CHARS:
        return None
    space = sentence.rfind(" ", FEWEST_CHARS, MOST_CHARS)
    return space if space > 0 else None


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)

"""Which of the heard words stand for which words of a text.

Both ends of the text are free (a reader begins and stops where they like), a gap costs little more
the longer it is (a reader who skips a sentence skips it whole), and to begin elsewhere than at the
reader's place costs about as much as four words bring, so that a few chance matches move nobody.

The alignment is that of Smith and Waterman (1981) with the affine gaps of Gotoh (1982), over
comparable tokens (`tutor.core.text.wording`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, product
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.reading.restarts import fluent_tokens
from tutor.core.feedback.reading.saying import Ways, choose_ways
from tutor.core.text.english import SHORT
from tutor.core.text.marks import ends_sentence
from tutor.core.text.wording import LONGEST_FIGURE, Token, alike, tokenise

MATCH = 1.0
SAME_BEGINNING = -0.45
SUBSTITUTION = -0.9
"""What it brings to pair words that begin alike ("walk", "walked"), and others."""
INSERTION = -1.0
OMISSION = -0.8
NEXT_OMISSION = -0.3
"""What the first omitted word of a gap costs, and each further one."""
STEP = -0.5
JUMP = -4.0
FAR = -0.005
"""What it costs to begin a word or more off the reader's place: for each word, at most a jump; and
a little for each word of distance, so that of two equal places the nearer one wins."""
SENTENCE_START = 0.7
"""The share of that cost for beginning at the start of a sentence."""

MOST_BEHIND, MOST_AHEAD = 400, 800
"""Tokens of a text before and after the reader's place that are looked at, so that nobody can make
it costly: a text of long numbers has some eighty a word. In 30 s some 250 are read."""

MOST_HEARD = 600
"""Tokens of an utterance that are looked at: more than Whisper writes in 30 s of anything."""

KEPT = 8
"""Alignments that are kept."""

_Scores = npt.NDArray[np.float64]
_Number = TypeVar("_Number", np.float64, np.intp)
Pairs = list[tuple[int | None, int | None]]
"""Index of a heard token, index of a text's token; None where the other has no partner."""


@dataclass(frozen=True)
class Paired:
    """How the tokens of a text and those of heard words pair."""

    text: Sequence[Token]
    tokens: Sequence[Token]
    """The heard tokens."""
    pairs: Pairs
    ways: Ways
    """The ways in which both are said, where it is not the likeliest."""
    steps: int
    """How many pairs of tokens were looked at: what it cost."""


def pair_ways(
    window: Sequence[str], place: int, heard: Sequence[RecognisedWord], language: str
) -> Paired:
    """How a text and heard words pair, and in which of their ways both are said.

    `place`: index in the window of the word that is expected next. One utterance is paired several
    times in a row; the latest few are kept.
    """
    return _pair_ways(tuple(window), place, tuple(heard), language)


@lru_cache(maxsize=KEPT)
def _pair_ways(
    window: tuple[str, ...], place: int, heard: tuple[RecognisedWord, ...], language: str
) -> Paired:
    first = _pair(window, place, heard, language, Ways({}, {}))
    if not first.pairs:
        return first
    words = [word.text for word in heard]
    ways = choose_ways(window, words, first.text, first.tokens, first.pairs, place, language)
    if any(ways.text.values()) or any(ways.heard.values()):
        found = _pair(window, place, heard, language, ways)
        return replace(found, steps=first.steps + ways.steps + found.steps)
    return replace(first, steps=first.steps + ways.steps)


def _pair(
    window: Sequence[str], place: int, heard: Sequence[RecognisedWord], language: str, ways: Ways
) -> Paired:
    text = _near(tokenise(window, language, ways.text), place)
    spoken = tokenise([word.text for word in heard], language, ways.heard)[:MOST_HEARD]
    tokens = fluent_tokens(spoken, heard, text, language)
    text, tokens = _compounds_joined(text, tokens), _compounds_joined(tokens, text)
    if not text or not tokens:
        return Paired(text, tokens, [], ways, 0)
    scores = _similarities(tokens, text)
    pairs = _align(scores, _beginnings(window, place, text))
    pairs = _without_loose_ends(pairs, window, text, scores)
    return Paired(text, tokens, pairs, ways, scores.size)


def _near(text: Sequence[Token], place: int) -> Sequence[Token]:
    """The tokens of a text that a reader can come to from a place, and those a little before."""
    at = next((n for n, token in enumerate(text) if token.end > place), len(text))
    return text[max(0, at - MOST_BEHIND) : at + MOST_AHEAD]


def _compounds_joined(tokens: Sequence[Token], others: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens, two as one where the other side writes them as one: "book shelf", "bookshelf"."""
    singles = {token.key for token in others if len(token.key) > 2}
    doubles = {(a.key, b.key) for a, b in pairwise(others)}
    joined: list[Token] = []
    at = 0
    while at < len(tokens):
        here, after = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else None
        if after and here.key + after.key in singles and (here.key, after.key) not in doubles:
            joined.append(Token(here.key + after.key, here.start, after.end))
            at += 2
        else:
            joined.append(here)
            at += 1
    return tuple(joined)


def _similarities(tokens: Sequence[Token], text: Sequence[Token]) -> _Scores:
    """What it brings to pair each token with each one of the text; [tokens, text tokens]."""
    left, right = _numbered(tokens), _numbered(text)
    scores: _Scores = _similar(list(left), list(right))[
        np.ix_([left[token.key] for token in tokens], [right[token.key] for token in text])
    ]
    return scores


def _numbered(tokens: Sequence[Token]) -> dict[str, int]:
    """The different keys of tokens, numbered."""
    return {key: n for n, key in enumerate(dict.fromkeys(token.key for token in tokens))}


def _similar(left: Sequence[str], right: Sequence[str]) -> _Scores:
    """What it brings to pair keys, all different on each side; [left, right]."""
    begun = np.equal.outer([key[:2] for key in left], [key[:2] for key in right])
    scores: _Scores = np.where(begun, SAME_BEGINNING, SUBSTITUTION)
    scores[np.equal.outer(left, right)] = MATCH
    for h, t in _with_contractions(left, right):
        if alike(left[h], right[t]):
            scores[h, t] = MATCH
    return scores


def _with_contractions(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Index pairs in which one side may stand for other words."""
    short = [h for h, key in enumerate(left) if _is_short(key)]
    yield from product(short, range(len(right)))
    yield from product(range(len(left)), [t for t, key in enumerate(right) if _is_short(key)])


def _is_short(key: str) -> bool:
    """Whether a key may stand for other words: "'s", or a number's figures."""
    return key in SHORT or (key.isdecimal() and len(key) <= LONGEST_FIGURE)


def _beginnings(window: Sequence[str], place: int, text: Sequence[Token]) -> _Scores:
    """What it costs to begin before each token of the text, and after the last one; [text tokens +
    1]."""
    words = np.array([token.start for token in text] + [len(window)])
    starts = np.array([True, *map(ends_sentence, window)])
    off = np.abs(words - place)
    costs: _Scores = np.maximum(STEP * off, JUMP) + FAR * off
    costs[starts[words]] *= SENTENCE_START
    inside = np.diff(words, prepend=-1) == 0  # a reader hardly begins in the middle of a word
    costs[inside] = JUMP + FAR * off[inside]
    return costs


def _align(scores: _Scores, beginnings: _Scores) -> Pairs:
    """The best alignment of all tokens with a part of the text.

    `scores`: [tokens, text tokens]; `beginnings`: [text tokens + 1].
    """
    width = scores.shape[1]
    best, rows = beginnings, []
    slope = NEXT_OMISSION * np.arange(width + 1)
    for row in scores:
        inserted = best + INSERTION
        paired = _moved_on(best + np.append(row, 0.0), -np.inf)
        said = np.maximum(paired, inserted)
        opened = _moved_on(_running_argmax(said - slope), 0)
        gap = np.arange(width + 1) - opened
        omitted = said[opened] + OMISSION + NEXT_OMISSION * (gap - 1)
        omitted[0] = -np.inf
        rows.append(_Row(paired >= inserted, omitted > said, opened))
        best = np.maximum(said, omitted)
    # Behind the last token nothing is omitted, so the alignment ends with what was said.
    return _trace_back(rows, int(np.argmax(said)))


def _moved_on(values: npt.NDArray[_Number], first: float) -> npt.NDArray[_Number]:
    """The values moved one place on, with `first` in front."""
    moved = np.empty_like(values)
    moved[0], moved[1:] = first, values[:-1]
    return moved


@dataclass(frozen=True)
class _Row:
    """How the best alignment of the tokens up to one of them came about; arrays [text tokens +
    1]."""

    paired: npt.NDArray[np.bool_]
    """Whether the token is paired with the text's token before the place, rather than inserted."""
    skipped: npt.NDArray[np.bool_]
    """Whether the text's tokens before the place are omitted."""
    opened: npt.NDArray[np.intp]
    """Where the gap of omitted tokens begins."""


def _running_argmax(values: _Scores) -> npt.NDArray[np.intp]:
    """For each place the index of the greatest value up to it, the last one of equals."""
    greatest = np.maximum.accumulate(values)
    return np.maximum.accumulate(np.where(values >= greatest, np.arange(len(values)), 0))


def _trace_back(rows: Sequence[_Row], end: int) -> Pairs:
    """The pairs of the best alignment, found by walking back from its end."""
    pairs: Pairs = []
    place, last = end, len(rows) - 1
    for h in range(last, -1, -1):
        row = rows[h]
        if h != last and row.skipped[place]:
            start = int(row.opened[place])
            pairs += [(None, t) for t in range(place - 1, start - 1, -1)]
            place = start
        paired = bool(row.paired[place])
        pairs.append((h, place - 1 if paired else None))
        place -= paired
    return pairs[::-1]


def _without_loose_ends(
    pairs: Pairs, window: Sequence[str], text: Sequence[Token], scores: _Scores
) -> Pairs:
    """The pairs without those that only chance made, and without omissions at the ends.

    What is said after the end of a sentence, and does not match the next one, is not paired with
    that one's words.
    """
    matched = [t for h, t in pairs if h is not None and t is not None and scores[h, t] == MATCH]
    if matched:
        pairs = [
            (h, None if t is not None and _is_loose(t, matched[-1], window, text) else t)
            for h, t in pairs
        ]
    inside = [n for n, (h, t) in enumerate(pairs) if h is not None and t is not None]
    lo, hi = (inside[0], inside[-1]) if inside else (len(pairs), -1)
    return [
        (h, t) for n, (h, t) in enumerate(pairs) if h is not None or (t is not None and lo < n < hi)
    ]


def _is_loose(t: int, last: int, window: Sequence[str], text: Sequence[Token]) -> bool:
    between = range(text[last].end - 1, text[t].start)
    return t > last and any(ends_sentence(window[n]) for n in between)

"""Which stretches of a passage were read, and which match what was said only by chance.

In another text a few words always match: "the", "is", whatever sounds alike. Each word of a passage
has odds that it was read, from what was recognised in its place and how its sounds were heard; that
somebody reads, then says something else, then reads on, is rare. So the stretches are those of the
likeliest path through two states, reading and not, with a cost for each change (Viterbi).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.core.feedback.assessment import (
    Passage,
    PronouncedWord,
    Pronunciation,
    ReadWord,
    WordStatus,
)

CHANGE = 4.0
"""What it costs to begin to read, or to stop, within a passage: a natural logarithm, as all odds."""

NOT_READING = 3.0
"""What it costs that somebody does not read from the first word on."""

ADDED = -1.0
"""The log odds of an added word: of what somebody says while reading few words are no text."""

MOST = 3.0
"""The most that one word counts."""


@dataclass(frozen=True)
class Weights:
    """A logistic regression: log odds that a word was read."""

    base: float
    matched: float
    """For a word that was recognised."""
    said: float
    """For a word that the audio holds."""
    log_probability: float
    """For each natural logarithm of the word's probability for the recogniser."""
    sounds: float
    """For each point of the mean score of its sounds, 0 to 100."""


WITH_SOUNDS = Weights(0.0, 2.0, 1.0, 0.3, 0.03)
WITHOUT_SOUNDS = Weights(0.0, 2.0, 1.0, 0.3, 0.0)
"""Fitted to """


def word_odds(status: WordStatus, word: PronouncedWord) -> float:
    """The log odds that a word of the text was read, at most `MOST` either way."""
    weights = WITH_SOUNDS if word.phones else WITHOUT_SOUNDS
    sounds = sum(p.score for p in word.phones) / len(word.phones) if word.phones else 0.0
    odds = (
        weights.base
        + weights.matched * (status == "matched")
        + weights.said * (word.score is not None)
        + weights.log_probability * math.log(max(word.probability, 1e-9))
        + weights.sounds * sounds
    )
    return min(MOST, max(-MOST, odds))


def odds_of(passage: Passage, pronunciation: Pronunciation) -> list[float]:
    """The log odds that each word of a passage is reading; `pronunciation`: of the text's words."""
    words = iter(pronunciation.words)
    return [
        ADDED if word.status == "inserted" else word_odds(word.status, next(words))
        for word in passage.words
    ]


def stretches(odds: Sequence[float]) -> list[bool]:
    """Whether each word belongs to a stretch that was read, from the log odds of each."""
    read, unread, backs = 0.0, -NOT_READING, []
    for one in odds:
        backs.append((unread - CHANGE > read, read - CHANGE > unread))
        read, unread = max(read, unread - CHANGE) + one / 2, max(unread, read - CHANGE) - one / 2
    reads, found = read >= unread, []
    for began, stopped in reversed(backs):
        found.append(reads)
        reads = not began if reads else stopped
    return found[::-1]


def find_read(passage: Passage, pronunciation: Pronunciation) -> list[bool]:
    """Whether each word of a passage belongs to what was read; `pronunciation`: of its text."""
    return stretches(odds_of(passage, pronunciation))


def reads_nothing(passage: Passage, read: Sequence[bool]) -> bool:
    """Whether no word of the text was read, so that something else was said."""
    return not any(is_of_text for is_of_text in _text_flags(passage, read))


def read_passage(passage: Passage, read: Sequence[bool]) -> Passage:
    """The passage from the first word of the text that was read to the last one."""
    flags = _text_flags(passage, read)
    first = flags.index(True)
    last = len(flags) - flags[::-1].index(True)
    words: list[ReadWord] = []
    n = 0
    for word in passage.words:
        if first <= n < last or (n == last and word.status == "inserted"):
            words.append(word)
        n += word.status != "inserted"
    return Passage(passage.start + first, passage.start + last, tuple(words))


def without_chance(passage: Passage, read: Sequence[bool]) -> Passage:
    """The passage with every word omitted that does not belong to what was read."""
    words = tuple(
        word if is_read or word.status == "inserted" else ReadWord(word.text, "omitted")
        for word, is_read in zip(passage.words, read, strict=True)
    )
    return replace(passage, words=words)


def _text_flags(passage: Passage, read: Sequence[bool]) -> list[bool]:
    return [
        is_read
        for word, is_read in zip(passage.words, read, strict=True)
        if word.status != "inserted"
    ]

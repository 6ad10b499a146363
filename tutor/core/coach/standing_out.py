"""Which words of an utterance stand out: to be praised, or to be tried again."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from itertools import groupby

from tutor.core.coach.phrases import bare
from tutor.core.feedback.assessment import Passage, PronouncedWord, Pronunciation, ReadWord

WEAK = 60
"""A word or sound with a lower score is worth trying again. Experts gave such words 5 of 10 or
less."""

GOOD = 80
"""The score from which on the coach praises something."""

OUTLIER = 15
"""Points by which an uncalibrated score must lie under the mean of the other words: it only
ranks."""

LONG_WORD = 6
"""Letters that a word needs to be praised."""

SHORT_WORD = 3
"""Letters that a word needs to be corrected; shorter words are mostly weak forms, which are rightly
spoken without care."""

FEW_WORDS = 3
"""Words that an utterance needs: fewer say nothing about fluency, completeness or ranks."""


def weakest_word(heard: Pronunciation) -> PronouncedWord | None:
    """The word most worth trying again, if one stands out.

    A calibrated score has a meaning of its own; any other only ranks, so a word must be far under
    the mean of the rest.
    """
    scored = [(word.score, n) for n, word in enumerate(heard.words) if word.score is not None]
    scored = [(score, n) for score, n in scored if _is_long(heard.words[n])] or scored
    if not scored:
        return None
    score, index = min(scored)
    if heard.calibrated:
        return heard.words[index] if score < WEAK else None
    others = [other for other, n in scored if n != index]
    if len(others) + 1 < FEW_WORDS or score > sum(others) / len(others) - OUTLIER:
        return None
    return heard.words[index]


def best_word(heard: Pronunciation, otherwise: Container[int] = ()) -> PronouncedWord | None:
    """The best long word: one scored `GOOD` where scores are calibrated, else the best of all
    words. One that was recognised as another one is praised by nobody (`otherwise`: indices)."""
    long = [
        (word.score, len(word.text), n)
        for n, word in enumerate(heard.words)
        if word.score is not None and len(bare(word.text)) >= LONG_WORD and n not in otherwise
    ]
    if not long or len(heard.words) < FEW_WORDS:
        return None
    score, _, index = max(long)
    first = score == max(word.score or 0 for word in heard.words)
    return heard.words[index] if (score >= GOOD if heard.calibrated else first) else None


def weakest_sound(word: PronouncedWord) -> str | None:
    """IPA of the word's weakest sound; None if no sound is weak."""
    weakest = min(word.phones, key=lambda phone: phone.score, default=None)
    return weakest.ipa if weakest and weakest.score < WEAK else None


def is_clear(word: PronouncedWord) -> bool:
    """Whether a word was surely said, and none of its sounds was weak."""
    return word.score is not None and word.score >= WEAK and weakest_sound(word) is None


def written_otherwise(passage: Passage) -> frozenset[int]:
    """The words that count as read and were recognised as other ones, by index in the passage: by
    their sounds they were said, but they may well have been said so ("hermano" for "hermana")."""
    read = [word for word in passage.words if word.status != "inserted"]
    return frozenset(n for n, word in enumerate(read) if _is_other(word))


def _is_other(word: ReadWord) -> bool:
    """Whether a word was recognised as another one, and not only with other accents or spaces; or
    as none."""
    is_short = any(mark in f"{word.text}{word.heard}" for mark in "'\u2019")  # "I'm" for "I am"
    same = _letters(word.heard) == _letters(word.text)
    return word.status == "matched" and not same and not is_short


def has_figures(text: str) -> bool:
    """Whether figures were recognised: they are as many words as one likes."""
    return any(map(str.isdigit, text))


def _letters(text: str | None) -> str:
    plain = unicodedata.normalize("NFD", (text or "").casefold())
    return "".join(filter(str.isalnum, plain))


def _is_long(word: PronouncedWord) -> bool:
    return len(bare(word.text)) >= SHORT_WORD


def with_status(passage: Passage, status: str) -> list[ReadWord]:
    """The words of a passage of which one thing became."""
    return [word for word in passage.words if word.status == status]


def runs_added(passage: Passage) -> list[list[str]]:
    """The words that were added to a passage, those that follow one another together."""
    runs = groupby(passage.words, lambda word: word.status == "inserted")
    return [[word.text for word in words] for is_added, words in runs if is_added]

"""The marks of written sentences: where one ends, and what may stand behind its last mark."""

from __future__ import annotations

from collections.abc import Iterable

SENTENCE_ENDS = tuple(".!?\u2026\u3002\uff01\uff1f\u061f\u0964")
"""Marks that end a sentence, those of Chinese, Arabic and Hindi, too."""

CLOSING = "\"'\u00bb\u201d\u2019)]}"
"""Quotation marks and brackets that may stand behind the mark."""


def ends_sentence(word: str) -> bool:
    """Whether a word is the last one of a sentence, by the mark behind it."""
    return word.rstrip(CLOSING).endswith(SENTENCE_ENDS)


def closing_mark(words: Iterable[str], default: str = ".") -> str:
    """The mark that ends the last one of some words; `default` where there is none."""
    last = [word.rstrip(CLOSING)[-1:] for word in words][-1:]
    return last[0] if last and last[0] in SENTENCE_ENDS else default

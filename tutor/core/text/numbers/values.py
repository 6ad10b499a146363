"""The figures that English number words stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.numbers.english import SCALES, SMALL, TENS, ordinal

_TENS = {word: 10 * tens for tens, word in enumerate(TENS) if tens > 1}
_VALUES = {word: value for value, word in enumerate(SMALL) if value} | _TENS
"""The values of cardinals that are one word, zero left out."""
_UNITS = {word: value for word, value in _VALUES.items() if value < 10}
_ORDINALS = {ordinal(word): value for word, value in _VALUES.items()}


def figures_at(words: Sequence[str], at: int) -> list[str]:
    """The figures, one by one, of the number word at an index outside a composed number.

    Empty if the word there is no number. An ordinal's last figure ends in "th".
    """
    word = words[at]
    if ordered := str(_ORDINALS.get(word, "")) or (word[:-2] if is_ordinal(word) else ""):
        return [*ordered[:-1], ordered[-1] + "th"]
    if word in _TENS and _is_unit(_word_at(words, at + 1)):
        return [str(_TENS[word] // 10)]  # "twenty three" is 2 3, not 2 0 3
    if word in _VALUES:
        return list(str(_VALUES[word]))
    return ["0"] if _is_zero(words, at) else []


def is_ordinal(word: str) -> bool:
    """Whether a word is an ordinal in figures: 3rd."""
    return re.fullmatch(r"\d+(st|nd|rd|th)", word) is not None


def _is_unit(word: str) -> bool:
    return word in _UNITS or _ORDINALS.get(word, 10) < 10


def _is_zero(words: Sequence[str], at: int) -> bool:
    """Whether a word is a zero: "zero", or "oh" beside a number ("nineteen oh five")."""
    if words[at] == "zero":
        return True
    around = [*words[max(0, at - 1) : at], *words[at + 1 : at + 2]]
    return words[at] in ("oh", "o") and any(word.isdigit() or word in _VALUES for word in around)


def composed_at(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """The value of a number of several words ("a hundred and five"), and the index after it.

    (None, at + 1) if no such number begins at the index.
    """
    total, end, least = 0, at, 10**15
    composed = False
    while True:
        value, stop, is_composed = _below_thousand(words, _after_and(words, end) if total else end)
        scale = SCALES.get(_word_at(words, stop), 1)
        if value is None or scale >= least:
            break
        total, least = total + value * scale, scale
        end = stop + (scale > 1)
        composed = composed or is_composed or scale > 1
        if scale == 1:
            break
    return (total, end) if composed else (None, at + 1)


def _below_thousand(words: Sequence[str], at: int) -> tuple[int | None, int, bool]:
    """The value of a number up to 999 (or "nineteen hundred"), the index after it, and whether
    "hundred" is in it."""
    article = _word_at(words, at) == "a" and _word_at(words, at + 1) in ("hundred", *SCALES)
    value, end = (1, at + 1) if article else _below_hundred(words, at)
    if value is None or _word_at(words, end) != "hundred":
        return value, end, False
    more, stop = _below_hundred(words, _after_and(words, end + 1))
    if more is None or more > 99 or _word_at(words, stop) == "hundred":
        return value * 100, end + 1, True
    return value * 100 + more, stop, True


def _below_hundred(words: Sequence[str], at: int) -> tuple[int | None, int]:
    word = _word_at(words, at)
    if word in _TENS:
        unit = _UNITS.get(_word_at(words, at + 1), 0)
        return _TENS[word] + unit, at + 1 + (unit > 0)
    if word.isdigit() and len(word) <= 3 and word[0] != "0":
        return int(word), at + 1
    return _VALUES.get(word), at + 1


def _after_and(words: Sequence[str], at: int) -> int:
    """The index after an "and" that joins the parts of a number: "a hundred and five"."""
    joins = _word_at(words, at) == "and" and _below_hundred(words, at + 1)[0] is not None
    return at + 1 if joins else at


def _word_at(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""

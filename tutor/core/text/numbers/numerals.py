"""Numbers in figures as English speaks them, so that their sounds can be looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.core.text.numbers.english import SCALES, SMALL, TENS, ordinal

_YEARS = (range(1100, 2000), range(2010, 2100))
"""Ranges of numbers that are read as years: nineteen eighty-four. Only four figures without a comma
are."""

_LONGEST = 12
"""Figures of the longest number that is read as one; in longer ones each figure is read by
itself."""

_FIGURES = re.compile(r"(\d+(?:,\d{3})+|\d+)(?:\.(\d+))?(st|nd|rd|th|s)?", re.ASCII)


@dataclass(frozen=True)
class Money:
    """What a currency's units are called."""

    one: str
    """One unit."""
    many: str
    """More than one unit."""
    cents: str
    """Hundredths of a unit."""
    cent: str = ""
    """One hundredth, where it is called otherwise than several."""


def say_figures(figures: str) -> list[str]:
    """English words for a number (25, 1,000, 3.5, 1984, 21st, 1990s); empty if it is no number."""
    found = _FIGURES.fullmatch(figures.lower())
    if found is None:
        return []
    whole, part, suffix = found.groups()
    words = _say_whole(whole, years=part is None)
    if part is not None:
        words += ["point", *(SMALL[int(figure)] for figure in part)]
    return [*words[:-1], _with_suffix(words[-1], suffix)] if suffix else words


def say_money(amount: str, names: Money) -> list[str]:
    """English words for an amount of money: 5, 1,000, 3.50, 2.5, 0.50."""
    whole, _, part = amount.partition(".")
    if part and len(part) != 2:
        return [*say_figures(amount), names.many]
    cents = _say_whole(part.lstrip("0")) if part.strip("0") else []
    if cents and whole == "0":
        return [*cents, (names.cent or names.cents) if part == "01" else names.cents]
    return [*_say_whole(whole, years=False), names.one if whole == "1" else names.many, *cents]


def say_clock(hours: str, minutes: str) -> list[str]:
    """English words for a time of the clock: ten o'clock, nine oh five, seven forty-five."""
    if minutes == "00":
        return [*_say_whole(hours), "o'clock"]
    return [
        *_say_whole(hours),
        *(["oh"] if minutes[0] == "0" else []),
        *_say_whole(minutes.lstrip("0")),
    ]


def _say_whole(figures: str, *, years: bool = True) -> list[str]:
    plain = figures.replace(",", "")
    if len(plain) > _LONGEST or (plain[0] == "0" and len(plain) > 1):
        return [SMALL[int(figure)] for figure in plain]
    number = int(plain)
    if years and "," not in figures and any(number in span for span in _YEARS):
        return _say_year(number)
    return _say_cardinal(number)


def _say_year(number: int) -> list[str]:
    century, rest = divmod(number, 100)
    if rest == 0:
        return [*_say_cardinal(century), "hundred"]
    return [*_say_cardinal(century), *(["oh"] if rest < 10 else []), *_say_cardinal(rest)]


def _say_cardinal(number: int) -> list[str]:
    for name, size in reversed(SCALES.items()):
        if number >= size:
            return [*_say_cardinal(number // size), name, *_say_rest(number % size)]
    if number >= 100:
        return [SMALL[number // 100], "hundred", *_say_rest(number % 100)]
    if number >= 20:
        return [TENS[number // 10], *_say_rest(number % 10)]
    return [SMALL[number]]


def _say_rest(number: int) -> list[str]:
    return _say_cardinal(number) if number else []


def _with_suffix(word: str, suffix: str) -> str:
    if suffix == "s":
        return word[:-1] + "ies" if word.endswith("y") else word + "s"
    return ordinal(word)

"""German words for numbers."""

from __future__ import annotations

_SMALL = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn"
).split()
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_SCALES = ((10**9, "Milliarde", "Milliarden"), (10**6, "Million", "Millionen"))
_STEMS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
_ENDINGS = ("er", "en", "e", "es", "em")
_CENTURIES = range(1100, 2000)
"""Years that are counted in hundreds: neunzehnhundert."""


def cardinal(number: int) -> str:
    """The word of a number from 0 to less than 10^12; from a million on several words."""
    for size, one, many in _SCALES:
        if number >= size:
            count, rest = divmod(number, size)
            said = f"eine {one}" if count == 1 else f"{cardinal(count)} {many}"
            return f"{said} {cardinal(rest)}" if rest else said
    thousands, rest = divmod(number, 1000)
    if thousands:
        count_word = _before_noun(thousands) if thousands > 1 else "ein"
        return f"{count_word}tausend{_below_thousand(rest) if rest else ''}"
    return _below_thousand(number)


def cardinals(number: int) -> tuple[str, ...]:
    """All common ways of saying a number, the likeliest first."""
    said = cardinal(number)
    ways = [said]
    if number in (1, 2):
        ways += ["ein", "eine", "einen", "einem", "einer"] if number == 1 else ["zwo"]
    if said.startswith(("einhundert", "eintausend")):
        ways.append(said[3:])
    return tuple(ways)


def years(number: int) -> tuple[str, ...]:
    """The ways of saying a year."""
    if number in _CENTURIES:
        rest = number % 100
        hundreds = f"{_SMALL[number // 100]}hundert"
        return (hundreds + (_below_hundred(rest) if rest else ""), *cardinals(number))
    return cardinals(number)


def ordinals(number: int) -> tuple[str, ...]:
    """The forms of an ordinal, the one that stands alone ("erster") first."""
    return tuple(_stem(number) + ending for ending in _ENDINGS)


def _stem(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if number < 20 or (hundreds and 0 < rest < 20):
        before = cardinal(number - rest) if hundreds else ""
        return before + _STEMS.get(rest, _SMALL[rest] + "t")
    return cardinal(number) + "st"


def _before_noun(number: int) -> str:
    said = _below_thousand(number)
    return said[:-1] if said.endswith("eins") else said


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    count = "ein" if hundreds == 1 else _SMALL[hundreds]
    return f"{count}hundert{_below_hundred(rest) if rest else ''}"


def _below_hundred(number: int) -> str:
    if number < len(_SMALL):
        return _SMALL[number]
    tens, units = divmod(number, 10)
    one = "ein" if units == 1 else _SMALL[units]
    return (f"{one}und" if units else "") + _TENS[tens - 2]

"""French words for numbers."""

from __future__ import annotations

_SMALL = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf"
).split()
_TENS = "vingt trente quarante cinquante soixante".split()
_SCALES = ((10**9, "milliard"), (10**6, "million"))
_ELSEWHERE = {70: "septante", 80: "huitante", 90: "nonante"}
"""How Belgium and Switzerland say what France counts in twenties."""


def cardinal(number: int) -> str:
    """The words of a number from 0 to less than 10^12."""
    for size, name in _SCALES:
        if number >= size:
            count, rest = divmod(number, size)
            said = f"{cardinal(count)} {name}{'s' if count > 1 else ''}"
            return f"{said} {cardinal(rest)}" if rest else said
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _below_thousand(number, last=True)
    count_words = f"{_below_thousand(thousands, last=False)} " if thousands > 1 else ""
    return f"{count_words}mille" + (f" {_below_thousand(rest, last=True)}" if rest else "")


def cardinals(number: int) -> tuple[str, ...]:
    """All common ways of saying a number, the likeliest first."""
    said = cardinal(number)
    ways = [said]
    if said.endswith("un") and number != 11:
        ways.append(said + "e")
    tens = number // 10 * 10
    if number < 100 and tens in _ELSEWHERE:
        units = number - tens
        joined = {0: "", 1: " et un"}.get(units, f"-{_SMALL[units]}")
        ways.append(_ELSEWHERE[tens] + joined)
    return tuple(ways)


def years(number: int) -> tuple[str, ...]:
    """The ways of saying a year."""
    ways = list(cardinals(number))
    if 1100 <= number < 2000:
        hundreds, rest = divmod(number, 100)
        said = f"{_SMALL[hundreds]} cent{'s' if not rest else ''}"
        ways.append(f"{said} {_below_thousand(rest, last=True)}" if rest else said)
    return tuple(ways)


def ordinals(number: int) -> tuple[str, ...]:
    """The forms of an ordinal, masculine first."""
    if number == 1:
        return ("premier", "première")
    stem = cardinal(number).removesuffix("s") if number % 100 in (0, 80) else cardinal(number)
    if stem.endswith("cinq"):
        stem += "u"
    elif stem.endswith("neuf"):
        stem = stem[:-1] + "v"
    elif stem.endswith("e"):
        stem = stem[:-1]
    return (stem + "ième", *(("second", "seconde") if number == 2 else ()))


def _below_thousand(number: int, *, last: bool) -> str:
    """Words of 0 to 999; `last`: nothing follows, so that "cents" and "vingts" keep their s."""
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest, last=last)
    count = f"{_SMALL[hundreds]} " if hundreds > 1 else ""
    if not rest:
        return f"{count}cent{'s' if hundreds > 1 and last else ''}"
    return f"{count}cent {_below_hundred(rest, last=last)}"


def _below_hundred(number: int, *, last: bool) -> str:
    if number < 20:
        return _SMALL[number]
    if number >= 80:
        rest = number - 80
        return f"quatre-vingt-{_SMALL[rest]}" if rest else "quatre-vingt" + ("s" if last else "")
    tens = 60 if number >= 70 else number // 10 * 10
    rest = number - tens
    ten = _TENS[tens // 10 - 2]
    if not rest:
        return ten
    return f"{ten} et {_SMALL[rest]}" if rest in (1, 11) else f"{ten}-{_SMALL[rest]}"

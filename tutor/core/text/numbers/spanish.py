"""Spanish words for numbers."""

from __future__ import annotations

_SMALL = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
    "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
).split()
_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
    "novecientos"
).split()
_FIRST = (
    "primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo undécimo duodécimo"
).split()
_TENTHS = (
    "décimo vigésimo trigésimo cuadragésimo quincuagésimo sexagésimo septuagésimo octogésimo "
    "nonagésimo"
).split()


def cardinal(number: int) -> str:
    """The words of a number from 0 to less than 10^12."""
    millions, rest = divmod(number, 10**6)
    if millions:
        said = "un millón" if millions == 1 else f"{_before_noun(millions)} millones"
        return f"{said} {cardinal(rest)}" if rest else said
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _below_thousand(number)
    said = f"{_before_noun(thousands)} mil" if thousands > 1 else "mil"
    return f"{said} {_below_thousand(rest)}" if rest else said


def cardinals(number: int) -> tuple[str, ...]:
    """All common ways of saying a number, the likeliest first."""
    said = cardinal(number)
    if not said.endswith("uno"):
        return (said,)
    return (said, _before_noun(number), said[:-1] + "a")


def years(number: int) -> tuple[str, ...]:
    """The ways of saying a year."""
    return cardinals(number)


def ordinals(number: int) -> tuple[str, ...]:
    """The forms of an ordinal from 1 to 99, masculine first."""
    said = _ordinal(number)
    feminine = " ".join(word[:-1] + "a" for word in said.split())
    short = [said[:-1]] if said.endswith(("primero", "tercero")) else []
    others = ["decimoprimero", "decimoprimera"] if number == 11 else []
    others += ["decimosegundo", "decimosegunda"] if number == 12 else []
    return (said, feminine, *short, *others)


def _ordinal(number: int) -> str:
    if number <= len(_FIRST):
        return _FIRST[number - 1]
    tens, units = divmod(number, 10)
    if tens == 1:
        return "decimo" + _FIRST[units - 1]
    ten = _TENTHS[tens - 1]
    return f"{ten} {_FIRST[units - 1]}" if units else ten


def _before_noun(number: int) -> str:
    said = cardinal(number)
    if said.endswith("veintiuno"):
        return said[:-3] + "ún"
    return said[:-1] if said.endswith("uno") else said


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if number == 100:
        return "cien"
    if not hundreds:
        return _below_hundred(rest)
    return _HUNDREDS[hundreds - 1] + (f" {_below_hundred(rest)}" if rest else "")


def _below_hundred(number: int) -> str:
    if number < len(_SMALL):
        return _SMALL[number]
    tens, units = divmod(number, 10)
    return _TENS[tens - 3] + (f" y {_SMALL[units]}" if units else "")

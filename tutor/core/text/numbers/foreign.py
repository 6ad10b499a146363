"""Numbers up to 999 as they are spoken in German, French, Russian and Spanish.

A recogniser writes figures where a text has words, and the other way round. A number becomes the
figures of the words that it is spoken with: 25 is 20 and 5 in Russian. Each of these figures stands
for any form of its word. (English has its own: `tutor.core.text.english`.)
"""

# ruff: noqa: RUF001 - Russian letters are meant

from __future__ import annotations

from functools import lru_cache

from tutor.core.text.numbers import french, german, russian, spanish

LANGUAGES = frozenset({"de", "es", "fr", "ru"})

MOST = 999
"""The largest number compared by its words; longer ones are compared figure by figure, as codes and
telephone numbers are read."""

_OTHER_FORMS = {
    0: "нуль",
    1: "un одного одной одному одним одну",
    2: "двух двум двумя",
    3: "трёх трём тремя",
    4: "четырёх четырём четырьмя",
    5: "пяти пятью",
    6: "шести шестью",
    7: "семи семью",
    8: "восьми восемью",
    9: "девяти девятью",
    10: "десяти десятью",
    11: "одиннадцати",
    12: "двенадцати",
    13: "тринадцати",
    14: "четырнадцати",
    15: "пятнадцати",
    16: "шестнадцати",
    17: "семнадцати",
    18: "восемнадцати",
    19: "девятнадцати",
    20: "vingts двадцати двадцатью",
    30: "тридцати тридцатью",
    40: "сорока",
    50: "пятидесяти",
    60: "шестидесяти",
    70: "семидесяти",
    80: "восьмидесяти",
    90: "девяноста",
    100: "ciento cents ста",
    200: "двухсот",
    300: "трёхсот",
    400: "четырёхсот",
    500: "пятисот",
    600: "шестисот",
    700: "семисот",
    800: "восьмисот",
    900: "девятисот",
}
"""Forms beside those that a number has standing alone: before a noun, and in Russian's other
cases."""


def figures(number: int, language: str) -> list[str]:
    """The figures of the words with which a number is spoken, and the small words between them.

    Args:
        number: 0 to `MOST`.
        language: One of `LANGUAGES`.
    """
    if language == "de":  # one word
        return [str(number)]
    hundreds, rest = divmod(number, 100)
    said = _hundreds(hundreds, language)
    return said if said and not rest else said + _below_hundred(rest, language)


def _hundreds(count: int, language: str) -> list[str]:
    if not count:
        return []
    if language == "fr":
        return ["100"] if count == 1 else [str(count), "100"]
    return [str(100 * count)]


def _below_hundred(number: int, language: str) -> list[str]:
    if language == "fr":
        return _french(number)
    tens, units = divmod(number, 10)
    if number < (30 if language == "es" else 20) or not units:
        return [str(number)]
    return [str(10 * tens), *(["y"] if language == "es" else []), str(units)]


def _french(number: int) -> list[str]:
    if number >= 80:
        return ["4", "20", *(_french(number - 80) if number > 80 else [])]
    tens = 60 if number >= 70 else number // 10 * 10
    rest = number - tens
    if number < 17:
        return [str(number)]
    if not rest:
        return [str(tens)]
    return [str(tens), *(["et"] if rest in (1, 11) and tens > 10 else []), *_french(rest)]


@lru_cache(maxsize=MOST + 1)
def spoken_forms(number: int) -> frozenset[str]:
    """The words, case-folded, with which any of the four languages may speak a figure."""
    said = [*german.cardinals(number), *_OTHER_FORMS.get(number, "").split()]
    for language in (french, russian, spanish):
        said += [way for way in language.cardinals(number) if way.isalpha()]
    said += [form[:-2] + "as" for form in said if form.endswith("ientos")]
    said += ["quinientas"] if number == 500 else []
    return frozenset(form.casefold().replace("ё", "е") for form in said)

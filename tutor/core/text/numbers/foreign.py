"""Numbers up to 999 as they are spoken in German, French, Russian and Spanish.

A recogniser writes figures where a text has words, and the other way round. A number becomes the
figures of the words that it is spoken with: 25 is 20 and 5 in Russian. Each of these figures stands
for any form of its word. (English has its own: `tutor.core.text.english`.)
"""

from __future__ import annotations

from functools import lru_cache

LANGUAGES = frozenset({"de", "es", "fr", "ru"})

MOST = 999
"""The largest number compared by its words; longer ones are compared figure by figure, as codes and
telephone numbers are read."""

_DE = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
    "fünfzehn sechzehn siebzehn achtzehn neunzehn"
).split()
_DE_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()

_WORDS = (
    # From 0 upwards, the tens from 20 or 30, the hundreds from 100.
    (
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
        "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
        "ochocientos novecientos",
    ),
    (
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize",
        "vingt trente quarante cinquante soixante",
        "cent",
    ),
    (
        "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
        "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
        "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
        "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    ),
)

_OTHER_FORMS = {
    0: "нуль",
    1: "ein eine einen einem einer un una une одна одно одну одного одной",
    2: "две двух zwo",
    3: "трех",
    20: "vingts",
    21: "veintiún veintiuna",
    100: "cien cents",
}


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
    forms = {_german(number), *_OTHER_FORMS.get(number, "").split()}
    if 100 <= number < 200:
        forms.add("ein" + _german(number))
    for below, tens, hundreds in _WORDS:
        forms |= set(_form_at(below.split(), number))
        if number >= 20 and number % 10 == 0:
            forms |= set(_form_at(tens.split(), number // 10 - 2))
        if number >= 100 and number % 100 == 0:
            forms |= set(_form_at(hundreds.split(), number // 100 - 1))
    feminine = {form[:-2] + "as" for form in forms if form.endswith("ientos")}
    return frozenset(form.casefold() for form in forms | feminine)


def _form_at(words: list[str], n: int) -> list[str]:
    return words[n : n + 1]


def _german(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if hundreds:
        count = "" if hundreds == 1 else _DE[hundreds]
        return f"{count}hundert{_german(rest) if rest else ''}"
    if rest < len(_DE):
        return _DE[rest]
    tens, units = divmod(rest, 10)
    one = "ein" if units == 1 else _DE[units]
    return (f"{one}und" if units else "") + _DE_TENS[tens - 2]

"""Written text as it is spoken: numbers, money, times, units and short forms in words.

`spoken_form` is the one door: another way of saying takes its place by replacing it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tutor.core.text.numbers.numerals import Money, say_clock, say_figures, say_money
from tutor.core.text.wording import primary

_MONEY = {
    "$": Money("dollar", "dollars", "cents"),
    "€": Money("euro", "euros", "cents"),
    "£": Money("pound", "pounds", "pence"),
}
_SCALE = r"(?:\s?(?P<scale>thousand|million|billion|trillion)\b)?"
_AMOUNT = r"(?<![\d.,])\d++(?:,\d{3}(?!\d))*+(?:\.\d++)?+"

_SHORT = {
    "mr.": "mister", "mrs.": "missus", "ms.": "miz", "dr.": "doctor", "prof.": "professor",
    "jr.": "junior", "sr.": "senior", "vs.": "versus", "vs": "versus",
    "etc.": "et cetera", "e.g.": "for example", "i.e.": "that is", "approx.": "approximately",
    "a.m.": "AM", "p.m.": "PM", "u.s.": "US", "u.k.": "UK", "dept.": "department",
    "jan.": "january", "feb.": "february", "aug.": "august", "sept.": "september",
    "oct.": "october", "nov.": "november", "dec.": "december", "w/": "with", "w/o": "without",
}  # fmt: skip

_UNITS = {
    "kg": ("kilogram", "kilograms"), "g": ("gram", "grams"), "km": ("kilometer", "kilometers"),
    "m": ("meter", "meters"), "cm": ("centimeter", "centimeters"),
    "ml": ("milliliter", "milliliters"),
    "mm": ("millimeter", "millimeters"), "l": ("liter", "liters"), "lb": ("pound", "pounds"),
    "ft": ("foot", "feet"), "oz": ("ounce", "ounces"), "min": ("minute", "minutes"),
    "h": ("hour", "hours"), "ms": ("millisecond", "milliseconds"),
    "mph": ("mile an hour", "miles an hour"), "km/h": ("kilometer an hour", "kilometers an hour"),
    "°c": ("degree celsius", "degrees celsius"), "°f": ("degree fahrenheit", "degrees fahrenheit"),
    "°": ("degree", "degrees"), "%": ("percent", "percent"), "¢": ("cent", "cents"),
    "gb": ("gigabyte", "gigabytes"), "mb": ("megabyte", "megabytes"), "hz": ("hertz", "hertz"),
}  # fmt: skip

_SIGNS = {"&": "and", "+": "plus", "=": "equals", "@": "at", "%": "percent", "°": "degrees",
          "#": "number", "×": "times", "÷": "divided by", "<": "less than", ">": "more than",
          "$": "dollars", "€": "euros", "£": "pounds", "→": "to", "≈": "about", "~": "about",
          "±": "plus or minus"}  # fmt: skip

_FRACTIONS = {"1/2": "a half", "1/3": "a third", "2/3": "two thirds", "1/4": "a quarter",
              "3/4": "three quarters", "½": "a half", "¼": "a quarter", "¾": "three quarters",
              "⅓": "a third", "⅔": "two thirds"}  # fmt: skip

_MONTHS = (
    "january february march april may june july august september october november december".split()
)

_ENDS_CLAUSE = frozenset(".,;:!?\u2026\u3002\uff0c\uff01\uff1f\u3001")

_TELEPHONE = 7
"""Figures of the shortest number beginning with + or 0 that is read figure by figure."""

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def spoken_form(text: str, language: str) -> str:
    """A text as it is spoken, its punctuation kept: "It's $5." is "It's five dollars."

    English alone is put into words; in other languages the voice reads what is written.

    Args:
        text: A text or a part of one, without control characters.
        language: BCP-47.
    """
    if primary(language) != "en":
        return text
    for pattern, say in _RULES:
        text = pattern.sub(say, text)
    return re.sub(r"\s+", " ", text).strip()


def said(clause: str, language: str) -> str:
    """A clause as a voice is told to say it: in its spoken form, ending in punctuation."""
    spoken = spoken_form(clause.replace("\n", " "), language).rstrip("\"'\u201d\u2019\u00bb)] ")
    return spoken if spoken[-1:] in _ENDS_CLAUSE else f"{spoken}."


def _money(found: re.Match[str]) -> str:
    names = _MONEY[found["sign"]]
    if scale := found["scale"]:
        return f"{_number(found['amount'])} {scale} {names.many}"
    said = say_money(found["amount"], names)
    return _join(said)


def _clock(found: re.Match[str]) -> str:
    said = _join(say_clock(str(int(found["hours"])), found["minutes"]))
    half = (found["half"] or "").lower().replace(".", "").upper()
    return said.removesuffix(" o'clock") + f" {half}" if half else said


def _hour(found: re.Match[str]) -> str:
    return f"{_number(found['hours'])} {found['half'].replace('.', '').upper()}"


def _date(found: re.Match[str]) -> str:
    year, month, day = found["year"], int(found["month"]), int(found["day"])
    return f"{_MONTHS[month - 1]} {_number(_ordinal(day))}, {_number(year)}"


def _ordinal(number: int) -> str:
    special = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 < number % 100 < 14 else special.get(number % 10, 'th')}"


def _unit(found: re.Match[str]) -> str:
    one, many = _UNITS[found["unit"].lower()]
    return f"{_number(found['amount'])} {one if found['amount'] == '1' else many}"


def _range(found: re.Match[str]) -> str:
    return f"{found[1]} to {found[2]}"


def _version(found: re.Match[str]) -> str:
    return " point ".join(map(_number, found[0].split(".")))


def _telephone(found: re.Match[str]) -> str:
    groups = re.findall(r"\+|\d+", found[0])
    if sum(map(len, groups)) < _TELEPHONE:
        return found[0]
    said = ["plus" if group == "+" else " ".join(map(_number, group)) for group in groups]
    return ", ".join(said).replace("plus,", "plus")


def _number(figures: str) -> str:
    return _join(say_figures(figures)) or figures


def _join(words: list[str]) -> str:
    return " ".join(words)


def _domain(found: re.Match[str]) -> str:
    return found[0].replace(".", " dot ").replace("/", " slash ").replace("@", " at ")


def _short(found: re.Match[str]) -> str:
    return _SHORT[found[0].lower()]


def _alternatives(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_ENDS = r"(?![\w])"

_RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern, re.ASCII), say)
    for pattern, say in (
        (r"https?://(?:www\.)?", lambda _: ""),
        (
            r"(?i)(?<![\w.@/-])(?:[\w.+-]{1,40}+@)?(?:[a-z][\w-]{0,40}+\.){1,4}"
            r"(?:com|org|net|edu|gov|io|de|fr|es|ru|uk|eu)\b(?:/[\w/-]{0,80}\w)?",
            _domain,
        ),
        (rf"(?i)(?<![\w.])(?:{_alternatives(_SHORT)})(?!\w)", _short),
        (r"(?i)\bno\.\s?(?=\d)", lambda _: "number "),
        (r"\band/or\b", lambda _: "and or"),
        (r"\bSt\.(?=\s[A-Z])", lambda _: "saint"),
        (r"\bSt\.", lambda _: "street"),
        (
            r"(?<![\d.])(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?![\d-])",
            _date,
        ),
        (r"(?<![\w.,])(?:\+\d|0\d)[\d ()-]{4,16}\d(?![\w:])", _telephone),
        (rf"(?P<sign>[$€£])\s?(?P<amount>{_AMOUNT}){_SCALE}", _money),
        (rf"(?P<amount>{_AMOUNT})\s?(?P<sign>[€£$])(?P<scale>)", _money),
        (
            r"(?i)(?<![\w:.])(?P<hours>\d{1,2}):(?P<minutes>[0-5]\d)(?!\d|:)"
            r"(?:\s?(?P<half>[ap]\.?m\b\.?))?",
            _clock,
        ),
        (r"(?i)(?<![\w:.])(?P<hours>1[0-2]|[1-9])\s?(?P<half>[ap]\.?m\b\.?)", _hour),
        (r"(?<![\d./])(?:1/[234]|2/3|3/4)(?![\d/])|[½¼¾⅓⅔]", lambda found: _FRACTIONS[found[0]]),
        (r"(?<![\w)])[-\u2212](?=\d)", lambda _: "minus "),
        (rf"(?i)(?P<amount>{_AMOUNT})\s?(?P<unit>{_alternatives(_UNITS)}){_ENDS}", _unit),
        (r"(?<![\w.])\d++(?:\.\d++){2,}+(?!\w)", _version),
        (r"(?<![\w-])(\d++(?:\.\d++)?+)\s?[-\u2013]\s?(\d++(?:\.\d++)?+)(?![\w-])", _range),
        (rf"(?<!\w){_AMOUNT}(?:st|nd|rd|th|s)?(?!\w)", lambda found: _number(found[0])),
        (r"(?<=[a-zA-Z])(?=\d)|(?<=\d)(?=[a-zA-Z])", lambda _: " "),
        (r"\d+", lambda found: _number(found[0])),
        (rf"[{re.escape(''.join(_SIGNS))}]", lambda found: f" {_SIGNS[found[0]]} "),
        (r"(?<=[a-zA-Z])/(?=[a-zA-Z])(?![^\s/]*/)", lambda _: " or "),
    )
)
"""What is said, in this order: the larger thing before its parts."""

"""Written text as it is spoken: numbers, money, times, units and short forms in words.

The words are those with which a reading is compared (`tutor.core.text.spoken`): what the tutor says
for "7:30" counts as read, too. Here stands only what a voice needs besides.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tutor.core.text.languages import primary
from tutor.core.text.spoken.english_words import MONTH_NAMES
from tutor.core.text.spoken.ways import say

_ENDS_CLAUSE = frozenset(".,;:!?\u2026\u3002\uff0c\uff01\uff1f\u3001")

_TELEPHONE = 7
"""Figures of the shortest number beginning with + or 0 that is read figure by figure."""

_PARTS = {
    "1/2": "a half", "1/3": "a third", "1/4": "a quarter",
    "½": "a half", "⅓": "a third", "¼": "a quarter",
}  # fmt: skip

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def spoken_form(text: str, language: str) -> str:
    """A text as it is spoken, its punctuation kept: "It's $5." is "It's five dollars."

    English, Spanish and French are put into words; in other languages the voice reads what is
    written.

    Args:
        text: A text or a part of one, without control characters.
        language: BCP-47.
    """
    if titles := _TITLES.get(primary(language)):
        text = _TITLE.sub(lambda found: titles.get(found[1], found[0]), text)
        return " ".join(say(text.split(), language))
    if primary(language) != "en":
        return text
    for pattern, plainer in _BEFORE:
        text = pattern.sub(plainer, text)
    parts = _SOUNDS.split(text)
    parts[::2] = [" ".join(say(part.split(), language)) for part in parts[::2]]
    spoken = " ".join(part for part in parts if part)
    for pattern, plainer in _AFTER:
        spoken = pattern.sub(plainer, spoken)
    return spoken


_TITLES = {
    "es": {"Sr": "señor", "Sra": "señora", "Srta": "señorita", "Dr": "doctor", "Dra": "doctora",
           "Ud": "usted", "Uds": "ustedes"},
    "fr": {"M": "monsieur", "MM": "messieurs", "Mme": "madame", "Mlle": "mademoiselle",
           "Dr": "docteur"},
}  # fmt: skip
"""Short forms whose full stop would be heard as a pause."""

_TITLE = re.compile(r"\b(\w{1,4})\.(?= \w)")


def said(clause: str, language: str) -> str:
    """A clause as a voice is told to say it: in its spoken form, ending in punctuation."""
    spoken = spoken_form(clause.replace("\n", " "), language).rstrip("\"'\u201d\u2019\u00bb)] ")
    return spoken if spoken[-1:] in _ENDS_CLAUSE else f"{spoken}."


_SOUNDS = re.compile(r"(?<!\S)(/[^/\s]{1,60}/[.,;:!?]{0,3})(?!\w)")
"""IPA between slashes, which voices that know it say by its sounds."""


def _date(found: re.Match[str]) -> str:
    year, month, day = found["year"], int(found["month"]), int(found["day"])
    return f"{MONTH_NAMES[month - 1].lower()} {_ordinal(day)}, {year}"


def _ordinal(number: int) -> str:
    special = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if 10 < number % 100 < 14 else special.get(number % 10, 'th')}"


def _telephone(found: re.Match[str]) -> str:
    groups = re.findall(r"\+|\d+", found[0])
    if sum(map(len, groups)) < _TELEPHONE:
        return found[0]
    said = ["plus" if group == "+" else " ".join(group) for group in groups]
    return ", ".join(said).replace("plus,", "plus")


def _rules(*rules: tuple[str, Callable[[re.Match[str]], str]]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern, re.ASCII), plainer) for pattern, plainer in rules)


_BEFORE = _rules(
    (r"https?://(?:www\.)?", lambda _: ""),
    (r" -- |(?<=[^\W\d]) - (?=[^\W\d])", lambda _: ", "),
    (r"\band/or\b", lambda _: "and or"),
    (r"(?<![\w.@/-])([a-zA-Z]{2,20})/([a-zA-Z]{2,20})(?![\w/])", lambda f: f"{f[1]} or {f[2]}"),
    (
        r"(?<![\d.])(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?![\d-])",
        _date,
    ),
    (r"(?<![\w.,])(?:\+\d|0\d)[\d ()-]{4,16}\d(?![\w:])", _telephone),
    (r"(?<![\d./])(?<!\d )(?:1/[234](?![\d/])|[½¼⅓])", lambda found: _PARTS[found[0]]),
)
"""What is written in plainer words before it is said."""

_AFTER = _rules(
    (r"\b(?:[A-Z] ){1,5}[A-Z]\b", lambda found: found[0].replace(" ", "")),
    (r"\bper hour\b", lambda _: "an hour"),
)
"""Letters that are said one by one are one word to a voice, which knows how to spell."""

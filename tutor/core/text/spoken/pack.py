"""What a language brings for the ways in which its writing is said: words, signs and rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Ways = Sequence[str]
"""Ways of saying one thing, each as words with spaces between them, the likeliest first."""


@dataclass(frozen=True)
class Unit:
    """What a unit of measure or of money is called."""

    one: Ways
    """After one."""
    many: Ways
    """After another whole number."""
    some: Ways = ()
    """After a fraction, or in cases where the language has more forms than two."""

    def after(self, whole: str, part: str | None) -> list[str]:
        """The names after a number, the fitting ones first; the others may be said, too."""
        fitting = self.one if whole == "1" and not part else self.many
        fitting = self.some if part and self.some else fitting
        return list(dict.fromkeys([*fitting, *self.one, *self.many, *self.some]))


@dataclass(frozen=True)
class Money:
    """A currency: its unit, and the hundredths of it."""

    unit: Unit
    cents: Unit


@dataclass(frozen=True)
class Context:
    """A written word, and what stands beside it."""

    word: str
    before: str = ""
    """The word before, without marks around it; empty at the beginning."""
    after: str = ""
    """The word after, without marks around it; empty at the end."""
    ends: bool = False
    """Whether a sentence ends with the word, as far as can be seen."""
    loud: bool = False
    """Whether the words around it are in capitals, too: then capitals say nothing."""


@dataclass(frozen=True)
class Pack:
    """One language's words for what is written in figures, signs and short forms."""

    code: str
    """The language's primary subtag."""
    cardinals: Callable[[int], Ways]
    words: Callable[[int], str]
    """The words of the figures that are left in a way."""
    years: Callable[[int], Ways]
    ordinals: Callable[[int], Ways]
    decimal: Callable[[str, str], Ways]
    """The ways of a whole number and its decimals, both as figures."""
    clock: Callable[[int, int], Ways]
    """The ways of a time, in hours and minutes."""
    date: Callable[[int, int, int | None], Ways]
    """The ways of a day, a month and perhaps a year."""
    fraction: Callable[[int, int], Ways]
    amount: Callable[[str, str, Money], Ways]
    """The ways of money with hundredths, both as figures."""
    signs: Mapping[str, Ways]
    units: Mapping[str, Unit]
    currencies: Mapping[str, Money]
    short: Mapping[str, Ways]
    """Short forms, in lower case, without their full stops at the end."""
    point: str
    """The mark before decimals."""
    groups: str
    """The marks between thousands."""
    negative: Ways = ("minus",)
    below: Ways = ()
    """What may stand behind a number of degrees instead of the sign before it."""
    to: Ways = ("to",)
    """What stands for the dash between two numbers."""
    by: Ways = ("by",)
    """What stands for the cross between two numbers."""
    number: Ways = ("number",)
    """What stands for the sign before a number: #1."""
    dot: Ways = ("dot",)
    """What may stand for a full stop between numbers: 3.11.2; it may be left out."""
    digit: Ways = tuple("0123456789")
    """The names of the figures, for codes, or the figures themselves."""
    nought: Ways = ()
    """What a nought is called within a version: "two point oh point one"."""
    powers: Mapping[str, Ways] = field(default_factory=dict)
    """What stands for a small figure above: "squared" for "2"."""
    double: str = ""
    """What stands for a figure that comes twice: "double five"."""
    spells_phones: bool = False
    """Whether phone numbers are mostly said figure by figure."""
    either: Ways = ("or",)
    """What else may stand for the dash between two numbers."""
    starting: Ways = ("from",)
    """What may stand before two numbers with a dash between."""
    against: Ways = ("to",)
    """What stands for the colon between two results: 3:1."""
    dating: frozenset[str] = frozenset()
    """Words behind which 24/12 is a day and a month."""
    points: Callable[[int], Ways] = lambda _: ()
    """What the number of a list's point may be said as: "first", "firstly"."""
    own: Callable[[Context], Ways] = lambda _: ()
    """What only this language has, for a word in its place; tried first."""
    pair: Callable[[Context, Context], Sequence[tuple[str, ...]]] = lambda *_: ()
    """What two neighbouring words are said as together: ways of one text for each of the two, or of
    one for both."""
    triple: Callable[[Context, Context, Context], Ways] = lambda *_: ()
    """The ways of three neighbouring words that are said as one text: "10 h 15"."""
    roman: Callable[[int, Context], Ways] = lambda *_: ()
    """The ways of a Roman numeral in its place."""
    titled: frozenset[str] = frozenset()
    """Short forms that need their full stop, and mostly stand before a name or a number."""
    acronyms: frozenset[str] = frozenset()
    """Words in capitals that are said as one word, in lower case."""
    stopped: frozenset[str] = frozenset()
    """Short forms that are words of their own unless a full stop follows them inside a sentence."""

    @property
    def whole(self) -> str:
        """A pattern of whole numbers as the language groups them."""
        return rf"\d{{1,3}}(?:[{re.escape(self.groups)}]\d{{3}})+|\d+"


def product(*parts: Ways, most: int = 60) -> list[str]:
    """The ways of several parts said one after the other; the likeliest first."""
    found = [""]
    for ways in parts:
        found = [f"{said} {way}".strip() for said in found for way in ways or ("",)]
        found = found[:most]
    return list(dict.fromkeys(found))


def full_year(figures: str) -> int:
    """The year of its two or four figures; two are of the last or this century."""
    return (
        int(figures) if len(figures) == 4 else int(figures) + (2000 if int(figures) < 70 else 1900)
    )

"""The ways in which English says whole numbers, years and ordinals, on both sides of the ocean."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.text.numbers.english import SCALES, SMALL
from tutor.core.text.numbers.english import ordinal as ordinal_of
from tutor.core.text.numbers.numerals import say_figures


def cardinals(number: int) -> list[str]:
    """The ways of saying a number: American without "and", British with it."""
    plain = say_figures(f"{number:,}")
    ways = [" ".join(plain)]
    if number > 100:
        ways += [" ".join(_with_and(plain))]
    if 100 <= number < 200 or 1000 <= number < 2000:
        ways += [way.replace("one", "a", 1) for way in ways if way.startswith("one ")]
    if len(plain) == 2 and plain[0] == "one":
        ways.append(plain[1])  # "the hundred meters"
    if 1100 <= number < 10_000 and number % 1000 >= 100 and number % 100 == 0:
        ways.append(f"{cardinals(number // 100)[0]} hundred")
    return list(dict.fromkeys(ways))


def _with_and(words: Sequence[str]) -> list[str]:
    """A number's words with "and" before each part of tens and units that follows a larger one."""
    said: list[str] = []
    for n, word in enumerate(words):
        large = word == "hundred" or word in SCALES
        before = n and (words[n - 1] == "hundred" or words[n - 1] in SCALES)
        if before and not large and "hundred" not in words[n + 1 : n + 2]:
            said.append("and")
        said.append(word)
    return said


def years(number: int) -> list[str]:
    """The ways of saying a year."""
    ways = [" ".join(say_figures(str(number))), *cardinals(number)]
    if number % 100 >= 10:
        ways.append(f"{cardinals(number // 100)[0]} {cardinals(number % 100)[0]}")
    elif number % 100:
        ways.append(f"{cardinals(number // 100)[0]} oh {SMALL[number % 100]}")
    return list(dict.fromkeys(ways))


def ordinals(number: int) -> list[str]:
    """The ways of saying an ordinal."""
    ways = [" ".join([*way.split()[:-1], ordinal_of(way.split()[-1])]) for way in cardinals(number)]
    return ways + [way[4:] for way in ways if way.startswith("one ")]

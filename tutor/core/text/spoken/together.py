"""How neighbouring words are said together in any language: phone numbers, amounts, degrees."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.spoken.figures import digit_ways, figure_ways
from tutor.core.text.spoken.pack import Context, Pack, product

Pairs = Sequence[tuple[str, ...]]
"""Ways of two words: one text for each of them, or one for both."""

_GROUP = re.compile(r"\+?\d+(?:-\d+)*")
PHONE = range(7, 16)
"""How many figures the words of a phone number have in all."""


def phone_words(contexts: Sequence[Context]) -> frozenset[int]:
    """The indices of words that are a phone number's: groups of figures in a row.

    A number whose thousands stand apart is none, and two groups are one only behind a plus or a
    nought.
    """
    found: set[int] = set()
    start = 0
    while start < len(contexts):
        end = start
        while end < len(contexts) and _GROUP.fullmatch(contexts[end].word.rstrip(".")):
            end += 1
        groups = [context.word.rstrip(".") for context in contexts[start:end]]
        if _is_phone(groups):
            found |= set(range(start, end))
        start = end + 1
    return frozenset(found)


def _is_phone(groups: Sequence[str]) -> bool:
    if len(groups) < 2 or len(re.sub(r"\D", "", "".join(groups))) not in PHONE:
        return False
    if groups[0][0] in "+0":
        return True
    return len(groups) > 2 and not all(re.fullmatch(r"\d{3}", group) for group in groups[1:])


def phone_ways(word: str, pack: Pack) -> list[str]:
    """The ways of one word of a phone number: figure by figure, in twos, or each group whole."""
    plus = pack.signs.get("+", ("",)) if word.startswith("+") else ()
    groups = re.findall(r"\d+", word)
    return product(plus, *(_group_ways(group, pack) for group in groups))


def _group_ways(group: str, pack: Pack) -> list[str]:
    figures = digit_ways(group, pack)
    whole = _numbered(group, pack) if len(group) < 4 else []
    twos = product(*(_numbered(two, pack) for two in re.findall("..", group)))
    ways = [*whole[:2], *(twos if len(group) == 4 else [])]
    return [*figures, *ways] if pack.spells_phones else [*ways, *figures]


def _numbered(group: str, pack: Pack) -> list[str]:
    """A group as a number, with the noughts before it."""
    plain = group.lstrip("0")
    noughts = [pack.digit[0]] * (len(group) - len(plain))
    return product([" ".join(noughts)], pack.cardinals(int(plain))[:2] if plain else ())


def together(first: Context, second: Context, pack: Pack) -> Pairs:
    """The ways of two neighbouring words, where they are said as one."""
    for rule in (_short_of_two, _money_apart, _below_zero, _thousands):
        ways = rule(first, second, pack)
        if ways:
            return ways
    return ()


def _short_of_two(first: Context, second: Context, pack: Pack) -> Pairs:
    """The ways of a short form with a space in it: "z. B."."""
    if not (first.word.endswith(".") and 2 <= len(first.word) <= 4 and second.word):
        return []
    key = (first.word + second.word).rstrip(".").casefold()
    return [(way,) for way in pack.short.get(key, ())]


def _money_apart(first: Context, second: Context, pack: Pack) -> Pairs:
    """The ways of an amount whose currency stands apart: "5,50 €"."""
    sign = second.word if second.word in pack.currencies else second.word.rstrip(".")
    if sign not in pack.currencies or not first.word[-1:].isdigit() or sign.isdigit():
        return []
    return [(way,) for way in figure_ways(f"{first.word} {sign}", pack)]


def _below_zero(first: Context, second: Context, pack: Pack) -> Pairs:
    """The ways of degrees below zero, whose name may be left out: "-5 °C"."""
    unit = pack.units.get(second.word.rstrip("."))
    if unit is None or second.word[0] not in "°º" or not re.fullmatch(r"-\d+", first.word):
        return []
    number = first.word[1:]
    names, numbers = unit.after(number, None), pack.cardinals(int(number))[:2]
    minus = product(pack.negative, numbers)
    return [
        *((way, name) for name in names if name for way in minus),
        *((way,) for way in product(numbers, names, pack.below)),
        *((way,) for way in minus),
    ]


def _thousands(first: Context, second: Context, pack: Pack) -> Pairs:
    """The ways of a number with a space between its thousands, which may be two numbers, too."""
    if " " not in pack.groups or not (
        re.fullmatch(r"[1-9]\d{0,2}", first.word) and re.fullmatch(r"\d{3}\.?", second.word)
    ):
        return []
    after = second.word.rstrip(".")
    ways = figure_ways(f"{first.word} {after}", pack)
    return [*((way,) for way in ways), (first.word, after)]

"""How English says what is written in figures, signs and short forms; British and American."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.numbers.english import SCALES, SMALL
from tutor.core.text.numbers.numerals import say_figures
from tutor.core.text.spoken.english_numbers import cardinals, ordinals, years
from tutor.core.text.spoken.english_quantities import (
    amount,
    clock,
    date,
    days,
    decimal,
    fraction,
    half_of_day,
)
from tutor.core.text.spoken.english_words import (
    ACRONYMS,
    CURRENCIES,
    MONTH_NAMES,
    MONTHS,
    ONLY_WITH_STOP,
    SHORT,
    SIGNS,
    UNITS,
)
from tutor.core.text.spoken.figures import figure_ways
from tutor.core.text.spoken.letters import roman as roman_value
from tutor.core.text.spoken.pack import Context, Pack, Ways, product

_COUNTED = frozenset(
    "act article book chapter class episode figure grade level line mark part paragraph phase room "
    "scene season section stage step table type unit version volume war world".split()
)
"""Words after which a Roman numeral is a number, not a king's."""

_TIME_WORDS = frozenset("at by until till from".split())


def roman(number: int, context: Context) -> Ways:
    """A king's number, or a chapter's; one letter only where a name stands before it."""
    letters = " ".join(context.word.rstrip("."))
    counted = context.before.casefold() in _COUNTED
    named = context.before[:1].isupper() and context.before.isalpha() and not counted
    if len(context.word) == 1 and (context.word != "V" or not named) and not counted:
        return ()
    if context.word == "I" and not counted:
        return ()
    plain = cardinals(number)[0]
    nth = [f"the {ordinals(number)[0]}", ordinals(number)[0]]
    return [*nth, plain, letters] if named else [plain, *nth, letters]


def own(context: Context) -> Ways:
    """What needs the words beside it, or is written in English alone."""
    rules = (_ordinal, _decade, _score, _time, _of_day, _feet, _title, _inches, _scaled, _grade)
    for rule in rules:
        ways = rule(context)
        if ways:
            return ways
    return ()


def _ordinal(context: Context) -> Ways:
    found = re.fullmatch(
        r"(\d+(?:,\d{3})*)(?:st|nd|rd|th)(?:[.\"']?|-([^\W\d_]+))", context.word, re.IGNORECASE
    )
    if found is None or len(found[1]) > 12:
        numeral = re.fullmatch(r"([IVX]+)(?:st|nd|rd|th)", context.word)
        value = roman_value(numeral[1]) if numeral else None
        return ordinals(value) if value else ()
    nth = ordinals(int(found[1].replace(",", "")))
    return product(nth, [found[2]]) if found[2] else nth


def _grade(context: Context) -> Ways:
    """A mark at school: A-."""
    found = re.fullmatch(r"([A-F])([-+])", context.word)
    return product([found[1]], ["minus"] if found[2] == "-" else ["plus"]) if found else ()


def _score(context: Context) -> Ways:
    """A match's result without a goal on one side, and half of one percent."""
    if re.fullmatch(r"0?\.50?%", context.word):
        return [*figure_ways(context.word, PACK), "half a percent", "half a per cent"]
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", context.word)
    if found is None or "0" not in found.groups():
        return ()
    sides = [
        [*(["nil", "zero", "love"] if n == "0" else cardinals(int(n)))] for n in found.groups()
    ]
    return [*figure_ways(context.word, PACK), *product(sides[0], ["", "to"], sides[1])]


def _decade(context: Context) -> Ways:
    found = re.fullmatch(r"'?(\d\d)?(\d0)'?s", context.word)
    if found is None:
        return ()
    tens = say_figures(f"{found[2]}s")[-1] if found[2] != "00" else "hundreds"
    thousands = int(found[1] or 1) % 10 == 0 and found[2] == "00"
    if thousands:
        return [f"{cardinals(int(found[1]) // 10)[0]} thousands"]
    return [f"{cardinals(int(found[1]))[0]} {tens}", tens] if found[1] else [tens]


def _time(context: Context) -> Ways:
    """Times that say which half of the day they mean, or have a full stop."""
    word = context.word.casefold()
    found = re.fullmatch(r"(\d{1,2})(?:[:.]([0-5]\d))?([ap])\.?m\.?", word)
    if found:
        hour, minute = int(found[1]), int(found[2] or 0)
        heads = clock(hour, minute)[:6] if minute else [cardinals(hour)[0]]
        return product(heads, half_of_day(found[3]))
    dotted = re.fullmatch(r"(\d{1,2})\.([0-5]\d)\.?", word)
    timed = context.before in _TIME_WORDS or re.fullmatch(
        r"[ap]\.?m\.?", context.after, re.IGNORECASE
    )
    if dotted and timed and int(dotted[1]) < 25:
        return [*clock(int(dotted[1]), int(dotted[2])), *decimal(dotted[1], dotted[2])]
    return ()


def _of_day(context: Context) -> Ways:
    found = re.fullmatch(r"([ap])\.?m\.?", context.word, re.IGNORECASE)
    if found is None or not context.before[-1:].isdigit():
        return ()
    halves = half_of_day(found[1].casefold())
    clock = product(["o'clock"], halves[1:])
    return [*halves, *clock, context.word.replace(".", "").casefold()]


def _feet(context: Context) -> Ways:
    found = re.fullmatch(r"(\d+)'(?:(\d+)(?:\"|'')?)?", context.word)
    if found is None:
        return ()
    feet = product(cardinals(int(found[1])), ["foot", "feet"])
    if not found[2]:
        return [*reversed(feet), *product(cardinals(int(found[1])), ["minutes"])]
    return product(feet, cardinals(int(found[2])), ["", "inches", "inch"])


def _title(context: Context) -> Ways:
    """Short forms that mean one thing before a name and another behind it."""
    plain = context.word.rstrip(".").casefold()
    before_name = context.after[:1].isupper()
    if plain == "st" and context.word[0].isupper():
        behind_name = context.before[:1].isupper()
        if before_name != behind_name:
            return ("saint",) if before_name else ("street",)
        return ("saint", "street") if before_name else ("street", "saint")
    if plain == "dr" and context.word[0].isupper():
        named = context.before[:1].isupper() and not before_name
        return ("drive", "doctor") if named else ("doctor", "drive")
    if plain == "no" and context.word.endswith(".") and context.after[:1].isdigit():
        return ("number", "no")
    if plain == "sec" and context.word.endswith(".") and context.after[:1].isdigit():
        return ("section",) if context.word[0] == "S" or not context.before[-1:].isdigit() else ()
    if plain in ("p", "pp") and context.word.endswith(".") and context.after[:1].isdigit():
        return ("page", "P") if plain == "p" else ("pages", "P P")
    return ()


def _inches(context: Context) -> Ways:
    """ "in" behind a number: the word, or inches."""
    if context.word != "in" or not re.fullmatch(r"[\d.,/ ]*\d", context.before):
        return ()
    return ("in", *UNITS["in"].after(context.before, None))


def _scaled(context: Context) -> Ways:
    """Figures with a scale's letter: $5m, 3bn, 20k."""
    found = re.fullmatch(r"([$€£¥])?(\d+(?:\.\d+)?)(k|K|m|M|bn|tn|B)", context.word)
    if found is None or (found[3] in ("m", "B") and not found[1]):
        return ()
    scale = {"k": "thousand", "m": "million", "b": "billion", "t": "trillion"}
    number = figure_ways(found[2], PACK)[:3]
    said = product(number, [scale[found[3][0].casefold()]])
    names = CURRENCIES[found[1]].unit.many if found[1] else ()
    letters = [] if found[1] else product(number, [found[3].upper()])
    return [*product(said, names), *letters]


def pair(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """Dates of two words, money with its scale, and numbers with a fraction or a unit."""
    for rule in (_dated, _money_scale, _halved, _inches_behind_feet, _length, _half_of):
        ways = rule(first, second)
        if ways:
            return ways
    return ()


def _length(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """A length of meters and centimeters: 1.80 m."""
    found = re.fullmatch(r"(\d)\.(\d\d)", first.word)
    if found is None or second.word.rstrip(".") != "m":
        return ()
    whole, part = cardinals(int(found[1]))[0], cardinals(int(found[2]))[0]
    numbers = decimal(found[1], found[2])
    if found[2][1] == "0":
        numbers += decimal(found[1], found[2][0])
    plain = product(numbers, ["meters", "meter"])
    metres = ["meter", "meters"] if found[1] == "1" else ["meters"]
    return [(way,) for way in (*plain[:1], *product([whole], [*metres, ""], [part]), *plain[1:])]


def _half_of(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """Half of what a unit counts: "0.5 litres" is half a litre."""
    unit = second.word.rstrip(".")
    name = unit.removesuffix("s") if unit.isalpha() and unit.endswith("s") else ""
    if first.word not in ("0.5", ".5", "1/2") or not (name or unit in UNITS):
        return ()
    ones = UNITS[unit].one if unit in UNITS else (name,)
    names = UNITS[unit].many if unit in UNITS else (unit,)
    plain = product(figure_ways(first.word, PACK), [*names, *ones])
    return [(way,) for way in (*plain, *product(["half a", "half an", "a half"], ones))]


def _inches_behind_feet(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """ "5 ft 6 in", whose inches may be left out."""
    if first.before not in ("ft", "foot", "feet") or second.word.rstrip(".") not in ("in", "ins"):
        return ()
    if not re.fullmatch(r"1?\d", first.word):
        return ()
    count = cardinals(int(first.word))[0]
    return [(count, "inches"), (count, "inch"), (count,)]


def _dated(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    day_first = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", first.word)
    month = MONTHS.get(second.word.rstrip(".").casefold())
    if day_first and month and 1 <= int(day_first[1]) <= 31 and second.word[0].isupper():
        name, day = MONTH_NAMES[month - 1], int(day_first[1])
        nth, plain = ordinals(day)[0], cardinals(day)[0]
        ways = [(f"the {nth} of", name), (f"{nth} of", name), (nth, name), (plain, name)]
        ways = [*ways[1:], ways[0]] if first.before.casefold() == "the" else ways
        return [*ways, (f"{name} {nth}",), (f"{name} the {nth}",), (f"{name} {plain}",)]
    month = MONTHS.get(first.word.rstrip(".").casefold())
    day_second = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", second.word.rstrip("."))
    if day_second and month and 1 <= int(day_second[1]) <= 31 and first.word[0].isupper():
        name, day = MONTH_NAMES[month - 1], int(day_second[1])
        nth, plain = ordinals(day)[0], cardinals(day)[0]
        return [(name, nth), (name, f"the {nth}"), (name, plain),
                *((way,) for way in days(day, name) if not way.startswith(name))]  # fmt: skip
    return ()


def _money_scale(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    found = re.fullmatch(r"(?:US|A|C)?([$€£¥₽]) ?([\d,.]*\d)", first.word)
    scale = second.word.rstrip(".").casefold()
    if found is None or scale not in SCALES:
        return ()
    names = CURRENCIES[found[1]].unit
    ways = figure_ways(found[2], PACK)[:3]
    return [(way, f"{scale} {name}") for name in (*names.many, *names.one) for way in ways]


def _halved(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    found = re.fullmatch(r"(\d)/(\d)", second.word)
    if found is None or not first.word.isdigit() or int(found[2]) < 2:
        return ()
    return [
        (whole, f"and {part}")
        for whole in cardinals(int(first.word))[:1]
        for part in sorted(fraction(int(found[1]), int(found[2])), key=_without_article)
    ]


def _without_article(way: str) -> bool:
    """Behind a whole number "a half" is likelier than "one half"."""
    return not way.startswith(("a ", "an "))


PACK = Pack(
    code="en",
    cardinals=cardinals,
    words=lambda number: cardinals(number)[0],
    years=years,
    ordinals=ordinals,
    decimal=decimal,
    clock=clock,
    date=date,
    fraction=fraction,
    amount=amount,
    signs=SIGNS,
    units=UNITS,
    currencies=CURRENCIES,
    short=SHORT,
    stopped=ONLY_WITH_STOP,
    titled=frozenset("dr st gen rev hon gov sen rep pres col maj".split()),
    point=".",
    groups=",",
    powers={"2": ("squared", "to the second power"), "3": ("cubed", "to the third power")},
    negative=("minus", "negative"),
    below=("below", "below zero"),
    to=("to", "through"),
    by=("by", "times", "X"),
    dot=("point", "dot"),
    number=("number", "hashtag", "hash", "pound"),
    digit=SMALL,
    dating=frozenset("on by until since from due".split()),
    double="double",
    nought=("zero", "oh"),
    spells_phones=True,
    points=lambda number: [ordinals(number)[0], f"{ordinals(number)[0]}ly"],
    own=own,
    pair=pair,
    roman=roman,
    acronyms=ACRONYMS,
)
"""English."""

"""How English says what is written in figures, signs and short forms; British and American."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.numbers import numerals
from tutor.core.text.numbers.english import SCALES, SMALL
from tutor.core.text.numbers.numerals import say_clock, say_figures
from tutor.core.text.spoken.english_numbers import cardinals, ordinals, years
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
from tutor.core.text.spoken.pack import Context, Money, Pack, Ways, product

_COUNTED = frozenset(
    "act article book chapter class episode figure grade level line mark part paragraph phase room "
    "scene season section stage step table type unit version volume war world".split()
)
"""Words after which a Roman numeral is a number, not a king's."""

_TIME_WORDS = frozenset("at by until till from".split())
_UNDER = {2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters")}


def decimal(whole: str, part: str) -> list[str]:
    """The ways of saying a number with decimals."""
    figures = [SMALL[int(figure)] for figure in part]
    heads = cardinals(int(whole)) if whole else [""]
    ways = product(heads, [f"point {' '.join(figures)}"])
    ways += [way.replace("zero", "oh") for way in ways if "zero" in way]
    ways += [way.replace("zero", "nought", 1) for way in ways if way.startswith("zero")]
    ways += [f"point {' '.join(figures)}"] if whole == "0" else []
    if part in ("5", "50", "25", "75"):
        piece = {"5": "a half", "50": "a half", "25": "a quarter", "75": "three quarters"}[part]
        ways += product(heads, [f"and {piece}"]) if int(whole or 0) else [piece]
    if len(part) == 2 and part[0] != "0":
        ways += product(heads, ["point"], cardinals(int(part)))
    return ways


def clock(hour: int, minute: int) -> list[str]:
    """The ways of saying a time of the clock."""
    said, after = cardinals(hour)[0], cardinals(hour % 12 + 1)[0]
    twelve = cardinals((hour - 1) % 12 + 1)[0]
    if minute == 0:
        special = {12: ["noon", "midday", "twelve"], 0: ["midnight"], 24: ["midnight"]}
        return [f"{said} o'clock", said, *special.get(hour, []), f"{said} hundred",
                f"{said} hundred hours", *([f"{twelve} o'clock"] if hour > 12 else [])]  # fmt: skip
    minutes = cardinals(minute)[0]
    zeros = [f"oh {minutes}", f"zero {minutes}", minutes] if minute < 10 else [minutes]
    ways = [" ".join(say_clock(str(hour), f"{minute:02}")), *product([said], zeros)]
    to, near = 60 - minute, cardinals(60 - minute)[0]
    if minute == 30:
        ways += [f"half past {twelve}", f"half {twelve}"]
    elif minute in (15, 45):
        quarter = "past" if minute == 15 else "to"
        hours = twelve if minute == 15 else after
        heads = product(("a quarter", "quarter", "fifteen minutes"), [quarter], [hours])
        ways += heads + [way.replace(f" {quarter} ", " after " if minute == 15 else " of ")
                         for way in heads]  # fmt: skip
    elif minute < 30:
        ways += product([minutes, f"{minutes} minutes"], ["past", "after"], [twelve])
    else:
        ways += product([near, f"{near} minutes"], ["to", "of", "before"], [after])
    ways += [f"one minute to {after}"] if to == 1 else []
    return ways


def date(day: int, month: int, year: int | None) -> list[str]:
    """The ways of saying a date."""
    name = MONTH_NAMES[month - 1]
    heads = _days(day, name)
    return product(heads, years(year)) if year else heads


def _days(day: int, name: str) -> list[str]:
    nth, plain = ordinals(day)[0], cardinals(day)[0]
    return [f"{name} {nth}", f"the {nth} of {name}", f"{name} the {nth}", f"{nth} of {name}",
            f"{nth} {name}", f"{name} {plain}", f"{plain} {name}"]  # fmt: skip


def fraction(over: int, under: int) -> list[str]:
    """The ways of saying a fraction; one over its whole has the whole before it."""
    whole, rest = divmod(over, under)
    if whole and rest:
        return product(cardinals(whole)[:1], ["and"], fraction(rest, under))
    one, many = _UNDER.get(under, (ordinals(under)[0], ordinals(under)[0] + "s"))
    count, below = cardinals(over)[0], cardinals(under)[0]
    if over == 1:
        article = [f"an {one}" if one[0] in "aeiou" else f"a {one}"]
        ways = [f"one {one}", *article, *(["half"] if under == 2 else [])]
    else:
        ways = [f"{count} {many}"]
    ways += [f"{count} {'fourth' if over == 1 else 'fourths'}"] if under == 4 else []
    return [*ways, f"{count} over {below}", f"{count} out of {below}", f"{count} slash {below}"]


def amount(whole: str, part: str, money: Money) -> list[str]:
    """The ways of saying money with hundredths."""
    names = money.unit.after(whole, None)
    usual = _usual_amount(whole, part, money)
    if not int(part):
        return product(cardinals(int(whole)), names)
    cents, count = cardinals(int(part)), money.cents.after(part.lstrip("0"), None)
    if not int(whole):
        nothing = product(["zero"], names, ["and", ""], cents, count)
        return [*product(cents, count), *nothing]
    wholes = ["one", "a"] if whole == "1" else cardinals(int(whole))[:2]
    heads = product(wholes, names)
    return [
        usual, *product(heads, cents), *product(heads, ("and", ""), cents, count),
        *product(cardinals(int(whole))[:1], cents), *product(decimal(whole, part), names),
    ]  # fmt: skip


def _usual_amount(whole: str, part: str, money: Money) -> str:
    names = numerals.Money(money.unit.one[0], money.unit.many[0], money.cents.many[0],
                           money.cents.one[0])  # fmt: skip
    return " ".join(numerals.say_money(f"{int(whole):,}.{part}", names))


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
    for rule in (_ordinal, _decade, _score, _time, _of_day, _feet, _title, _inches, _scaled):
        ways = rule(context)
        if ways:
            return ways
    return ()


def _ordinal(context: Context) -> Ways:
    found = re.fullmatch(r"(\d+(?:,\d{3})*)(?:st|nd|rd|th)[.\"']?", context.word, re.IGNORECASE)
    return ordinals(int(found[1].replace(",", ""))) if found and len(found[1]) < 13 else ()


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
    return [f"{cardinals(int(found[1]))[0]} {tens}"] if found[1] else [tens]


def _time(context: Context) -> Ways:
    """Times that say which half of the day they mean, or have a full stop."""
    word = context.word.casefold()
    found = re.fullmatch(r"(\d{1,2})(?:[:.]([0-5]\d))?([ap])\.?m\.?", word)
    if found:
        hour, minute = int(found[1]), int(found[2] or 0)
        heads = clock(hour, minute)[:6] if minute else [cardinals(hour)[0]]
        return product(heads, _half(found[3]))
    dotted = re.fullmatch(r"(\d{1,2})\.([0-5]\d)\.?", word)
    timed = context.before in _TIME_WORDS or re.fullmatch(
        r"[ap]\.?m\.?", context.after, re.IGNORECASE
    )
    if dotted and timed and int(dotted[1]) < 25:
        return [*clock(int(dotted[1]), int(dotted[2])), *decimal(dotted[1], dotted[2])]
    return ()


def _half(letter: str) -> list[str]:
    spoken = ["in the morning"] if letter == "a" else ["in the afternoon", "in the evening"]
    return [f"{letter.upper()} M", *spoken, *(["at night"] if letter == "p" else [])]


def _of_day(context: Context) -> Ways:
    found = re.fullmatch(r"([ap])\.?m\.?", context.word, re.IGNORECASE)
    if found is None or not context.before[-1:].isdigit():
        return ()
    return [*_half(found[1].casefold()), context.word.replace(".", "").casefold()]


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
    """Dates of two words, money with its scale, and numbers with a fraction."""
    return _dated(first, second) or _money_scale(first, second) or _halved(first, second)


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
                *((way,) for way in _days(day, name) if not way.startswith(name))]  # fmt: skip
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
    titled=frozenset({"dr", "st"}),
    point=".",
    groups=",",
    negative=("minus", "negative"),
    to=("to", "through"),
    by=("by", "times", "X"),
    dot=("point", "dot"),
    number=("number", "hashtag", "hash", "pound"),
    digit=SMALL,
    own=own,
    pair=pair,
    roman=roman,
    acronyms=ACRONYMS,
)
"""English."""

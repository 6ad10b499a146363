"""How English says decimals, times, dates, fractions and amounts of money."""

from __future__ import annotations

from tutor.core.text.numbers import numerals
from tutor.core.text.numbers.english import SMALL
from tutor.core.text.numbers.numerals import say_clock
from tutor.core.text.spoken.english_numbers import cardinals, ordinals, years
from tutor.core.text.spoken.english_words import MONTH_NAMES
from tutor.core.text.spoken.pack import Money, product

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
                f"{said} hundred hours", *_after_noon(hour, minute)]  # fmt: skip
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
    return ways + _after_noon(hour, minute)


def _after_noon(hour: int, minute: int) -> list[str]:
    """The ways of saying an hour beyond twelve as one of the other half of the day."""
    return product(clock(hour - 12, minute)[:2], ["", *half_of_day("p")]) if 12 < hour < 24 else []


def date(day: int, month: int, year: int | None) -> list[str]:
    """The ways of saying a date."""
    name = MONTH_NAMES[month - 1]
    heads = days(day, name)
    return product(heads, years(year)) if year else heads


def days(day: int, name: str) -> list[str]:
    """The ways of saying a day of a month, by the month's name."""
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


def half_of_day(letter: str) -> list[str]:
    """The ways of saying which half of the day is meant; `letter`: "a" or "p", of "am" and "pm"."""
    spoken = ["in the morning"] if letter == "a" else ["in the afternoon", "in the evening"]
    return [f"{letter.upper()} M", *spoken, *(["at night"] if letter == "p" else [])]

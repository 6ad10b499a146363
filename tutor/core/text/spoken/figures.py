"""How numbers are said with what stands around them: signs, units, money, times and dates."""

# ruff: noqa: RUF001 - typographic marks are meant

from __future__ import annotations

import re
from functools import lru_cache

from tutor.core.text.spoken.pack import Pack, Ways, full_year, product

LONGEST = 12
"""Figures of the longest number that is said as one; in longer ones each figure is said."""

_YEARS = r"1\d{3}-\d{4}|20\d\d-\d{4}"

CODE = range(3, 20)
"""How many figures a number has that may be said figure by figure: a room, a year, a code."""


def figure_ways(text: str, pack: Pack) -> list[str]:
    """The ways of saying a word that has figures in it; empty where no rule fits.

    `text`: without the punctuation of its sentence, apostrophes and dashes made plain.
    """
    for rule in (
        _duration,
        _clock,
        _date,
        _fraction,
        _money,
        _measure,
        _span,
        _number,
        _power,
        _version,
        _signed,
    ):
        ways = rule(text, pack)
        if ways:
            return list(dict.fromkeys(ways))
    return []


def number_ways(text: str, pack: Pack, *, year: bool = True) -> list[str]:
    """The ways of saying a number, with its decimals if it has some; `year`: four figures may be
    one."""
    found = re.fullmatch(rf"({pack.whole})(?:([{re.escape(pack.point)}.])(\d+))?", text)
    if found is None:
        bare = re.fullmatch(rf"[{re.escape(pack.point)}.](\d+)", text)
        return list(pack.decimal("0", bare[1])) if bare else []
    grouped, _, part = found.groups()
    whole = re.sub(r"\D", "", grouped)
    if part is not None:
        return list(pack.decimal(whole, part))
    return _whole(whole, pack, year=year and whole == grouped)


def _whole(whole: str, pack: Pack, *, year: bool) -> list[str]:
    code = [" ".join(pack.digit[int(figure)] for figure in whole)]
    if len(whole) > LONGEST or (whole[0] == "0" and len(whole) > 1):
        return code
    number = int(whole)
    ways = list(pack.years(number) if year and 1000 <= number < 2100 else pack.cardinals(number))
    return ways + (code if len(whole) in CODE else [])


def _number(text: str, pack: Pack) -> Ways:
    return number_ways(text, pack)


def _power(text: str, pack: Pack) -> Ways:
    """A number or a letter squared or cubed: 3^2."""
    found = re.fullmatch(r"(\d{1,3}|[A-Za-z])\^([23])", text)
    if found is None:
        return ()
    head = number_ways(found[1], pack)[:2] if found[1].isdigit() else [found[1].upper()]
    return product(head, pack.powers.get(found[2], ()))


def _version(text: str, pack: Pack) -> Ways:
    """Three numbers or more with full stops between them."""
    if not re.fullmatch(r"\d{1,6}(?:\.\d{1,6}){2,5}", text):
        return ()
    first, *others = (_counted(number, pack) for number in text.split("."))
    return product(first, *(side for one in others for side in ((*pack.dot, ""), one)))


def _counted(number: str, pack: Pack) -> Ways:
    """A number within a version, whose nought has a short name in some languages."""
    return pack.nought if number == "0" and pack.nought else pack.cardinals(int(number))[:1]


def _signed(text: str, pack: Pack) -> Ways:
    found = re.fullmatch(r"([-+±#~<>≈№])(.*\d.*)", text)
    if found is None:
        return ()
    ways = figure_ways(found[2], pack)
    names = {"-": pack.negative, "#": pack.number, "№": pack.number}
    names |= {"~": (*pack.signs.get("≈", ()), ""), "±": pack.signs.get("±", ())}
    signed = product(names.get(found[1]) or pack.signs.get(found[1], ("",)), ways) if ways else ()
    if found[1] == "-" and "\u00b0" in found[2]:
        bare = number_ways(found[2].split("\u00b0")[0], pack)
        return [*signed, *product(ways, pack.below), *product(bare, pack.below)]
    return signed


def _duration(text: str, pack: Pack) -> Ways:
    """Hours, minutes and seconds: 2:05:30."""
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d):([0-5]\d)", text)
    if found is None:
        return ()
    counts = [str(int(count)) for count in found.groups()]
    names = [
        next(pack.units[sign].after(count, None) for sign in signs if sign in pack.units)
        for count, signs in zip(counts, (("h", "ч"), ("min", "мин"), ("s", "с")), strict=True)
    ]
    hours, minutes, seconds = (
        product(pack.cardinals(int(count))[:1], name) for count, name in zip(counts, names,
        strict=True)
    )  # fmt: skip
    figures = [_numbered(count, pack) for count in found.groups()]
    last = product(minutes, (*pack.signs["&"][:1], ""), seconds)
    return [*product(hours[:1], last), *product(*figures), *product(hours[1:], last)]


def _numbered(count: str, pack: Pack) -> Ways:
    """Two figures as a clock has them: a nought before one may be said."""
    plain = pack.cardinals(int(count))[:1]
    return [*plain, *product(pack.digit[:1], plain)] if count[0] == "0" else plain


def _clock(text: str, pack: Pack) -> Ways:
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text)
    return pack.clock(int(found[1]), int(found[2])) if found and int(found[1]) <= 24 else ()


def _date(text: str, pack: Pack) -> Ways:
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if iso:
        return _dates([(int(iso[3]), int(iso[2]))], int(iso[1]), pack)
    short = re.fullmatch(r"(\d{1,2})\.(\d\d)", text)
    if short and pack.point == ",":  # a full stop is no comma there
        dates = _dates([(int(short[1]), int(short[2]))], None, pack)
        return [*dates, *number_ways(text, pack)] if dates else ()
    found = re.fullmatch(r"(\d{1,2})([./])(\d{1,2})(?:\2(\d{4}|\d\d)|\.)", text)
    if found is None or (found[2] == "/" and found[4] is None):
        return ()
    first, second = int(found[1]), int(found[3])
    orders = [(first, second), (second, first)] if found[2] == "/" else [(first, second)]
    return _dates(orders, full_year(found[4]) if found[4] else None, pack)


def day_and_month(text: str, pack: Pack) -> list[str]:
    """The ways of a day and a month with a slash between them, or the other way round: 24/12."""
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})\.?", text)
    if found is None:
        return []
    first, second = int(found[1]), int(found[2])
    orders = [(first, second), (second, first)] if pack.code == "en" else [(first, second)]
    dates = _dates(orders, None, pack)
    return [*dates, *figure_ways(text.rstrip("."), pack)] if dates else []


def _dates(orders: list[tuple[int, int]], year: int | None, pack: Pack) -> Ways:
    return [
        way
        for day, month in orders
        if 1 <= day <= 31 and 1 <= month <= 12
        for way in pack.date(day, month, year)
    ]


def _fraction(text: str, pack: Pack) -> Ways:
    found = re.fullmatch(r"(?:(\d+)[ -])?(\d{1,3})/(\d{1,3})", text)
    if found is None or int(found[3]) == 0:
        return ()
    over, under = int(found[2]), int(found[3])
    if found[1]:
        return pack.fraction(over + int(found[1]) * under, under)
    return [*pack.fraction(over, under), *product(pack.cardinals(over), pack.cardinals(under))]


def _money(text: str, pack: Pack) -> Ways:
    names = "|".join(sorted(map(re.escape, pack.currencies), key=len, reverse=True))
    number = rf"({pack.whole})(?:[{re.escape(pack.point)}.](\d+))?"
    found = re.fullmatch(rf"(?P<sign>{names}) ?{number}", text)
    found = found or re.fullmatch(rf"{number} ?(?P<sign>{names})", text)
    if found is None:
        return ()
    grouped, part = (group for n, group in enumerate(found.groups()) if group != found["sign"])
    money, whole = pack.currencies[found["sign"]], re.sub(r"\D", "", grouped)
    if part is not None and len(part) == 2:
        return pack.amount(whole, part, money)
    number_only = grouped if part is None else f"{whole}{pack.point}{part}"
    return product(number_ways(number_only, pack, year=False)[:6], money.unit.after(whole, part))


def _measure(text: str, pack: Pack) -> Ways:
    number = rf"({pack.whole})(?:[{re.escape(pack.point)}.](\d+))?"
    found = re.fullmatch(rf"{number}[ -]?([^\d\s.,:;-][^\s\d]*\d?)", text)
    if found is None:
        return ()
    grouped, part, sign = found.groups()
    unit = pack.units.get(sign) or pack.units.get(sign.rstrip("."))
    said = unit.after(grouped, part) if unit else pack.signs.get(sign, ())
    if not said:
        return ()
    plain = grouped if part is None else f"{grouped}{pack.point}{part}"
    names = (*unit.one, *said) if unit and "-" in text else said  # "a ten-meter board"
    return product(number_ways(plain, pack, year=False)[:6], names)


def _span(text: str, pack: Pack) -> Ways:
    """Two numbers with a sign between them: 10-15, 4x4, 2+2=4, 3:1."""
    if re.fullmatch(r"0\d{1,5}/\d{3,}", text):
        return digit_ways(text, pack)
    if re.fullmatch(r"\d{2,4}(-\d{2,4}){0,3}-\d{4}", text) and not re.fullmatch(_YEARS, text):
        return digit_ways(text, pack)
    parts = re.split(r"(?<=[\w%°$€£\"'])([-+=x×*:÷/<>≈])(?=[\d$€£])", text)
    if len(parts) < 3 or not all(any(map(str.isdigit, part)) for part in parts[::2]):
        return ()
    ways = [figure_ways(part, pack)[:4] for part in parts[::2]]
    if not all(ways):
        return ()
    between = {
        "-": (*pack.to, "", *pack.either, *pack.negative),
        "x": pack.by,
        "×": pack.by,
        "*": pack.by,
    }
    between |= {":": (*pack.against, "")}
    between |= {"/": ("", *pack.signs.get("/", ()), *pack.signs.get("÷", ()))}
    sides: list[Ways] = [ways[0]]
    for sign, side in zip(parts[1::2], ways[1:], strict=True):
        names = between.get(sign) or pack.signs.get(sign, ("",))
        if sign == "-" and "=" in text:
            names = (*pack.negative, *names)
        sides += [names, side]
    found = product(*sides)
    if parts[1::2] == ["-"]:
        found += product(pack.starting, ways[0], pack.to[:1], ways[1])
    return found


def digit_ways(text: str, pack: Pack) -> list[str]:
    """The figures of a word one by one; what comes twice may be said so: "double five"."""
    runs = re.findall(r"(\d)(\1*)", re.sub(r"\D", "", text))
    return product(*(_run_ways(pack.digit[int(figure)], 1 + len(more), pack)
                     for figure, more in runs))  # fmt: skip


def _run_ways(figure: str, count: int, pack: Pack) -> Ways:
    """The ways of one figure that comes so many times in a row."""
    plain = " ".join([figure] * count)
    if count < 2 or not pack.double:
        return (plain,)
    rest = " ".join([figure] * (count - 2))
    return (
        plain,
        f"{pack.double} {figure} {rest}".strip(),
        f"{rest} {pack.double} {figure}".strip(),
    )


def mixed_ways(text: str, pack: Pack) -> list[str]:
    """Letters and figures in one word, each in turn: A4, MP3, 5-year-old."""
    parts = re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[%&+=@°]", text)
    if len(parts) < 2 or not any(part[0].isdigit() for part in parts):
        return []
    return product(*(_part(part, pack) for part in parts))


@lru_cache(maxsize=2048)
def _spelled(word: str) -> str:
    return " ".join(word.upper())


def _part(part: str, pack: Pack) -> Ways:
    if part[0].isdigit():
        return number_ways(part, pack)[:4] or [" ".join(c for c in part if c.isdigit())]
    if part in pack.signs:
        return pack.signs[part]
    return [_spelled(part), part] if part.isupper() and len(part) < 5 else [part]

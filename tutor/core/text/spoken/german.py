"""How German says what is written in figures, signs and short forms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.numbers import german as numbers
from tutor.core.text.spoken.german_words import CURRENCIES, SHORT, SIGNS, UNITS
from tutor.core.text.spoken.pack import Context, Money, Pack, Ways, full_year, product

MONTH_NAMES = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
).split()
MONTHS = {name.casefold(): n for n, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {name[:3].casefold(): n for n, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {"jänner": 1, "sept": 9}

_INFLECTED = frozenset(
    "am zum vom beim im den dem der die bis seit ab nach vor einen einem jeden jedem".split()
)
"""Words after which an ordinal ends in -en, or mostly does."""
_HALVES = ("einen halben", "ein halber", "einem halben", "einer halben", "eine halbe")
"""Half a unit of something, in any case."""
_WITH_E = frozenset("der die das".split())


def cardinals(number: int) -> Ways:
    """The ways of saying a number; figures up to 999, which are compared in all their forms."""
    said = numbers.cardinals(number)
    return [str(number), *said[1:2]] if number < 1000 else said


def decimal(whole: str, part: str) -> Ways:
    """The ways of saying a number with decimals."""
    heads, figures = cardinals(int(whole)), " ".join(part)
    ways = product(heads, ["komma", "punkt"], [figures])
    if part in ("5", "50"):
        half = ["eineinhalb", "anderthalb"] if whole == "1" else [f"{_stem(whole)}einhalb"]
        ways += half
    if len(part) == 2 and part[0] != "0":
        ways += product(heads, ["komma"], [part])
    return ways


def _stem(whole: str) -> str:
    return numbers.cardinal(int(whole))


def clock(hour: int, minute: int) -> Ways:
    """The ways of saying a time of the clock."""
    twelve, after = (hour - 1) % 12 + 1, hour % 12 + 1
    if minute == 0:
        special = {0: ["mitternacht"], 24: ["mitternacht"], 12: ["mittag"]}
        ways = [f"{hour} uhr", str(hour), f"{twelve} uhr", str(twelve), *special.get(hour, [])]
        return [f"ein{way[1:]}" if way == "1 uhr" else way for way in ways]
    ways = [f"{hour} uhr {minute}", f"{hour} {minute}", f"{hour} uhr und {minute} minuten"]
    ways += [f"{hour} 0 {minute}", f"{hour} uhr 0 {minute}"] if minute < 10 else []
    if minute == 30:
        ways.append(f"halb {after}")
    elif minute == 15:
        ways += [f"viertel nach {twelve}", f"viertel {after}"]
    elif minute == 45:
        ways += [f"viertel vor {after}", f"dreiviertel {after}", f"drei viertel {after}"]
    elif 20 <= minute < 30:
        ways += product([str(30 - minute)], ["", "minuten"], ["vor halb"], [str(after)])
    elif 30 < minute <= 40:
        ways += product([str(minute - 30)], ["", "minuten"], ["nach halb"], [str(after)])
    if minute <= 30:
        ways += product([str(minute)], ["", "minuten"], ["nach"], [str(twelve)])
    else:
        ways += product([str(60 - minute)], ["", "minuten"], ["vor"], [str(after)])
    return ways


def date(day: int, month: int, year: int | None) -> Ways:
    """The ways of saying a date, in any case."""
    heads = []
    for nth in _cases(numbers.ordinals(day)):
        heads += [f"{nth} {MONTH_NAMES[month - 1]}"]
        heads += [f"{nth} {other}" for other in _cases(numbers.ordinals(month))]
    return product(heads, numbers.years(year)) if year else heads


def _cases(forms: Ways) -> list[str]:
    """An ordinal's forms for dates: ending in -er, -en and -e."""
    return list(forms[:3])


def fraction(over: int, under: int) -> Ways:
    """The ways of saying a fraction; one over its whole has the whole before it."""
    whole, rest = divmod(over, under)
    if whole and rest:
        if under == 2:
            return [*decimal(str(whole), "5")[-1:], *product([str(whole)], ["und"], ["ein halb"])]
        return product([str(whole)], ["", "und"], fraction(rest, under))
    if under == 2:
        return ["ein halb", "einhalb", "eine halbe", "ein halber", "ein halbes", "die hälfte",
                "halb", *_HALVES] if over == 1 else [f"{over} halbe"]  # fmt: skip
    part = numbers.ordinals(under)[2] + "l"
    count = ["ein"] if over == 1 else [str(over)]
    glued = ["dreiviertel"] if (over, under) == (3, 4) else []
    return [*product(count, [part]), *glued, f"{over} von {under}", f"{over} durch {under}"]


def amount(whole: str, part: str, money: Money) -> Ways:
    """The ways of saying money with hundredths."""
    units = money.unit.after(whole, None)
    heads = ["ein" if whole == "1" else way for way in cardinals(int(whole))]
    if not int(part):
        return product(heads, units)
    cents = product([str(int(part))], money.cents.after(part.lstrip("0"), None))
    if not int(whole):
        return cents
    with_cents = product(heads, units, ["", "und"], cents)
    return [*product(heads, units, [str(int(part))]), *with_cents, f"{whole} {int(part)}",
            *product(decimal(whole, part), units)]  # fmt: skip


def roman(number: int, context: Context) -> Ways:
    """A king's number, or a chapter's."""
    dotted = context.word.endswith(".")
    named = context.before[:1].isupper()
    if len(context.word.rstrip(".")) == 1 and not (dotted and named):
        return ()
    ordinal = numbers.ordinals(number)
    nth = [f"der {ordinal[2]}", f"die {ordinal[2]}", *(f"{a} {ordinal[1]}" for a in
           ("des", "dem", "den")), ordinal[2], ordinal[1]]  # fmt: skip
    plain = list(cardinals(number))
    letters = [" ".join(context.word.rstrip("."))]
    return [*nth, *plain, *letters] if dotted else [*plain, *nth, *letters]


def own(context: Context) -> Ways:
    """Ordinals, and what needs the words beside it."""
    rules = (_date, _with_es, _counted, _ordinal, _compound, _hours, _street, _half, _friday)
    for rule in rules:
        ways = rule(context)
        if ways:
            return ways
    return ()


def _date(context: Context) -> Ways:
    """A date in figures, in the case that the word before it asks for."""
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)?", context.word)
    if found is None or not 1 <= int(found[1]) <= 31 or not 1 <= int(found[2]) <= 12:
        return ()
    day, month, year = int(found[1]), int(found[2]), found[3]
    names = ordinal_forms(month, context)
    heads = [
        f"{form} {name}"
        for n, form in enumerate(ordinal_forms(day, context)[:3])
        for name in (MONTH_NAMES[month - 1], names[n])
    ]
    return product(heads, numbers.years(full_year(year))) if year else heads


def _with_es(context: Context) -> Ways:
    """A verb with a shortened "es": geht's."""
    found = re.fullmatch(r"(\w+)'s", context.word)
    short = found is not None and found[1][0].islower()
    return [context.word, f"{found[1]} es"] if found and short else ()


def _counted(context: Context) -> Ways:
    """A number with a full stop: an ordinal, or the end of a sentence."""
    found = re.fullmatch(r"(\d{1,3})\.", context.word)
    if found is None or not context.after or not int(found[1]):
        return ()
    forms = ordinal_forms(int(found[1]), context)
    ends = context.ends and context.before.casefold() not in _INFLECTED | _WITH_E
    plain = cardinals(int(found[1]))
    return [*plain, *forms] if ends else [*forms, *plain]


def _length(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """A length of meters and centimeters: 1,80 m."""
    found = re.fullmatch(r"(\d),(\d\d)", first.word)
    if found is None or second.word.rstrip(".") != "m":
        return ()
    whole = "ein" if found[1] == "1" else found[1]
    plain = [f"{way} Meter" for way in decimal(found[1], found[2])]
    rest = str(int(found[2]))
    return [(way,) for way in (f"{whole} Meter {rest}", f"{found[1]} {rest}", *plain)]


def _ordinal(context: Context) -> Ways:
    found = re.fullmatch(r"(\d{1,4})-?(?:s?te[nrs]?)", context.word)
    return ordinal_forms(int(found[1]), context) if found and int(found[1]) else ()


def _compound(context: Context) -> Ways:
    """A number that begins a word: 80er, 3-mal, 25-jährig."""
    found = re.fullmatch(r"(\d\d)?(\d0)-?er", context.word)
    if found:
        decade = numbers.cardinal(int(found[2])) + "er" if found[2] != "00" else ""
        century = numbers.cardinal(int(found[1])) + "hundert" if found[1] else ""
        return list(dict.fromkeys(filter(None, [century + (decade or "er"), decade])))
    endings = r"fach|mal|jährig\w*|köpfig\w*|prozentig\w*"
    found = re.fullmatch(rf"(\d+)-?({endings})", context.word)
    if found is None:
        return ()
    head = numbers.cardinal(int(found[1]))
    return [(head.removesuffix("s") if found[1] == "1" else head) + found[2]]


def _half(context: Context) -> Ways:
    """Half of a unit that is named behind it."""
    return _HALVES if context.word == "1/2" and context.after.rstrip(".") in UNITS else ()


def _friday(context: Context) -> Ways:
    """ "Fr." among days, which is "Frau" before a name."""
    is_name = context.after[:1].isupper() and not context.before.casefold().startswith("bis")
    among = context.before.casefold().rstrip(".") in (*_DAYS, "bis", "von", "am", "vom", "jeden")
    return ("Freitag", "Frau") if context.word == "Fr." and among and not is_name else ()


_DAYS = "mo di mi do fr sa so montag dienstag mittwoch donnerstag samstag sonntag".split()


def _street(context: Context) -> Ways:
    """A street's name in short: Hauptstr."""
    found = re.fullmatch(r"([^\W\d]\w{2,}|\w+-)(s|S)tr\.", context.word)
    return [f"{found[1]}{found[2]}traße"] if found else ()


def _hours(context: Context) -> Ways:
    found = re.fullmatch(r"(\d{1,2})[.:]([0-5]\d)", context.word)
    if found and context.after.casefold() in ("h", "uhr"):
        return clock(int(found[1]), int(found[2]))
    timed = context.word == "h" and re.fullmatch(r"\d{1,2}[.:]\d\d", context.before)
    return ("uhr", "stunden") if timed else ()


def ordinal_forms(number: int, context: Context) -> list[str]:
    """The forms of an ordinal, the one first that the word before it asks for."""
    er, en, e, es, em = numbers.ordinals(number)
    before = context.before.casefold()
    if before in _WITH_E:
        return [e, en, er, es, em]
    if before in _INFLECTED:
        return [en, e, er, es, em]
    return [er, en, e, es, em]


def pair(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """Dates of two words, and times with "Uhr"."""
    found = re.fullmatch(r"(\d{1,2})\.", first.word)
    month = MONTHS.get(second.word.rstrip(".").casefold())
    if found and month and 1 <= int(found[1]) <= 31:
        return [(form, MONTH_NAMES[month - 1]) for form in ordinal_forms(int(found[1]), first)]
    length = _length(first, second)
    if length:
        return length
    found = re.fullmatch(r"(\d{1,2})(?:[:.]([0-5]\d))?", first.word)
    if found and second.word.rstrip(".") == "Uhr" and int(found[1]) <= 24:
        ways = clock(int(found[1]), int(found[2] or 0))
        return [*((way,) for way in ways if "uhr" in way), *((way,) for way in ways)]
    return ()


PACK = Pack(
    code="de",
    cardinals=cardinals,
    years=numbers.years,
    ordinals=numbers.ordinals,
    decimal=decimal,
    clock=clock,
    date=date,
    fraction=fraction,
    amount=amount,
    signs=SIGNS,
    units=UNITS,
    currencies=CURRENCIES,
    short=SHORT,
    stopped=frozenset("max geb sog apr str mind mo di mi do fr sa so".split()),
    titled=frozenset("hr hrn st s".split()),
    point=",",
    groups=". '",
    to=("bis", "zu"),
    either=("oder",),
    starting=("von",),
    against=("zu",),
    spells_phones=True,
    points=lambda number: [numbers.ordinals(number)[2] + "ns"],
    dating=frozenset("am bis vom seit ab zum".split()),
    powers={"2": ("hoch 2", "zum Quadrat", "im Quadrat"), "3": ("hoch 3",)},
    by=("mal",),
    dot=("Punkt",),
    below=("unter Null", "unter null"),
    number=("Nummer", "Hashtag", "Raute"),
    own=own,
    pair=pair,
    roman=roman,
    acronyms=frozenset(
        "nato nasa aids uno unesco unicef lego ikea pin bafög tüv ok ja nein".split()
    ),
    words=numbers.cardinal,
)
"""German."""

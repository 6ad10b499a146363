"""How Russian says what is written in figures, signs and short forms."""

# ruff: noqa: RUF001 - Russian letters are meant

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.numbers import russian as numbers
from tutor.core.text.spoken.pack import Context, Money, Pack, Unit, Ways, product
from tutor.core.text.spoken.russian_words import CURRENCIES, SHORT, SIGNS, UNITS

MONTH_NAMES = (
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
).split()
MONTHS = {name: n for n, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {"янв": 1, "фев": 2, "апр": 4, "авг": 8, "сен": 9, "сент": 9, "окт": 10, "ноя": 11,
           "дек": 12}  # fmt: skip

_HOURS = "час часа часов"
_MINUTES = "минута минуты минут"
_OF_HOUR = (
    "первого второго третьего четвёртого пятого шестого седьмого восьмого девятого десятого "
    "одиннадцатого двенадцатого"
).split()
_TODAY = frozenset("сегодня завтра вчера послезавтра позавчера было будет это".split())
_LESS = {
    1: "одной", 2: "двух", 3: "трёх", 4: "четырёх", 5: "пяти", 6: "шести", 7: "семи", 8: "восьми",
    9: "девяти", 10: "десяти", 11: "одиннадцати", 12: "двенадцати", 13: "тринадцати",
    14: "четырнадцати", 15: "пятнадцати", 16: "шестнадцати", 17: "семнадцати",
    18: "восемнадцати", 19: "девятнадцати", 20: "двадцати", 25: "двадцати пяти",
}  # fmt: skip
"""Minutes in the genitive, before "без"."""


def cardinals(number: int) -> Ways:
    """The ways of saying a number; figures up to 999, which are compared in all their forms."""
    return [str(number)] if number < 1000 else numbers.cardinals(number)


_TENTHS = ("десятая десятых десятых", "сотая сотых сотых", "тысячная тысячных тысячных")


def decimal(whole: str, part: str) -> Ways:
    """The ways of saying a number with decimals."""
    heads = cardinals(int(whole))
    feminine = numbers.cardinal(int(whole), feminine=True)
    ways: list[str] = []
    if len(part) <= len(_TENTHS):
        over = numbers.cardinal(int(part), feminine=True)
        tenths = numbers.plural(int(part), _TENTHS[len(part) - 1])
        wholes = "целая" if int(whole) % 10 == 1 and int(whole) % 100 != 11 else "целых"
        ways = [f"{feminine} {wholes} {over} {tenths}", f"{feminine} и {over} {tenths}"]
        ways += [f"{over} {tenths}"] if whole == "0" else []
    figures = [str(int(part)) if part[0] != "0" else " ".join(part), " ".join(part)]
    ways += product(heads, ["и", "запятая", "точка", ""], figures)
    if part in ("5", "50"):
        halves = ["полтора", "полторы"] if whole == "1" else product(heads, ["с половиной"])
        ways[1:1] = halves
    return ways


def clock(hour: int, minute: int) -> Ways:
    """The ways of saying a time of the clock."""
    after = hour % 12
    named = {0: ["полночь"], 24: ["полночь"], 12: ["полдень"]}.get(hour, [])
    twelve = (hour - 1) % 12 + 1
    hours = [f"{hour} {numbers.plural(hour, _HOURS)}", str(hour)]
    hours += [f"{twelve} {numbers.plural(twelve, _HOURS)}", str(twelve)] if hour > 12 else []
    hours += ["час", "часа"] if twelve == 1 else []
    if minute == 0:
        return [*hours, *(f"{way} ровно" for way in hours), *product(hours[:2],
                ["0 0", "0 0 минут", "0 минут"]), *named]  # fmt: skip
    said = numbers.cardinal(minute, feminine=True)
    minutes = f"{said} {numbers.plural(minute, _MINUTES)}"
    ways = [f"{hour} 0 {minute}"] if minute < 10 else []
    ways += [f"{hour} {minute}", *product(hours[:3], [minutes, str(minute)])]
    if minute == 30:
        ways += product(["половина", "половине", "половину", "пол"], [_OF_HOUR[after]])
        ways += [f"пол{_OF_HOUR[after]}"]
    if minute == 15:
        ways += product(["четверть", "15 минут"], [_OF_HOUR[after]])
    if minute < 30:
        ways += product([minutes], [_OF_HOUR[after]])
    less = ["четверти"] if minute == 45 else []
    less += [_LESS[60 - minute]] if 60 - minute in _LESS else []
    nexts = [str(after + 1), *(["час"] if after == 0 else [])]
    return ways + product(["без"], less, ["", "минут"], nexts) if less else ways


def date(day: int, month: int, year: int | None) -> Ways:
    """The ways of saying a date."""
    days = _day_forms(day, Context(""))
    heads = product(days, [MONTH_NAMES[month - 1]])
    heads += product(days[:2], [*numbers.ordinals(month)[1:3], f"0 {month}", str(month)])
    if year is None:
        return heads
    of_year = numbers.ordinals(year)[1] if year < 10_000 else str(year)
    return product(heads, [f"{of_year} года", of_year, *numbers.cardinals(year)])


def _day_forms(day: int, before: Context) -> list[str]:
    forms = numbers.ordinals(day)
    first, second = (2, 1) if before.before.casefold() in _TODAY else (1, 2)
    return [forms[first], forms[second], forms[3], forms[6], str(day)]


def fraction(over: int, under: int) -> Ways:
    """The ways of saying a fraction; one over its whole has the whole before it."""
    whole, rest = divmod(over, under)
    if whole and rest:
        ways = ["полтора", "полторы"] if (over, under) == (3, 2) else []
        halves = product([str(whole)], ["с половиной"]) if under == 2 else []
        feminine = numbers.cardinal(whole, feminine=True)
        wholes = "целая" if whole == 1 else "целых"
        return [*ways, *halves, *product([feminine], [wholes, "и"], fraction(rest, under))]
    names = {2: ["половина", "половину", "половины", "пол", "одна вторая"],
             3: ["треть", "одна третья"], 4: ["четверть", "одна четвёртая"]}  # fmt: skip
    forms = numbers.ordinals(under)
    if over == 1:
        ways = names.get(under, [f"одна {forms[4]}"])
    else:
        count = numbers.cardinal(over, feminine=True)
        plural = next(form for form in forms if form.endswith(("ых", "их")))
        ways = [f"{count} {plural}"]
        ways += [f"{count} четверти"] if under == 4 else []
        ways += [f"{count} трети"] if under == 3 else []
    return [*ways, f"{over} из {under}", f"{over} к {under}", f"{over} на {under}",
            f"{over} дробь {under}"]  # fmt: skip


def amount(whole: str, part: str, money: Money) -> Ways:
    """The ways of saying money with hundredths."""
    heads = product(cardinals(int(whole)), _counted(money.unit, whole))
    if not int(part):
        return heads
    cents = product(_feminine(int(part)), _counted(money.cents, str(int(part))))
    if not int(whole):
        return cents
    return [*product(heads[:3], cents), *product(heads[:3], [str(int(part))]),
            *product(decimal(whole, part), money.unit.after("2", "5"))]  # fmt: skip


def _feminine(number: int) -> list[str]:
    return list(dict.fromkeys([numbers.cardinal(number, feminine=True), str(number)]))


def _counted(unit: Unit, whole: str) -> list[str]:
    """A unit's forms, the one first that the number asks for."""
    forms = unit.after(whole, None)
    several = len(unit.one) == len(unit.many) == len(unit.some)
    if not several:
        return forms
    fitting = [
        numbers.plural(int(whole), f"{a}|{b}|{c}".replace(" ", "_").replace("|", " ")).replace(
            "_", " "
        )
        for a, b, c in zip(unit.one, unit.some, unit.many, strict=True)
    ]
    return list(dict.fromkeys([*fitting, *forms]))


def roman(number: int, context: Context) -> Ways:
    """A tsar's number or a century's: an ordinal in any case."""
    named = context.before[:1].isupper() or context.after.casefold()[:3] in ("век", "в", "сто")
    if len(context.word) == 1 and not named:
        return ()
    forms = numbers.ordinals(number)
    after = context.after.rstrip(".").casefold()
    if after in ("веке", "столетии"):
        forms = (forms[3], *forms)
    elif after in ("века", "столетия"):
        forms = (forms[1], *forms)
    return [*forms, *cardinals(number)]


def own(context: Context) -> Ways:
    """Ordinals, years in their case, and measures."""
    if context.word == "гг." and context.before.endswith("-х"):
        return ("годах", "годов")
    for rule in (_ordinal, _year, _placed, _counted_unit, _glued):
        ways = rule(context)
        if ways:
            return ways
    return ()


def _ordinal(context: Context) -> Ways:
    found = re.fullmatch(
        r"(\d{1,4})-(го|му|й|я|е|ю|м|ый|ой|ая|ое|ые|ых|х|ми|ти|и|ух)", context.word
    )
    if found is None or not int(found[1]):
        return ()
    ending = {"й": ("й",), "я": ("я",), "е": ("е",), "ю": ("ю",), "м": ("м",)}.get(
        found[2], (found[2],)
    )
    forms = numbers.ordinals(int(found[1]))
    fitting = [form for form in forms if form.endswith(ending)]
    decade = [way.split()[-1] for way in fitting] if int(found[1]) >= 1000 else []
    return [*fitting, *decade, *forms, *cardinals(int(found[1]))]


def _placed(context: Context) -> Ways:
    """Short forms that mean a place before a name: a town, an avenue."""
    if not context.after[:1].isupper() or context.before[-1:].isdigit():
        return ()
    return {"г.": ("город", "городе", "города"), "пр.": ("проспект", "проспекте")}.get(
        context.word, ()
    )


def _year(context: Context) -> Ways:
    found = re.fullmatch(r"(\d{3,4})", context.word)
    after = context.after.rstrip(".").casefold()
    if found is None or after not in ("год", "года", "году", "годом", "годы", "годах", "г"):
        return ()
    number = int(found[1])
    forms = numbers.ordinals(number)
    place = {"год": 0, "года": 1, "году": 3, "годом": 8, "годах": 10, "годы": 9}.get(after)
    if after == "г":
        place = 3 if context.before.casefold() in ("в", "во") else 0
    fitting = [forms[place]] if place is not None and place < len(forms) else []
    return [*fitting, *forms, *cardinals(number)]


def _counted_unit(context: Context) -> Ways:
    """A unit apart from its number: 5 км."""
    sign = context.word.rstrip(".")
    if sign not in UNITS and context.word not in UNITS:
        if sign == "г" and re.fullmatch(r"\d{4}", context.before):
            return ("год", "года", "году", "годом")
        return ()
    number = re.fullmatch(r"[-+]?(\d[\d ]*)([,.]\d+)?", context.before)
    if number is None:
        return UNITS[sign].after("5", None) if sign == "км/ч" else ()
    if sign == "г" and re.fullmatch(r"\d{4}", context.before):
        return ("год", "года", "году", "годом", "граммов")
    unit = UNITS[sign]
    if number[2]:
        return list(dict.fromkeys([*unit.some, *unit.after("5", None)]))
    return _counted(unit, number[1].replace(" ", ""))


def _glued(context: Context) -> Ways:
    """A unit or a currency written with its number: 100₽, 20 %."""
    found = re.fullmatch(r"(\d{1,3}(?:[ .]\d{3})+|\d+) ?([^\d\s.,:;-]\S*)", context.word)
    if found is None:
        return ()
    whole, sign = re.sub(r"\D", "", found[1]), found[2].rstrip(".")
    unit = UNITS.get(sign) or (CURRENCIES[sign].unit if sign in CURRENCIES else None)
    if unit is None:
        return ()
    return product(cardinals(int(whole)), _counted(unit, whole))


def pair(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """Dates of two words."""
    found = re.fullmatch(r"(\d),(\d\d)", first.word)
    if found and second.word.rstrip(".") == "м":
        whole = f"{found[1]} {numbers.plural(int(found[1]), 'метр метра метров')}"
        rest = str(int(found[2]))
        heads = [whole, *(["метр"] if found[1] == "1" else [])]
        plain = [f"{way} метра" for way in decimal(found[1], found[2])]
        joined = [f"{head} {rest}{tail}" for head in heads for tail in ("", " сантиметров")]
        return [(way,) for way in (*plain[:1], *joined, *plain[1:])]
    found = re.fullmatch(r"(\d{1,2})(?:-го|-е)?", first.word)
    month = MONTHS.get(second.word.rstrip(".").casefold())
    if found and month and 1 <= int(found[1]) <= 31:
        return [(form, MONTH_NAMES[month - 1]) for form in _day_forms(int(found[1]), first)]
    return ()


PACK = Pack(
    code="ru",
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
    stopped=frozenset("см др пр д кв стр рис им св ок г в вв пт".split()),
    point=",",
    groups=". ",
    dating=frozenset("до с от на".split()),
    powers={"2": ("в квадрате",), "3": ("в кубе",)},
    negative=("минус",),
    below=("ниже нуля", "мороза"),
    to=("-", "до", "по"),
    either=("или",),
    starting=("от", "с"),
    against=("", "к"),
    points=lambda number: numbers.ordinals(number)[2:3],
    by=("на", "умножить на"),
    dot=("точка",),
    number=("номер", "хештег", "решётка"),
    own=own,
    pair=pair,
    roman=roman,
    acronyms=frozenset("нато оон вуз загс тасс мид юнеско нэп гум икеа ок да нет спид цум".split()),
    words=numbers.cardinal,
)
"""Russian."""

"""How Russian says what is written in figures, signs and short forms."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.numbers import russian as numbers
from tutor.core.text.spoken.pack import Context, Money, Pack, Unit, Ways, product

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
        ways += ["полтора", "полторы"] if whole == "1" else product(heads, ["с половиной"])
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
    names = {2: ["половина", "пол", "одна вторая"], 3: ["треть", "одна третья"],
             4: ["четверть", "одна четвёртая"]}  # fmt: skip
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
    if context.after.casefold() in ("веке", "столетии"):
        forms = (forms[3], *forms)
    elif context.after.casefold() in ("века", "столетия"):
        forms = (forms[1], *forms)
    return [*forms, *cardinals(number)]


def own(context: Context) -> Ways:
    """Ordinals, years in their case, and measures."""
    for rule in (_ordinal, _year, _counted_unit, _glued):
        ways = rule(context)
        if ways:
            return ways
    return ()


def _ordinal(context: Context) -> Ways:
    found = re.fullmatch(r"(\d{1,4})-(го|му|й|я|е|ю|м|ый|ой|ая|ое|ые|ых|х|ми|ти|и|ух)", context.word)
    if found is None or not int(found[1]):
        return ()
    ending = {"й": ("й",), "я": ("я",), "е": ("е",), "ю": ("ю",), "м": ("м",)}.get(
        found[2], (found[2],)
    )
    forms = numbers.ordinals(int(found[1]))
    fitting = [form for form in forms if form.endswith(ending)]
    return [*fitting, *forms, *cardinals(int(found[1]))]


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
    """A unit or a currency written with its number: 5кг, 100₽, 20 %."""
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
    found = re.fullmatch(r"(\d{1,2})(?:-го|-е)?", first.word)
    month = MONTHS.get(second.word.rstrip(".").casefold())
    if found and month and 1 <= int(found[1]) <= 31:
        return [(form, MONTH_NAMES[month - 1]) for form in _day_forms(int(found[1]), first)]
    return ()


def _unit(forms: str) -> Unit:
    """A unit by its forms after one, two and five; several names are parted by "|"."""
    names = [name.split("/") for name in forms.split("|")]
    one, some, many = zip(*names, strict=True)
    return Unit(one, many, some)


_CENT = _unit("цент/цента/центов")
_ROUBLE = Money(_unit("рубль/рубля/рублей"), _unit("копейка/копейки/копеек"))
_DOLLAR = Money(_unit("доллар/доллара/долларов"), _CENT)
CURRENCIES = {
    "₽": _ROUBLE, "руб": _ROUBLE, "р": _ROUBLE, "$": _DOLLAR, "USD": _DOLLAR,
    "€": Money(_unit("евро/евро/евро"), _CENT),
    "£": Money(_unit("фунт/фунта/фунтов"), _unit("пенс/пенса/пенсов")),
    "¥": Money(_unit("иена/иены/иен"), _unit("сен/сена/сенов")),
}  # fmt: skip

UNITS = {
    "%": _unit("процент/процента/процентов"),
    "км/ч": _unit("километр в час/километра в час/километров в час"),
    "м/с": _unit("метр в секунду/метра в секунду/метров в секунду"),
    "км": _unit("километр/километра/километров"), "м": _unit("метр/метра/метров"),
    "см": _unit("сантиметр/сантиметра/сантиметров"),
    "мм": _unit("миллиметр/миллиметра/миллиметров"),
    "м2": _unit("квадратный метр/квадратных метра/квадратных метров"),
    "кг": _unit("килограмм/килограмма/килограммов|килограмм/килограмма/килограмм"),
    "г": _unit("грамм/грамма/граммов|грамм/грамма/грамм"),
    "мг": _unit("миллиграмм/миллиграмма/миллиграммов"), "т": _unit("тонна/тонны/тонн"),
    "л": _unit("литр/литра/литров"), "мл": _unit("миллилитр/миллилитра/миллилитров"),
    "ч": _unit("час/часа/часов"), "час": _unit("час/часа/часов"),
    "мин": _unit("минута/минуты/минут"), "сек": _unit("секунда/секунды/секунд"),
    "с": _unit("секунда/секунды/секунд"), '"': _unit("дюйм/дюйма/дюймов"),
    "°C": _unit("градус Цельсия/градуса Цельсия/градусов Цельсия|градус/градуса/градусов"),
    "°С": _unit("градус Цельсия/градуса Цельсия/градусов Цельсия|градус/градуса/градусов"),
    "°": _unit("градус/градуса/градусов"), "ГБ": _unit("гигабайт/гигабайта/гигабайт"),
    "МБ": _unit("мегабайт/мегабайта/мегабайт"), "руб": _ROUBLE.unit, "коп": _ROUBLE.cents,
    "тыс": _unit("тысяча/тысячи/тысяч"), "млн": _unit("миллион/миллиона/миллионов"),
    "млрд": _unit("миллиард/миллиарда/миллиардов"), "шт": _unit("штука/штуки/штук"),
    "₽": _ROUBLE.unit, "чел": _unit("человек/человека/человек"),
}  # fmt: skip

SIGNS = {
    "%": ("процентов", "процент", "процента"), "&": ("и", "энд"), "+": ("плюс", "и"),
    "=": ("равно", "равняется", "будет", "это"), "×": ("умножить на", "на"),
    "x": ("умножить на", "на", "икс"), "х": ("умножить на", "на"), "*": ("умножить на", "на",
    "звёздочка"), "÷": ("разделить на", "делить на"), "/": ("дробь", "слэш", "или", "на"),
    "<": ("меньше",), ">": ("больше",), "≈": ("примерно", "приблизительно"),
    "±": ("плюс-минус",), "°": ("градусов", "градус", "градуса"), "@": ("собака",),
    "#": ("хештег", "решётка"), ".": ("точка",), "_": ("нижнее подчёркивание",),
    ":": ("двоеточие",), "-": ("минус", "дефис", "тире", ""), "‰": ("промилле",),
    "§": ("параграф",), "№": ("номер",), "€": ("евро",), "$": ("долларов",), "₽": ("рублей",),
}  # fmt: skip

SHORT = {
    "т.е": ("то есть",), "т.к": ("так как",), "т.д": ("так далее",), "т.п": ("тому подобное",),
    "т.н": ("так называемый", "так называемая", "так называемое"), "др": ("другие", "другое"),
    "пр": ("прочее", "прочие", "проспект"), "напр": ("например",), "см": ("смотри",
    "смотрите"), "ул": ("улица", "улице"), "пр-т": ("проспект",), "д": ("дом", "доме"),
    "кв": ("квартира",), "г-н": ("господин",), "г-жа": ("госпожа",), "тел": ("телефон",),
    "стр": ("страница", "странице", "строение"), "рис": ("рисунок", "рисунке"),
    "им": ("имени",), "н.э": ("нашей эры",), "до н.э": ("до нашей эры",), "св": ("святой",
    "святая", "святого"), "ок": ("около",), "проф": ("профессор",), "акад": ("академик",),
    "обл": ("область", "области"), "и.о": ("исполняющий обязанности",), "г": ("город",
    "городе", "года", "год"), "руб": ("рублей", "рубля", "рубль"), "коп": ("копеек",),
    "тыс": ("тысяч", "тысячи"), "млн": ("миллионов", "миллиона"), "млрд": ("миллиардов",
    "миллиарда"), "в": ("век", "века", "веке", "в"), "вв": ("веков", "века"),
    "янв": ("января",), "фев": ("февраля",), "апр": ("апреля",), "авг": ("августа",),
    "сент": ("сентября",), "окт": ("октября",), "нояб": ("ноября",), "дек": ("декабря",),
    "пн": ("понедельник",), "вт": ("вторник",), "чт": ("четверг",), "пт": ("пятница",),
    "сб": ("суббота",),
}  # fmt: skip

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
    months=MONTHS,
    point=",",
    groups=". ",
    negative=("минус",),
    to=("-", "до", "по"),
    by=("на", "умножить на"),
    number=("номер", "хештег", "решётка"),
    digit=[str(n) for n in range(10)],
    own=own,
    pair=pair,
    roman=roman,
    acronyms=frozenset("нато оон вуз загс тасс мид юнеско нэп гум икеа ок да нет спид цум".split()),
    words=numbers.cardinal,
)
"""Russian."""

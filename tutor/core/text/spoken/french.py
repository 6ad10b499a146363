"""How French says what is written in figures, signs and short forms."""

# ruff: noqa: RUF001 - typographic marks are meant

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.numbers import french as numbers
from tutor.core.text.spoken.pack import Context, Money, Pack, Unit, Ways, product

MONTH_NAMES = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
).split()
MONTHS = {name: n for n, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {"janv": 1, "févr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "déc": 12}


def cardinals(number: int) -> Ways:
    """The ways of saying a number; figures up to 999, which are compared in all their forms."""
    said = numbers.cardinals(number)
    return [str(number), *said[1:]] if number < 1000 else said


def decimal(whole: str, part: str) -> Ways:
    """The ways of saying a number with decimals."""
    heads = cardinals(int(whole))
    figures = [" ".join(part)] if part[0] == "0" or len(part) > 2 else [str(int(part))]
    ways = product(heads, ["virgule", "point"], [*figures, " ".join(part)])
    if part in ("5", "50"):
        ways += product(heads, ["et demi", "et demie"])
    return ways


def clock(hour: int, minute: int) -> Ways:
    """The ways of saying a time of the clock."""
    named = {0: ["minuit"], 24: ["minuit"], 12: ["midi"]}.get(hour, [])
    twelve = (hour - 1) % 12 + 1
    hours = ["1 heure" if hour == 1 else f"{hour} heures", *named]
    hours += [f"{twelve} heure{'s' if twelve > 1 else ''}"] if hour > 12 else []
    if minute == 0:
        return [*hours, str(hour)]
    ways = product(hours, [str(minute), *(["0 " + str(minute)] if minute < 10 else [])])
    ways.append(f"{hour} {minute}")
    if minute == 30:
        ways += product(hours, ["et demie", "et demi"])
    if minute in (15, 45):
        ways += product(hours, ["et quart", "un quart"] if minute == 15 else ["trois quarts"])
    if minute > 30:
        after = hour % 24 + 1
        names = {12: ["midi"], 24: ["minuit"]}.get(after, [])
        nexts = [*(f"{h} heure{'s' if h > 1 else ''}" for h in (after, (after - 1) % 12 + 1)),
                 *names]  # fmt: skip
        less = [str(60 - minute), *(["le quart", "quart"] if minute == 45 else [])]
        ways += product(nexts, ["moins"], less)
    return ways


def date(day: int, month: int, year: int | None) -> Ways:
    """The ways of saying a date."""
    days = ["premier", "1"] if day == 1 else [str(day)]
    heads = product(days, [MONTH_NAMES[month - 1], str(month), f"0 {month}"])
    return product(heads, numbers.years(year)) if year else heads


def fraction(over: int, under: int) -> Ways:
    """The ways of saying a fraction; one over its whole has the whole before it."""
    whole, rest = divmod(over, under)
    if whole and rest:
        halves = ["et demi", "et demie"] if under == 2 and rest == 1 else []
        return [*product([str(whole)], halves), *product([str(whole)], ["", "et"],
                fraction(rest, under))] if halves else product([str(whole)], ["", "et"],
                fraction(rest, under))  # fmt: skip
    names = {2: "demi", 3: "tiers", 4: "quart"}
    one = names.get(under, numbers.ordinals(under)[0])
    many = one if one.endswith("s") else one + "s"
    ways = [f"un {one}"] if over == 1 else [f"{over} {many}"]
    ways += (
        ["une moitié", "la moitié", "une demie", "demi", "demie"] if (over, under) == (1, 2) else []
    )
    return [*ways, f"{over} sur {under}", f"{over} divisé par {under}"]


def amount(whole: str, part: str, money: Money) -> Ways:
    """The ways of saying money with hundredths."""
    units = money.unit.after(whole, None)
    if not int(part):
        return product(cardinals(int(whole)), units)
    cents = product([str(int(part))], money.cents.after(part.lstrip("0"), None))
    if not int(whole):
        return cents
    heads = product(cardinals(int(whole))[:2], units)
    return [*product(heads, [str(int(part))]), *product(heads, ["", "et"], cents),
            *product(decimal(whole, part), units)]  # fmt: skip


def roman(number: int, context: Context) -> Ways:
    """A king's number, or a chapter's: the first is an ordinal."""
    if len(context.word) == 1:
        return ()
    plain = list(cardinals(number))
    return [*plain, *numbers.ordinals(number), " ".join(context.word)]


def own(context: Context) -> Ways:
    """Ordinals, centuries and hours."""
    for rule in (_ordinal, _century, _hours, _title, _saint):
        ways = rule(context)
        if ways:
            return ways
    return ()


_ORDINAL = r"(?:er|re|ère|e|è|ème|eme|ième|ieme|nd|nde)"


def _saint(context: Context) -> Ways:
    """A name with a saint in it: "St-Michel"."""
    found = re.fullmatch(r"(St|Ste)-(\w+)", context.word)
    return [f"Saint{'e' if found[1] == 'Ste' else ''}-{found[2]}"] if found else ()


def _ordinal(context: Context) -> Ways:
    found = re.fullmatch(rf"(\d{{1,4}})({_ORDINAL})s?\.?", context.word)
    if found is None or not int(found[1]):
        return ()
    forms = numbers.ordinals(int(found[1]))
    if context.word.rstrip(".").endswith("s"):
        forms = tuple(form + "s" for form in forms)
    return forms[::-1] if found[2] in ("re", "ère", "nde") else forms


def _century(context: Context) -> Ways:
    found = re.fullmatch(rf"([IVX]+)({_ORDINAL})s?\.?", context.word)
    if found is None:
        return ()
    from tutor.core.text.spoken.letters import roman as value

    number = value(found[1])
    return numbers.ordinals(number) if number else ()


def _hours(context: Context) -> Ways:
    found = re.fullmatch(r"(\d{1,2}) ?[hH] ?([0-5]\d)?(?:min)?\.?", context.word)
    if found is None or int(found[1]) > 24:
        return ()
    return clock(int(found[1]), int(found[2] or 0))


def _title(context: Context) -> Ways:
    numbered = re.fullmatch(r"[nN][°º] ?(\d+)\.?", context.word)
    if numbered:
        return [f"numéro {way}" for way in cardinals(int(numbered[1]))]
    if context.word == "M." and (context.after[:1].isupper() or context.after == "et"):
        return ("monsieur", "M")
    if context.word in ("MM.", "Mrs."):
        return ("messieurs",)
    return ()


def pair(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """Dates of two words."""
    found = re.fullmatch(r"(\d{1,2})(?:er)?", first.word)
    month = MONTHS.get(second.word.rstrip(".").casefold())
    if found and month and 1 <= int(found[1]) <= 31:
        days = ["premier", "1"] if found[1] == "1" else [str(int(found[1]))]
        return [(day, MONTH_NAMES[month - 1]) for day in days]
    found = re.fullmatch(r"(\d+),50?", first.word)
    noun = second.word.rstrip(".")
    if found and noun.isalpha() and noun.islower():
        return [*((way, noun) for way in decimal(found[1], "5")),
                *((found[1], f"{noun} et {half}") for half in ("demi", "demie"))]  # fmt: skip
    found = re.fullmatch(r"(\d),(\d\d)", first.word)
    if found and noun == "m":
        whole = "1 mètre" if found[1] == "1" else f"{found[1]} mètres"
        plain = [f"{way} {m}" for way in decimal(found[1], found[2]) for m in ("mètres", "mètre")]
        return [(way,) for way in (f"{whole} {int(found[2])}", *plain)]
    hours = re.fullmatch(r"(\d{1,2})", first.word)
    if hours and second.word == "h" and int(hours[1]) <= 24:
        return [(way,) for way in (*clock(int(hours[1]), 0), f"{hours[1]} heure")]
    return ()


def triple(first: Context, second: Context, third: Context) -> Ways:
    """Times with spaces around their "h"."""
    minutes = third.word.rstrip(".")
    if second.word != "h" or not re.fullmatch(r"[0-5]\d", minutes) or not first.word.isdigit():
        return ()
    return clock(int(first.word), int(minutes)) if int(first.word) <= 24 else ()


def _unit(one: str, many: str = "") -> Unit:
    ones = one.split("|")
    return Unit(ones, many.split("|") if many else [_plural(name) for name in ones])


def _plural(name: str) -> str:
    head, _, rest = name.partition(" ")
    plural = head if head.endswith(("s", "x")) else head + "s"
    return f"{plural} {rest}".strip()


_CENT = _unit("centime|cent")
_EURO = Money(_unit("euro"), _CENT)
_DOLLAR = Money(_unit("dollar"), _unit("cent"))
CURRENCIES = {
    "€": _EURO, "EUR": _EURO, "$": _DOLLAR, "US$": _DOLLAR, "USD": _DOLLAR,
    "£": Money(_unit("livre|livre sterling"), _unit("penny", "pence")),
    "¥": Money(_unit("yen", "yens|yen"), _unit("sen")),
    "₽": Money(_unit("rouble"), _unit("kopeck")),
    "CHF": Money(_unit("franc|franc suisse"), _unit("centime")),
    "F": Money(_unit("franc"), _unit("centime")),
}  # fmt: skip

UNITS = {
    "km/h": _unit("kilomètre heure|kilomètre à l'heure|kilomètre par heure",
                  "kilomètres heure|kilomètres à l'heure|kilomètres par heure"),
    "m/s": _unit("mètre par seconde|mètre seconde"),
    "km": _unit("kilomètre"), "m": _unit("mètre"), "cm": _unit("centimètre"),
    "mm": _unit("millimètre"), "km2": _unit("kilomètre carré", "kilomètres carrés"),
    "m2": _unit("mètre carré", "mètres carrés"), "m3": _unit("mètre cube", "mètres cubes"),
    "kg": _unit("kilogramme|kilo"), "g": _unit("gramme"), "mg": _unit("milligramme"),
    "t": _unit("tonne"), "l": _unit("litre"), "L": _unit("litre"), "cl": _unit("centilitre"),
    "ml": _unit("millilitre"), '"': _unit("pouce"), "h": _unit("heure"), "min": _unit("minute"),
    "s": _unit("seconde"), "°C": _unit("degré Celsius|degré", "degrés Celsius|degrés"),
    "°": _unit("degré"), "Go": _unit("gigaoctet"), "Mo": _unit("mégaoctet"),
    "kW": _unit("kilowatt"), "kWh": _unit("kilowatt heure|kilowattheure"), "W": _unit("watt"),
    "V": _unit("volt"), "ans": _unit("an"),
}  # fmt: skip

SIGNS = {
    "%": ("pour cent", "pourcent"), "&": ("et", "esperluette"), "+": ("plus",),
    "=": ("égale", "égal", "font", "fait", "est égal à"), "×": ("fois", "sur"),
    "x": ("fois", "sur"), "*": ("fois", "astérisque", "étoile"), "÷": ("divisé par", "sur"),
    "/": ("slash", "barre oblique", "ou", "sur", "par"), "<": ("inférieur à", "plus petit que"),
    ">": ("supérieur à", "plus grand que"), "≈": ("environ",),
    "≠": ("différent de", "n'est pas égal à"), "≤": ("inférieur ou égal à",),
    "≥": ("supérieur ou égal à",), "√": ("racine carrée de", "la racine carrée de"), "π": ("pi",),
    "±": ("plus ou moins",),
    "°": ("degrés", "degré"), "@": ("arobase", "at", "chez"), "#": ("hashtag", "dièse"),
    ".": ("point",), "_": ("tiret bas", "underscore"), ":": ("deux points",),
    "-": ("tiret", "moins", ""), "‰": ("pour mille",), "§": ("paragraphe",), "€": ("euros",),
    "$": ("dollars",), "£": ("livres",),
}  # fmt: skip

SHORT = {
    "mme": ("madame",), "mmes": ("mesdames",), "mlle": ("mademoiselle",), "dr": ("docteur",),
    "pr": ("professeur",), "prof": ("professeur", "prof"), "me": ("maître", "me"),
    "p.ex": ("par exemple",), "ex": ("exemple", "ex"), "etc": ("et cetera", "et caetera"),
    "c.-à-d": ("c'est-à-dire",), "c.à.d": ("c'est-à-dire",), "càd": ("c'est-à-dire",),
    "n°": ("numéro",), "no": ("numéro", "no"), "st": ("saint",), "ste": ("sainte",),
    "av": ("avenue",), "bd": ("boulevard",), "env": ("environ",), "tél": ("téléphone",),
    "vs": ("versus", "contre"), "j.-c": ("Jésus-Christ",), "cf": ("confer", "C F"),
    "s.v.p": ("s'il vous plaît",), "svp": ("s'il vous plaît", "S V P"),
    "stp": ("s'il te plaît", "S T P"), "rdv": ("rendez-vous",), "max": ("maximum", "max"),
    "min": ("minimum", "minutes", "min"), "qqch": ("quelque chose",), "qqn": ("quelqu'un",),
    "chap": ("chapitre",), "vol": ("volume", "vol"), "r.-v": ("rendez-vous",),
    "janv": ("janvier",), "févr": ("février",), "avr": ("avril",), "juil": ("juillet",),
    "sept": ("septembre", "sept"), "oct": ("octobre",), "nov": ("novembre",),
    "déc": ("décembre",), "lun": ("lundi",), "mar": ("mardi",), "mer": ("mercredi",),
    "jeu": ("jeudi",), "ven": ("vendredi",), "sam": ("samedi",), "dim": ("dimanche",),
}  # fmt: skip

PACK = Pack(
    code="fr",
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
    stopped=frozenset("me ex no max min vol sept prof mar mer jeu sam".split()),
    titled=frozenset({"av"}),
    point=",",
    groups=". ",
    dating=frozenset("le du au depuis jusqu'au".split()),
    powers={"2": ("au carré", "puissance 2"), "3": ("au cube", "puissance 3")},
    negative=("moins",),
    below=("en dessous de zéro", "au-dessous de zéro", "sous zéro"),
    to=("à", "au"),
    either=("ou",),
    starting=("de",),
    against=("à", "contre"),
    points=lambda number: [f"{numbers.ordinals(number)[-1]}ment"],
    by=("sur", "fois", "par"),
    dot=("point",),
    number=("numéro", "hashtag", "dièse"),
    own=own,
    pair=pair,
    triple=triple,
    roman=roman,
    acronyms=frozenset(
        "nasa otan onu unesco unicef sida ikea lego ovni laser covid ok oui non".split()
    ),
    words=numbers.cardinal,
)
"""French."""

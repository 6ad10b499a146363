"""How Spanish says what is written in figures, signs and short forms."""

# ruff: noqa: RUF001 - typographic marks are meant

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.core.text.numbers import spanish as numbers
from tutor.core.text.spoken.pack import Context, Money, Pack, Unit, Ways, product

MONTH_NAMES = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
).split()
MONTHS = {name: n for n, name in enumerate(MONTH_NAMES, 1)} | {"setiembre": 9}
_CENTURIES = frozenset("siglo siglos capítulo tomo volumen acto".split())


def cardinals(number: int) -> Ways:
    """The ways of saying a number; figures up to 999, which are compared in all their forms."""
    return [str(number)] if number < 1000 else numbers.cardinals(number)


def decimal(whole: str, part: str) -> Ways:
    """The ways of saying a number with decimals."""
    heads = cardinals(int(whole))
    figures = [" ".join(part)] if part[0] == "0" or len(part) > 2 else [str(int(part))]
    ways = product(heads, ["coma", "punto", "con"], [*figures, " ".join(part)])
    return ways + (product(heads, ["y medio", "y media"]) if part in ("5", "50") else [])


def clock(hour: int, minute: int) -> Ways:
    """The ways of saying a time of the clock."""
    twelve, after = (hour - 1) % 12 + 1, hour % 12 + 1
    hours = list(dict.fromkeys([str(hour), str(twelve)]))
    if minute == 0:
        special = {0: ["medianoche"], 24: ["medianoche"], 12: ["mediodía"]}.get(hour, [])
        return [*product(hours, ["en punto", "", "horas"]), *special]
    said = [str(minute), *([f"0 {minute}"] if minute < 10 else [])]
    ways = [*product(hours, said), *product(hours, ["y"], said)]
    ways += product(hours, ["horas"], said) + product(hours, ["horas y"], said, ["minutos"])
    ways += product(hours, ["y media"]) if minute == 30 else []
    ways += product(hours, ["y cuarto"]) if minute == 15 else []
    if minute > 30:
        less = [str(60 - minute), *(["cuarto"] if minute == 45 else [])]
        ways += product([str(after)], ["menos"], less)
        ways += product([*less, "un cuarto"][-2:] if minute == 45 else less, ["para las"],
                        [str(after)])  # fmt: skip
    return ways


def date(day: int, month: int, year: int | None) -> Ways:
    """The ways of saying a date."""
    days = ["1", "primero"] if day == 1 else [str(day)]
    heads = [*product(days, ["de"], [MONTH_NAMES[month - 1]]), *product(days, ["del", ""],
             [str(month)])]  # fmt: skip
    return product(heads, ["de", "del", ""], numbers.years(year)) if year else heads


def fraction(over: int, under: int) -> Ways:
    """The ways of saying a fraction; one over its whole has the whole before it."""
    whole, rest = divmod(over, under)
    if whole and rest:
        halves = product([str(whole)], ["y medio", "y media"]) if (rest, under) == (1, 2) else []
        return [*halves, *product([str(whole)], ["y"], fraction(rest, under))]
    names = {2: "medio", 3: "tercio", 4: "cuarto", 8: "octavo"}
    one = names.get(under) or (numbers.ordinals(under)[0] if under < 11 else f"{under}avo")
    if (over, under) == (1, 2):
        ways = ["un medio", "medio", "media", "una media", "la mitad"]
    else:
        ways = [f"un {one}"] if over == 1 else [f"{over} {one}s"]
    feminine = [f"{over} {one[:-1]}as partes", f"{over} {one[:-1]}as"] if under > 2 else []
    return [*ways, *feminine, f"{over} de cada {under}", f"{over} sobre {under}",
            f"{over} partido por {under}"]  # fmt: skip


def amount(whole: str, part: str, money: Money) -> Ways:
    """The ways of saying money with hundredths."""
    units = money.unit.after(whole, None)
    if not int(part):
        return product(cardinals(int(whole)), units)
    cents = product([str(int(part))], money.cents.after(part.lstrip("0"), None))
    if not int(whole):
        return cents
    heads = product(cardinals(int(whole))[:2], units)
    between = ["con", "y", ""]
    return [*product(heads, between, [str(int(part))]), *product(heads, between, cents),
            f"{whole} {int(part)}", f"{whole} con {int(part)}",
            *product(decimal(whole, part), units)]  # fmt: skip


def roman(number: int, context: Context) -> Ways:
    """A king's number, up to ten an ordinal; a century's is none."""
    plain = list(cardinals(number))
    if (
        len(context.word) == 1
        and not context.before[:1].isupper()
        and (context.before.casefold() not in _CENTURIES)
    ):
        return ()
    nth = list(numbers.ordinals(number))
    king = number <= 10 and context.before[:1].isupper()
    return [*nth, *plain] if king else [*plain, *nth]


def own(context: Context) -> Ways:
    """Ordinals, hours and what needs the words beside it."""
    found = re.fullmatch(r"(\d{1,2})\.?(º|ª|°|o|a|er|ro|ra|do|da|to|ta|mo|ma|vo|va|no|na)\.?",
                         context.word)  # fmt: skip
    if found and int(found[1]) and not (found[2] == "°" and "." not in context.word):
        forms = numbers.ordinals(int(found[1]))
        feminine = found[2] in ("ª", "a", "ra", "da", "ta", "ma", "va", "na")
        short = [form for form in forms if form.endswith(("er",)) and found[2] == "er"]
        return [*short, forms[1 if feminine else 0], *forms]
    found = re.fullmatch(r"(\d{1,2})[:.h]([0-5]\d)(?: ?h)?\.?", context.word)
    timed = ":" in context.word or "h" in context.word or context.after in ("h", "horas")
    if found and timed and int(found[1]) <= 24:
        return clock(int(found[1]), int(found[2]))
    if context.word == "s." and re.fullmatch(r"[IVX]+\W*", context.after):
        return ("siglo",)
    if context.word == "1/2" and context.after.rstrip(".") in UNITS:
        return ("medio", "media", "un medio", "la mitad de un")
    if context.word == "1" and context.after == "de":
        return ("1", "primero")
    found = re.fullmatch(r"([ap])\.? ?m\.?", context.word, re.IGNORECASE)
    if found and context.before[-1:].isdigit():
        return _half(found[1].casefold())
    return _agreeing(context)


def _agreeing(context: Context) -> Ways:
    """A number in the gender of the noun behind it: "treinta y un libros", "mil quinientas"."""
    found = re.fullmatch(r"\d{1,3}(?:[. ]?\d{3})*", context.word)
    noun = context.after.rstrip(".")
    if found is None or context.ends or not noun.isalpha() or len(noun) < 3:
        return ()
    number = int(re.sub(r"\D", "", context.word))
    if number >= 10**6 or (1000 <= number < 2100 and "." not in context.word):
        return ()
    one, *forms = numbers.cardinals(number)
    feminine = re.sub(r"ientos\b", "ientas", forms[-1] if forms else one)
    feminine = feminine.replace("quinientos", "quinientas")
    if feminine == one:
        return ()
    is_feminine = noun.endswith(("a", "as", "ción", "ciones", "dad", "dades"))
    ways = [feminine, *forms[:1], one] if is_feminine else [*forms[:1], one, feminine]
    return [*ways, *cardinals(number)]


def pair(first: Context, second: Context) -> Sequence[tuple[str, ...]]:
    """Times with an "h" apart, or at one o'clock, and days before their month without "de"."""
    found = re.fullmatch(r"(1|13|0?1):([0-5]\d)", second.word.rstrip("."))
    if found and first.word == "las":
        at_one = [("las", way) for way in clock(int(found[1]), int(found[2]))]
        return [*at_one, *(("la", way) for way in clock(1, int(found[2])))]
    found = re.fullmatch(r"(\d{1,2})(?::([0-5]\d))?", first.word)
    if found and second.word.rstrip(".") in ("h", "hs", "hrs") and int(found[1]) <= 24:
        ways = clock(int(found[1]), int(found[2] or 0))
        return [(way,) for way in ways] + [(f"{way} horas",) for way in ways[:2]]
    if first.before[-1:].isdigit() and first.word in ("a.", "p.") and second.word in ("m.", "m"):
        return [(way,) for way in _half(first.word[0])]
    found = re.fullmatch(r"(\d+),50?", first.word)
    noun = second.word.rstrip(".")
    if found and noun.isalpha() and noun.islower():
        return [*((way, noun) for way in decimal(found[1], "5")),
                *((found[1], f"{noun} y {half}") for half in ("medio", "media"))]  # fmt: skip
    found = re.fullmatch(r"(\d),(\d\d)", first.word)
    if found and noun == "m":
        rest = str(int(found[2]))
        whole = "un metro" if found[1] == "1" else f"{found[1]} metros"
        plain = [f"{way} {m}" for way in decimal(found[1], found[2]) for m in ("metros", "metro")]
        joined = [f"{whole} {rest}", f"{whole} con {rest}", f"{found[1]} {rest}", *plain]
        return [(way,) for way in joined]
    return ()


def _half(letter: str) -> list[str]:
    spoken = ["de la mañana"] if letter == "a" else ["de la tarde", "de la noche"]
    return [*spoken, f"{letter.upper()} M"]


def _unit(one: str, many: str = "") -> Unit:
    ones = one.split("|")
    return Unit(ones, many.split("|") if many else [_plural(name) for name in ones])


def _plural(name: str) -> str:
    head, _, rest = name.partition(" ")
    ending = "s" if head[-1] in "aeiou" else "es"
    return f"{head}{ending} {rest}".strip()


_CENT = _unit("céntimo|centavo")
_EURO = Money(_unit("euro"), _CENT)
_DOLLAR = Money(_unit("dólar"), _unit("centavo|céntimo"))
CURRENCIES = {
    "€": _EURO, "EUR": _EURO,
    "$": Money(Unit(("dólar", "peso"), ("dólares", "pesos")), _unit("centavo|céntimo")),
    "US$": _DOLLAR, "USD": _DOLLAR, "£": Money(_unit("libra"), _unit("penique")),
    "¥": Money(_unit("yen"), _unit("sen")), "₽": Money(_unit("rublo"), _unit("kopek")),
    "S/": Money(_unit("sol"), _CENT),
}  # fmt: skip

UNITS = {
    "km/h": _unit("kilómetro por hora"), "m/s": _unit("metro por segundo"),
    "km": _unit("kilómetro"), "m": _unit("metro"), "cm": _unit("centímetro"),
    "mm": _unit("milímetro"), "km2": _unit("kilómetro cuadrado", "kilómetros cuadrados"),
    "m2": _unit("metro cuadrado", "metros cuadrados"),
    "m3": _unit("metro cúbico", "metros cúbicos"), "kg": _unit("kilogramo|kilo"),
    "g": _unit("gramo"), "gr": _unit("gramo"), "mg": _unit("miligramo"), "t": _unit("tonelada"),
    "l": _unit("litro"), "L": _unit("litro"), "ml": _unit("mililitro"), '"': _unit("pulgada"),
    "h": _unit("hora"), "min": _unit("minuto"), "s": _unit("segundo"), "seg": _unit("segundo"),
    "°C": _unit("grado Celsius|grado centígrado|grado",
                "grados Celsius|grados centígrados|grados"),
    "ºC": _unit("grado Celsius|grado centígrado|grado",
                "grados Celsius|grados centígrados|grados"),
    "°": _unit("grado"), "º": _unit("grado"), "GB": _unit("giga|gigabyte", "gigas|gigabytes|G B"),
    "MB": _unit("mega|megabyte", "megas|megabytes|M B"), "kW": _unit("kilovatio"),
    "kWh": _unit("kilovatio hora", "kilovatios hora"), "W": _unit("vatio"),
    "V": _unit("voltio"),
}  # fmt: skip

SIGNS = {
    "%": ("por ciento",), "&": ("y",), "+": ("más", "y"),
    "=": ("igual a", "son", "es", "es igual a", "igual"), "×": ("por",), "x": ("por",),
    "*": ("por", "asterisco"),
    "÷": ("entre", "dividido por", "dividido entre"), "/": ("barra", "o", "por", "y"),
    "≠": ("no es", "distinto de", "no es igual a"), "≤": ("menor o igual que",),
    "≥": ("mayor o igual que",), "√": ("raíz cuadrada de", "la raíz cuadrada de"), "π": ("pi",),
    "<": ("menor que",), ">": ("mayor que",), "≈": ("aproximadamente",), "±": ("más o menos",),
    "°": ("grados", "grado"), "@": ("arroba",), "#": ("hashtag", "almohadilla", "numeral"),
    ".": ("punto",), "_": ("guion bajo",), ":": ("dos puntos",), "-": ("guion", "menos", ""),
    "‰": ("por mil",), "§": ("sección",), "€": ("euros",), "$": ("dólares", "pesos"),
    "£": ("libras",),
}  # fmt: skip

SHORT = {
    "sr": ("señor",), "sra": ("señora",), "srta": ("señorita",), "sres": ("señores",),
    "d": ("don", "D"), "dña": ("doña",), "dr": ("doctor",), "dra": ("doctora",),
    "prof": ("profesor",), "profa": ("profesora",), "ud": ("usted",), "uds": ("ustedes",),
    "vd": ("usted",), "vds": ("ustedes",), "p.ej": ("por ejemplo",), "ej": ("ejemplo",
    "por ejemplo"), "etc": ("etcétera",), "núm": ("número",), "nº": ("número",),
    "n.º": ("número",), "n°": ("número",), "no": ("número", "no"), "av": ("avenida",),
    "avda": ("avenida",), "c/": ("calle",), "pág": ("página",), "págs": ("páginas",),
    "tel": ("teléfono",), "telf": ("teléfono",), "aprox": ("aproximadamente",),
    "sta": ("santa",), "sto": ("santo",), "a.c": ("antes de Cristo",),
    "d.c": ("después de Cristo",), "vs": ("versus", "contra"), "cía": ("compañía",),
    "ee.uu": ("Estados Unidos",), "ee": ("Estados",), "uu": ("Unidos",), "eeuu":
    ("Estados Unidos",), "máx": ("máximo",), "mín": ("mínimo",), "izq": ("izquierda",),
    "dcha": ("derecha",), "depto": ("departamento",), "cap": ("capítulo",), "s.a": ("S A",),
    "lun": ("lunes",), "mié": ("miércoles",), "jue": ("jueves",), "vie": ("viernes",),
    "sáb": ("sábado",), "dom": ("domingo",), "hnos": ("hermanos",),
    "gral": ("general",), "p.d": ("posdata", "P D"),
}  # fmt: skip

PACK = Pack(
    code="es",
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
    stopped=frozenset("d no ej av cap tel sto".split()),
    point=",",
    groups=". ",
    dating=frozenset("el del al desde hasta".split()),
    powers={"2": ("al cuadrado", "elevado a 2"), "3": ("al cubo",)},
    negative=("menos",),
    below=("bajo cero",),
    to=("a", "al"),
    either=("o",),
    starting=("de",),
    against=("a",),
    points=lambda number: numbers.ordinals(number)[:1] if number <= 10 else (),
    by=("por",),
    dot=("punto",),
    number=("número", "hashtag", "almohadilla", "numeral"),
    own=own,
    pair=pair,
    roman=roman,
    acronyms=frozenset(
        "nasa otan onu unesco unicef sida ikea lego ovni covid ok no ave sí".split()
    ),
    words=numbers.cardinal,
)
"""Spanish."""

"""German words for signs, units, money and short forms."""

# ruff: noqa: RUF001 - typographic marks are meant

from __future__ import annotations

from tutor.core.text.spoken.pack import Money, Unit


def _unit(one: str, many: str = "") -> Unit:
    return Unit(one.split("|"), (many or one).split("|"))


_CENT = _unit("Cent")
_EURO = Money(_unit("Euro"), _CENT)
_DOLLAR = Money(_unit("Dollar"), _CENT)
CURRENCIES = {
    "€": _EURO, "EUR": _EURO, "$": _DOLLAR, "US$": _DOLLAR, "USD": _DOLLAR,
    "£": Money(_unit("Pfund"), _unit("Penny", "Pence")),
    "¥": Money(_unit("Yen"), _unit("Sen")),
    "₽": Money(_unit("Rubel"), _unit("Kopeke", "Kopeken")),
    "CHF": Money(_unit("Franken|Schweizer Franken"), _unit("Rappen")),
    "Fr.": Money(_unit("Franken"), _unit("Rappen")),
    "¢": Money(_CENT, _CENT),
}  # fmt: skip

UNITS = {
    "km/h": _unit("Kilometer pro Stunde|Stundenkilometer|K M H|Kilometer die Stunde"),
    "m/s": _unit("Meter pro Sekunde"),
    "km": _unit("Kilometer"), "m": _unit("Meter"), "cm": _unit("Zentimeter"),
    "mm": _unit("Millimeter"), "km2": _unit("Quadratkilometer"), "m2": _unit("Quadratmeter"),
    "m3": _unit("Kubikmeter"), "qm": _unit("Quadratmeter"), "kg": _unit("Kilogramm|Kilo"),
    "g": _unit("Gramm"), "mg": _unit("Milligramm"), "t": _unit("Tonne", "Tonnen"),
    "l": _unit("Liter"), "ml": _unit("Milliliter"), '"': _unit("Zoll"),
    "h": _unit("Uhr|Stunde", "Uhr|Stunden"), "Std": _unit("Stunde", "Stunden"),
    "min": _unit("Minute", "Minuten"), "Min": _unit("Minute", "Minuten"),
    "s": _unit("Sekunde", "Sekunden"), "Sek": _unit("Sekunde", "Sekunden"),
    "°C": _unit("Grad Celsius|Grad"), "°": _unit("Grad"), "GB": _unit("Gigabyte|G B"),
    "MB": _unit("Megabyte|M B"), "kW": _unit("Kilowatt"), "kWh": _unit("Kilowattstunden"),
    "W": _unit("Watt"), "V": _unit("Volt"), "Mio": _unit("Million", "Millionen"),
    "Mrd": _unit("Milliarde", "Milliarden"), "Tsd": _unit("Tausend"),
}  # fmt: skip

SIGNS = {
    "%": ("Prozent", "von Hundert"), "&": ("und",), "+": ("plus", "und"),
    "=": ("gleich", "ist", "ist gleich", "macht", "sind"), "×": ("mal",), "x": ("mal",),
    "*": ("mal", "Stern"), "÷": ("geteilt durch", "durch"), "/": ("Schrägstrich", "oder", "pro"),
    "<": ("kleiner als", "ist kleiner als"), ">": ("größer als", "ist größer als"),
    "≠": ("ist nicht", "ungleich", "ist ungleich"), "≤": ("kleiner gleich", "höchstens"),
    "≥": ("größer gleich", "mindestens"), "√": ("Wurzel aus", "die Wurzel aus"), "π": ("Pi",),
    "≈": ("ungefähr", "etwa"), "±": ("plus minus",), "°": ("Grad",), "@": ("at", "ät"),
    "#": ("Hashtag", "Raute"), ".": ("Punkt",), "_": ("Unterstrich",), ":": ("Doppelpunkt",),
    "-": ("minus", "Bindestrich", ""), "‰": ("Promille",), "§": ("Paragraf",), "€": ("Euro",),
    "$": ("Dollar",), "£": ("Pfund",),
}  # fmt: skip

SHORT = {
    "z.b": ("zum Beispiel", "Z B"), "z.b.": ("zum Beispiel",), "d.h": ("das heißt", "D H"),
    "u.a": ("unter anderem", "unter anderen"), "usw": ("und so weiter",),
    "bzw": ("beziehungsweise",), "etc": ("et cetera",), "ca": ("circa", "ungefähr", "etwa"),
    "vgl": ("vergleiche",), "evtl": ("eventuell",), "ggf": ("gegebenenfalls",),
    "inkl": ("inklusive",), "usf": ("und so fort",), "z.t": ("zum Teil",),
    "i.d.r": ("in der Regel",), "u.s.w": ("und so weiter",), "o.ä": ("oder ähnliches",),
    "dr": ("Doktor",), "prof": ("Professor",), "s": ("Seite", "siehe"),
    "mo": ("Montag",), "di": ("Dienstag",), "mi": ("Mittwoch",), "do": ("Donnerstag",),
    "sa": ("Samstag",), "so": ("Sonntag",), "hr": ("Herr",), "hrn": ("Herrn",),
    "fr": ("Frau", "Freitag"), "frl": ("Fräulein",), "st": ("Sankt",), "str": ("Straße",),
    "nr": ("Nummer",), "tel": ("Telefon",), "s.o": ("siehe oben",), "s.u": ("siehe unten",),
    "geb": ("geboren", "geborene"), "max": ("maximal", "maximum"), "mind": ("mindestens",),
    "abb": ("Abbildung",), "kap": ("Kapitel",), "jh": ("Jahrhundert",), "jhd": ("Jahrhundert",),
    "v.chr": ("vor Christus",), "n.chr": ("nach Christus",), "mwst": ("Mehrwertsteuer",),
    "mfg": ("mit freundlichen Grüßen",), "uvm": ("und vieles mehr",), "sog": ("sogenannte",
    "sogenannten", "sogenannter", "sogenanntes"), "jan": ("Januar",), "feb": ("Februar",),
    "apr": ("April",), "aug": ("August",), "sept": ("September",), "okt": ("Oktober",),
    "nov": ("November",), "dez": ("Dezember",),
}  # fmt: skip

"""English words for signs, units, money and short forms."""

# ruff: noqa: RUF001 - typographic marks are meant

from __future__ import annotations

from tutor.core.text.spoken.pack import Money, Unit


def _unit(one: str, many: str = "") -> Unit:
    """A unit; several names for it are parted by "|"."""
    ones = one.split("|")
    return Unit(ones, many.split("|") if many else [name + "s" for name in ones])


SIGNS = {
    "%": ("percent", "per cent"),
    "&": ("and", "ampersand"),
    "+": ("plus", "and"),
    "=": ("equals", "is", "is equal to", "makes", "are"),
    "×": ("times", "by", "multiplied by"),
    "*": ("times", "by", "multiplied by", "star"),
    "x": ("times", "by", "X"),
    "÷": ("divided by", "over"),
    "/": ("slash", "or", "per"),
    "<": ("less than", "is less than"),
    ">": ("greater than", "more than", "is greater than", "is more than"),
    "≈": ("about", "approximately", "around"),
    "±": ("plus or minus", "plus minus"),
    "°": ("degrees", "degree"),
    "@": ("at",),
    "#": ("hashtag", "hash", "number", "pound"),
    ".": ("dot",),
    "_": ("underscore",),
    "~": ("tilde", "about"),
    ":": ("colon",),
    "?": ("question mark",),
    "-": ("dash", "hyphen", "minus", ""),
    "‰": ("per mille", "per thousand"),
    "§": ("section", "paragraph"),
    "$": ("dollars",),
    "€": ("euros",),
    "£": ("pounds",),
    "¥": ("yen",),
    "¢": ("cents",),
    "₽": ("rubles",),
    "№": ("number",),
    "™": ("", "trademark"),
    "®": ("", "registered"),
    "©": ("copyright", ""),
}  # fmt: skip

UNITS = {
    "km/h": Unit(("kilometer per hour", "kilometer an hour"),
                 ("kilometers per hour", "kilometers an hour", "K M H", "kilometers hour")),
    "kph": Unit(("kilometer per hour",), ("kilometers per hour", "kilometers an hour", "K P H")),
    "mph": Unit(("mile per hour", "mile an hour"),
                ("miles per hour", "miles an hour", "M P H")),
    "m/s": Unit(("meter per second", "meter a second"),
                ("meters per second", "meters a second")),
    "km": Unit(("kilometer",), ("kilometers", "K", "K M")),
    "m": _unit("meter"),
    "cm": Unit(("centimeter",), ("centimeters", "C M")),
    "mm": Unit(("millimeter",), ("millimeters", "mil", "M M")),
    "km2": Unit(("square kilometer",), ("square kilometers", "kilometers squared")),
    "m2": Unit(("square meter",), ("square meters", "meters squared")),
    "m3": Unit(("cubic meter",), ("cubic meters", "meters cubed")),
    "kg": Unit(("kilogram", "kilo"), ("kilograms", "kilos", "K G")),
    "g": _unit("gram"),
    "mg": _unit("milligram"),
    "t": _unit("ton|tonne"),
    "lb": _unit("pound"),
    "lbs": Unit(("pound",), ("pounds",)),
    "oz": _unit("ounce"),
    "l": _unit("liter"),
    "L": _unit("liter"),
    "ml": Unit(("milliliter",), ("milliliters", "mil", "mils", "M L")),
    "in": Unit(("inch",), ("inches",)),
    "ft": Unit(("foot",), ("feet",)),
    "yd": _unit("yard"),
    "mi": _unit("mile"),
    '"': Unit(("inch",), ("inches", "inch")),
    "''": Unit(("inch",), ("inches", "inch")),
    "h": Unit(("hour",), ("hours", "hundred hours", "H")),
    "hr": _unit("hour"),
    "hrs": Unit(("hour",), ("hours",)),
    "min": _unit("minute"),
    "mins": Unit(("minute",), ("minutes",)),
    "s": _unit("second"),
    "sec": _unit("second"),
    "secs": Unit(("second",), ("seconds",)),
    "ms": _unit("millisecond"),
    "°C": Unit(("degree celsius", "degree centigrade", "degree"),
               ("degrees celsius", "degrees centigrade", "degrees", "degrees C", "")),
    "°F": Unit(("degree fahrenheit", "degree"),
               ("degrees fahrenheit", "degrees", "degrees F")),
    "°": _unit("degree"),
    "kB": Unit(("kilobyte",), ("kilobytes", "K B")),
    "KB": Unit(("kilobyte",), ("kilobytes", "K B")),
    "MB": Unit(("megabyte",), ("megabytes", "megs", "M B")),
    "GB": Unit(("gigabyte",), ("gigabytes", "gigs", "G B")),
    "TB": Unit(("terabyte",), ("terabytes", "T B")),
    "Hz": Unit(("hertz",), ("hertz",)),
    "kHz": Unit(("kilohertz",), ("kilohertz",)),
    "MHz": Unit(("megahertz",), ("megahertz",)),
    "GHz": Unit(("gigahertz",), ("gigahertz",)),
    "W": _unit("watt"),
    "kW": _unit("kilowatt"),
    "kWh": Unit(("kilowatt hour",), ("kilowatt hours",)),
    "V": _unit("volt"),
    "px": _unit("pixel"),
}  # fmt: skip

_CENTS = Unit(("cent",), ("cents",))
_DOLLARS = Money(Unit(("dollar",), ("dollars", "dollar", "bucks")), _CENTS)
_EUROS = Money(Unit(("euro",), ("euros", "euro")), _CENTS)
_POUNDS = Money(Unit(("pound",), ("pounds", "pound", "quid")),
                Unit(("penny", "P"), ("pence", "P")))  # fmt: skip
_YEN = Money(Unit(("yen",), ("yen",)), Unit(("sen",), ("sen",)))
CURRENCIES = {
    "$": _DOLLARS,
    "US$": Money(Unit(("U S dollar", "dollar"), ("U S dollars", "dollars")), _CENTS),
    "USD": Money(Unit(("U S dollar", "dollar"), ("U S dollars", "dollars", "U S D")), _CENTS),
    "€": _EUROS,
    "EUR": _EUROS,
    "£": _POUNDS,
    "GBP": Money(Unit(("pound",), ("pounds", "British pounds", "G B P")), _POUNDS.cents),
    "¥": _YEN,
    "JPY": _YEN,
    "₽": Money(Unit(("ruble",), ("rubles",)), Unit(("kopeck",), ("kopecks",))),
    "¢": Money(_CENTS, _CENTS),
    "₹": Money(Unit(("rupee",), ("rupees",)), Unit(("paisa",), ("paise",))),
    "CHF": Money(Unit(("Swiss franc",), ("Swiss francs", "francs")), _CENTS),
}

MONTH_NAMES = (
    "January February March April May June July August September October November December"
).split()

MONTHS = {name.casefold(): n for n, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {name[:3].casefold(): n for n, name in enumerate(MONTH_NAMES, 1)} | {"sept": 9}

SHORT = {
    "e.g": ("for example", "E G", "for instance"),
    "eg": ("for example", "E G"),
    "i.e": ("that is", "I E", "that is to say"),
    "ie": ("that is", "I E"),
    "etc": ("et cetera", "and so on", "E T C"),
    "vs": ("versus", "V S", "against"),
    "v.s": ("versus",),
    "mr": ("mister",),
    "mrs": ("missus", "misses"),
    "ms": ("miz", "miss"),
    "prof": ("professor", "prof"),
    "jr": ("junior",),
    "sr": ("senior",),
    "mt": ("mount", "mountain"),
    "ave": ("avenue",),
    "rd": ("road",),
    "blvd": ("boulevard",),
    "approx": ("approximately", "about", "approx"),
    "dept": ("department",),
    "govt": ("government",),
    "inc": ("incorporated", "inc"),
    "ltd": ("limited",),
    "corp": ("corporation", "corp"),
    "capt": ("captain",),
    "gen": ("general",),
    "sgt": ("sergeant",),
    "lt": ("lieutenant",),
    "rev": ("reverend", "rev"),
    "hon": ("honorable",),
    "est": ("established", "estimated"),
    "fig": ("figure", "fig"),
    "vol": ("volume", "vol"),
    "ch": ("chapter",),
    "ed": ("edition", "editor", "ed"),
    "max": ("maximum", "max"),
    "min": ("minimum", "min", "minutes"),
    "tel": ("telephone", "tel"),
    "w/o": ("without",),
    "w/": ("with",),
    "b/c": ("because",),
    "c/o": ("care of", "C O"),
    "n/a": ("not applicable", "N A", "not available"),
    "a.k.a": ("also known as", "A K A"),
    "aka": ("also known as", "A K A"),
    "r.s.v.p": ("R S V P",),
    "p.s": ("P S", "postscript"),
    "ph.d": ("P H D", "doctor of philosophy"),
    "phd": ("P H D",),
    "b.c": ("B C", "before Christ"),
    "a.d": ("A D", "anno Domini"),
    "o.k": ("okay",),
    "wwi": ("World War one", "W W one", "the first World War"),
    "wwii": ("World War two", "W W two", "the second World War"),
    "tv": ("T V", "television"),
    "'n'": ("and", "n"),
    "'n": ("and", "n", "than"),
    "rock'n'roll": ("rock and roll", "rock n roll"),
    "rock-'n'-roll": ("rock and roll", "rock n roll"),
    "rock-n-roll": ("rock and roll", "rock n roll"),
    "fish'n'chips": ("fish and chips", "fish n chips"),
    "o'clock": ("o'clock",),
    "24/7": ("twenty four seven", "twenty four hours a day seven days a week"),
    "9/11": ("nine eleven", "september eleventh", "the eleventh of september"),
    "50/50": ("fifty fifty",),
    "mon": ("monday",),
    "tue": ("tuesday",),
    "tues": ("tuesday",),
    "wed": ("wednesday",),
    "thu": ("thursday",),
    "thurs": ("thursday",),
    "fri": ("friday",),
    "sat": ("saturday",),
    "sun": ("sunday",),
    "jan": ("january",),
    "feb": ("february",),
    "mar": ("march",),
    "apr": ("april",),
    "jun": ("june",),
    "jul": ("july",),
    "aug": ("august",),
    "sep": ("september",),
    "sept": ("september",),
    "oct": ("october",),
    "nov": ("november",),
    "dec": ("december",),
}
"""Short forms, in lower case and without a full stop at their end, and how they are said."""

ONLY_WITH_STOP = frozenset(
    "mon wed sat sun fri jan mar dec gen ed min max fig est ch rev hon inc".split()
)
"""Short forms that are words of their own unless a full stop follows them."""

ACRONYMS = frozenset(
    "nasa nato unesco unicef opec aids laser radar scuba covid pin sim ram rom gif jpeg swat ikea "
    "lego fifa uefa wasp yolo asap nafta asean moma sars fema gap bing visa no yes ok the and for "
    "not stop open exit danger wow hey oh sale free new now".split()
)
"""Words that are said as words though they are in capitals."""

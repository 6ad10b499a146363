"""Russian words for numbers."""

# ruff: noqa: RUF001 - Russian letters are meant

from __future__ import annotations

_SMALL = (
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
    "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
).split()
_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()
_SCALES = (
    (10**9, "миллиард миллиарда миллиардов", False),
    (10**6, "миллион миллиона миллионов", False),
    (10**3, "тысяча тысячи тысяч", True),
)
"""Each scale with its forms after one, two and five, and whether it is feminine."""
_FEMININE = {"один": "одна", "два": "две"}

_FIRST = (
    "нулев перв втор трет четвёрт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат "
    "четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат"
).split()
_TENTHS = ("двадцат тридцат сороков пятидесят шестидесят семидесят восьмидесят девяност").split()
_HUNDREDTHS = (
    "сот двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот девятисот"
).split()
_THOUSANDTHS = {1000: "тысячн", 2000: "двухтысячн", 3000: "трёхтысячн"}
_STRESSED = frozenset("втор шест седьм восьм сороков".split())
"""Stems whose masculine ends in -ой."""
_ENDINGS = "ого ое ом ая ой ую ому ым ые ых ыми".split()
_SOFT_ENDINGS = "ьего ье ьем ья ьей ью ьему ьим ьи ьих ьими".split()


def plural(number: int, forms: str) -> str:
    """The form of a noun after a number, of its forms after one, two and five."""
    one, few, many = forms.split()
    if number % 100 in range(11, 15):
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(number % 10, many)


def cardinal(number: int, *, feminine: bool = False) -> str:
    """The words of a number from 0 to less than 10^12."""
    for size, forms, is_feminine in _SCALES:
        if number >= size:
            count, rest = divmod(number, size)
            said = plural(count, forms)
            if count > 1:
                said = f"{cardinal(count, feminine=is_feminine)} {said}"
            return f"{said} {cardinal(rest, feminine=feminine)}" if rest else said
    said = _below_thousand(number)
    before, _, last = said.rpartition(" ")
    return f"{before} {_FEMININE.get(last, last)}".strip() if feminine else said


def cardinals(number: int) -> tuple[str, ...]:
    """All common ways of saying a number in the nominative, the likeliest first."""
    said, feminine = cardinal(number), cardinal(number, feminine=True)
    ways = [said, *([feminine] if feminine != said else [])]
    if number % 10 == 1 and number % 100 != 11:
        ways.append(said.removesuffix("один") + "одно")
    if 1000 <= number < 2000:
        ways.append(f"одна {said}")
    return tuple(ways)


def years(number: int) -> tuple[str, ...]:
    """The ways of saying a year: an ordinal in any case, or the number."""
    return (*ordinals(number), *cardinals(number))


def ordinals(number: int) -> tuple[str, ...]:
    """The forms of an ordinal below 10,000, the masculine nominative first."""
    before, stem = _ordinal_parts(number)
    if stem == "трет":
        ends = ["ий", *_SOFT_ENDINGS]
    else:
        ends = ["ой" if stem in _STRESSED else "ый", *_ENDINGS]
    return tuple(dict.fromkeys(before + stem + ending for ending in ends))


def _ordinal_parts(number: int) -> tuple[str, str]:
    """The words before an ordinal's last one, with a space behind them, and that one's stem."""
    if number in _THOUSANDTHS:
        return "", _THOUSANDTHS[number]
    rest = number % 100
    if rest == 0 and number:
        thousands, hundreds = divmod(number, 1000)
        if not hundreds:
            return "", _SMALL[thousands] + "тысячн"
        return _before(number - hundreds), _HUNDREDTHS[hundreds // 100 - 1]
    if rest < 20:
        return _before(number - rest), _FIRST[rest]
    if rest % 10 == 0:
        return _before(number - rest), _TENTHS[rest // 10 - 2]
    return _before(number - rest % 10), _FIRST[rest % 10]


def _before(number: int) -> str:
    return f"{cardinal(number)} " if number else ""


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = [_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= 20:
        words.append(_TENS[rest // 10 - 2])
        rest %= 10
    if rest or not words:
        words.append(_SMALL[rest])
    return " ".join(words)

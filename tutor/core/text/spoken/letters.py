"""How words are said that are no plain words: short forms, capitals, addresses, Roman numerals."""

# ruff: noqa: RUF001 - Russian letters are meant

from __future__ import annotations

import re
from dataclasses import replace

from tutor.core.text.spoken.pack import Context, Pack, Ways, product

_ROMAN = re.compile(r"(X{0,3})(IX|IV|V?I{0,3})")
"""Roman numerals up to 39: kings, centuries, chapters."""

MOST_CAPITALS = 6
"""Letters of the longest word in capitals that may be spelled."""

_ADDRESS = re.compile(
    r"(?:https?://)?(?:[\w.+-]+@)?[a-z\d][\w-]*(?:\.[\w-]+)*\.[a-z]{2,}(?:/[\w./?=&%~-]*)?",
    re.IGNORECASE,
)
_VOWELS = frozenset("aeiouyаеёиоуыэюяäöüéèà")


def letter_ways(context: Context, pack: Pack) -> list[str]:
    """The ways of saying a word without figures; empty where it is a plain word."""
    short = _short(context, pack)
    if short:
        return short
    king = _numeral(context, pack)
    if king:
        return list(dict.fromkeys(king))
    bare = context.word.strip("\"'")
    bare = bare[:-1] if bare.endswith(".") and "." not in bare[:-1] else bare
    context = replace(context, word=bare or context.word)
    for rule in (_capitals, _dotted, _address, _signs, _hyphened):
        ways = rule(context, pack)
        if ways:
            return list(dict.fromkeys(ways))
    return []


def _short(context: Context, pack: Pack) -> list[str]:
    """The ways of a short form; a word that only looks like one stays a word."""
    plain = context.word.strip('"').rstrip(".").casefold()
    for key in (plain, plain.strip("'")):
        if key not in pack.short or context.loud:
            continue
        if key in pack.titled and not context.word.endswith("."):
            return []
        ends = context.ends and not context.before.endswith("-")
        if key in pack.stopped and (not context.word.endswith(".") or ends):
            return []
        return list(pack.short[key])
    return []


def roman(text: str) -> int | None:
    """The value of a Roman numeral up to 39, None where a word is none."""
    found = _ROMAN.fullmatch(text)
    if not text or found is None:
        return None
    units = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"].index(found[2])
    return 10 * len(found[1]) + units


def _numeral(context: Context, pack: Pack) -> Ways:
    if context.loud:
        return ()
    value = roman(context.word.rstrip("."))
    return pack.roman(value, context) if value else ()


def _capitals(context: Context, pack: Pack) -> Ways:
    """A word in capitals: spelled, or said as a word where it has vowels."""
    found = re.fullmatch(r"((?:\w|qu)')?([^\W\d_]+)('?s)?", context.word)
    if found is None or not found[2].isupper() or not 2 <= len(found[2]) <= MOST_CAPITALS:
        return ()
    head, ending = found[1] or "", "'s" if found[3] else ""
    spelled, whole = head + " ".join(found[2]) + ending, head + found[2].casefold() + ending
    if not _VOWELS & set(whole):
        return (spelled, whole)
    is_word = found[2].casefold() in pack.acronyms or context.loud or len(found[2]) > 3
    return (whole, spelled) if is_word else (spelled, whole)


def _hyphened(context: Context, pack: Pack) -> Ways:
    """Words with a hyphen between them, of which one is in capitals: CD-ROM, UK-based."""
    parts = context.word.split("-")
    if context.loud or len(parts) < 2 or not all(part.isalpha() for part in parts):
        return ()
    ways = [_capitals(replace(context, word=part), pack) for part in parts]
    return product(*(w or (p,) for w, p in zip(ways, parts, strict=True))) if any(ways) else ()


def _dotted(context: Context, _: Pack) -> Ways:
    """Letters with full stops: U.S.A., p.m."""
    if not re.fullmatch(r"(?:[^\W\d_]\.){2,}[^\W\d_]?", context.word):
        return ()
    letters = context.word.replace(".", "")
    return (" ".join(letters.upper()), letters.casefold())


def _address(context: Context, pack: Pack) -> Ways:
    """Addresses of the web and of mail, with their signs spoken."""
    text = context.word.rstrip(".")
    if not _ADDRESS.fullmatch(text) or not _is_address(text):
        return ()
    scheme, _, rest = text.rpartition("://")
    heads: Ways = ("", f"{' '.join(scheme)} {_name(':', pack)} {_name('/', pack)} "
                       f"{_name('/', pack)}") if scheme else ("",)  # fmt: skip
    if rest.casefold().startswith("www."):
        plain = replace(context, word=rest[4:])
        return product(heads, [*_parts_of(rest, pack), *_address(plain, pack)])
    return product(heads, _parts_of(rest, pack))


def _parts_of(address: str, pack: Pack) -> Ways:
    parts = [part for part in re.split(r"([./@_?=&%~-])", address) if part]
    last = parts.index("/") - 1 if "/" in parts else len(parts) - 1
    return product(*(_address_part(p, pack, last=n == last) for n, p in enumerate(parts)))


def _is_address(text: str) -> bool:
    """Whether a full stop parts an address: no capital begins a sentence behind it."""
    return "@" in text or "/" in text or not re.search(r"\.[A-ZА-Я]", text)


def _address_part(part: str, pack: Pack, *, last: bool) -> Ways:
    if not any(map(str.isalnum, part)):
        return pack.signs.get(part, ("",))
    short = len(part) <= 3 and not _VOWELS & set(part.casefold())
    spelled = " ".join(part.upper())
    return (spelled, part) if short or (last and len(part) == 2) else (part,)


def _name(sign: str, pack: Pack) -> str:
    return pack.signs.get(sign, ("",))[0]


def _signs(context: Context, pack: Pack) -> Ways:
    """Words joined by a sign that is spoken: R&B, and/or, #hashtag."""
    if context.word.startswith("#") and len(context.word) > 1:
        return product(pack.signs.get("#", ("hashtag",)), [context.word[1:]])
    if context.word.isalpha() and not (
        context.before[-1:].isdigit() and context.after[:1].isdigit()
    ):
        return ()  # a letter that stands for a cross between numbers alone
    parts = [part for part in re.split(r"([&+@=/])", context.word) if part]
    if len(parts) < 2 and context.word not in pack.signs:
        return ()
    return product(*(_sign_part(part, pack) for part in parts))


def _sign_part(part: str, pack: Pack) -> Ways:
    if part == "/":
        return ("", *pack.signs.get("/", ()))
    if part in pack.signs:
        return pack.signs[part]
    return [" ".join(part), part] if part.isupper() and len(part) < 4 else [part]

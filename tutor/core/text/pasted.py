"""The pieces of a text between which a reader breaks off, however it was written or pasted.

A text may come from a page or a word processor: with tags, entities, words broken at a line's end,
numbers before the points of a list, and with dashes and slashes where others write spaces.
"""

# ruff: noqa: RUF001 - typographic marks are meant

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,8});")
_BROKEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ac][ \t]*\r?\n[ \t]*(?=[^\W\d_])")
_SOFT = re.compile("\u00ad[ \t]*(?:\r?\n[ \t]*)?")
LABEL = r"[^\W\d_][\w.'\u2019-]{0,14}"
"""The name of who speaks, before a colon."""

_SPEAKER = re.compile(rf"^[ \t]*((?=[^\W\d_a-zа-яё]){LABEL}:)[ \t]+(?=\S)", re.MULTILINE)
_ASKED = re.compile(r"(?:^|(?<=[.!?] ))[ \t]*([A-Z]:)[ \t]+(?=\S)", re.MULTILINE)
"""Speakers at the beginnings of lines, and such of one letter within a line, too."""

_POINT = re.compile(r"(?:^[ \t]*|(?<=[.!?;,:])[ \t]+)(\d{1,2})\.[ \t]+(?=\S)", re.MULTILINE)
_BRACKET = re.compile(r"(?:^|(?<=\s))\(?(\d{1,2}|[a-z])\)[ \t]+(?=\S)", re.MULTILINE)
"""The numbers of a list whose points stand behind each other."""

_LIST_NUMBER = re.compile(r"^[ \t]*(\(?(?:\d{1,2}|[a-z])[.)])[ \t]+(?=\S)", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*\*[ \t]+(?=\S)", re.MULTILINE)
_GROUPED = re.compile("(?<=\\d)[\u00a0\u202f\u2009](?=\\d{3}(?!\\d))")

_BETWEEN_NUMBERS = re.compile("(?<=\\d) ([-\u2010-\u2015\u2212]) (?=\\d)")

_DASHES = "\u2012-\u2015"
_LETTER = r"[^\W\d_]"
_PARTED = re.compile(
    rf"(?<=[\w'\"\u2019\u201d!?.,)])(?:[{_DASHES}]|--+)(?={_LETTER}|[\"\u201c(¿¡])"
    rf"|(?<={_LETTER})[{_DASHES}](?=\d)"
    rf"|(?<={_LETTER})(?:\u2026|\.{{3,}})(?={_LETTER})"
)
_SLASHED = re.compile(rf"(?<=\w)/(?={_LETTER})")

SIGNS_APART = frozenset("% & + = ° @ × ÷ < > ≈ ≠ ≤ ≥ √ ∞ ± ‰ § € $ £ ¥ ¢ ₽ ₹ № °C °F # / *".split())
"""Signs that are spoken as a word, or with a number, when they stand alone."""

UNITS_APART = frozenset("% ° ‰ € $ £ ¥ ¢ ₽ ₹ °C °F".split())
"""Those of them that name what the number before them counts."""

_NO_BREAK = "\u2060"
"""Stands for the space behind a list's number, which is no word of its own."""


def pieces_of(text: str) -> list[str]:
    """The pieces of a text between spaces, each with the punctuation beside it.

    A dash or a slash between words parts them and stays with the first one. What is left of a
    space inside a piece (behind a list's number, between a number's thousands, behind the dash
    between two numbers) is a plain space.
    """
    plain = _joined(text)
    if _is_list(plain):
        plain = _LIST_NUMBER.sub(rf"\1{_NO_BREAK}", plain)
    for points in (_POINT, _BRACKET):
        plain = _with_points(plain, points)
    for speakers in (_SPEAKER, _ASKED):
        if len(speakers.findall(plain)) > 1:
            plain = speakers.sub(rf"\1{_NO_BREAK}", plain)
    plain = _GROUPED.sub(_NO_BREAK, plain)
    plain = _BETWEEN_NUMBERS.sub(rf" \1{_NO_BREAK}", plain)
    return [part for piece in plain.split() for part in _parted(piece)]


def _joined(text: str) -> str:
    """A text without tags and entities, words broken at a line's end whole again."""
    without = _ENTITY.sub(lambda found: html.unescape(found[0]), _TAG.sub(" ", text))
    whole = _SOFT.sub("", _BROKEN.sub(_mended, without)).replace(_NO_BREAK, "")
    return _BULLET.sub("", whole)


def _mended(found: re.Match[str]) -> str:
    """A capital behind the hyphen shows that it is the word's own: "Anglo-Saxon"."""
    return "-" if found.string[found.end()].isupper() else ""


def _with_points(text: str, points: re.Pattern[str]) -> str:
    """A text whose list's numbers belong to the words behind them, where it begins with the first
    of them and they go on as numbers do."""
    found = [one[1] for one in points.finditer(text)]
    counted = [str(n) for n in range(1, len(found) + 1)], list(_LETTERS[: len(found)])
    is_list = len(found) > 1 and found in counted and points.match(text.lstrip()) is not None
    if not is_list:
        return text
    return points.sub(lambda one: f" {one[0].strip()}{_NO_BREAK}", text)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _is_list(text: str) -> bool:
    """Whether numbers at the beginnings of lines are a list's: there are two at least."""
    return len(_LIST_NUMBER.findall(text)) > 1


def _parted(piece: str) -> list[str]:
    parts = _after(_PARTED, piece)
    return [
        one.replace(_NO_BREAK, " ")
        for part in parts
        for one in (_after(_SLASHED, part) if _is_slashed(part) else [part])
    ]


def _after(mark: re.Pattern[str], piece: str) -> list[str]:
    """The parts of a piece, cut behind each mark."""
    ends = [found.end() for found in mark.finditer(piece)]
    return [piece[a:b] for a, b in zip([0, *ends], [*ends, len(piece)], strict=True) if piece[a:b]]


def _is_slashed(piece: str) -> bool:
    """Whether slashes part words: not in an address, a unit (km/h) or a short form (w/o)."""
    sides = [side.strip("()[]\"'.,;:!?") for side in piece.split("/")]
    return len(sides) > 1 and all(len(side) > 1 and side.replace("-", "").isalpha()
                                  for side in sides)  # fmt: skip

# ruff: noqa: RUF001 - it is about signs that look alike
"""E-mail addresses of accounts: one form of each, and none that looks like another's.

The rules are those of Unicode's security mechanisms (UTS #39): compatibility forms are folded, a
name is of one script, and a name of another script must not consist of Latin's doubles alone.
"""

from __future__ import annotations

import unicodedata

_DOUBLES = frozenset(
    "аеорсухіјѕһԁԛԝвнкмтгпь"  # Cyrillic
    "αοορνυικτγηωχ"  # Greek
    "օսոհցզ"  # Armenian
)
"""Small letters of other scripts that look like Latin ones, or nearly so."""

_ANY_SCRIPT = frozenset({"COMMON", "INHERITED"})

_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "LATIN"}),
    frozenset({"CJK", "BOPOMOFO", "LATIN"}),
    frozenset({"CJK", "HANGUL", "LATIN"}),
)
"""Scripts that are written together (UTS #39, 5.2: highly restrictive)."""


def canonical(email: str) -> str:
    """An address in the form in which accounts are told apart: NFKC, in lower case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).lower())


def is_deceptive(email: str) -> bool:
    """Whether a canonical address may be taken for another one: scripts are mixed in a part of it,
    or its name looks like Latin at a domain that is."""
    name, _, domain = email.rpartition("@")
    if any(not _is_one_script(part) for part in (name, *domain.split("."))):
        return True
    letters = [sign for sign in name if sign.isalpha()]
    is_foreign = bool(letters) and not any(sign.isascii() for sign in letters)
    return is_foreign and domain.isascii() and all(sign in _DOUBLES for sign in letters)


def _is_one_script(text: str) -> bool:
    scripts = {_script(sign) for sign in text} - _ANY_SCRIPT
    return len(scripts) <= 1 or any(scripts <= together for together in _TOGETHER)


def _script(sign: str) -> str:
    """The script of a letter, by the first word of its name; digits and signs are of any."""
    if unicodedata.category(sign) in ("Mn", "Me"):
        return "INHERITED"
    if not sign.isalpha():
        return "COMMON"
    return unicodedata.name(sign, "COMMON").split()[0].removesuffix("-COMPATIBILITY")

# ruff: noqa: RUF001 - Russian letters look like Latin ones
"""How near two words are by their sounds: for what a recogniser, or a learner, got slightly wrong.

A word that only sounds near is never taken: the tutor asks whether it was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf

from tutor.core.talk.words import fold

Sounds = Callable[[str, str], tuple[str, ...]]
"""The sounds of a word in a language (primary subtag)."""

NEAR = 0.34
"""Share of its sounds in which a word may differ from what was meant: one of three."""

FEWEST = 3
"""Sounds that a word needs to be told from others."""

LIKE = 0.5
"""The cost of a sound for one that is easily taken for it."""

_ALIKE = [
    "p b", "t d", "k g c q", "f v w", "s z c", "m n", "l r", "i e y j", "a o e", "u o", "h x",
    "б п", "д т", "г к х", "в ф", "з с ц", "ж ш щ ч", "и ы е й", "а о", "е э и", "у о", "м н",
    "P B F", "T D TH DH", "K G", "F V W", "S Z SH TH TS DZ", "DH Z", "ZH SH", "M N NG", "L R",
    "IY IH EE EH", "EH AE EY", "AA AH AO AE OO AX", "UH UW OW OO", "CH JH SH TR", "AO OW OO",
    "ER AH AX AXR", "AR AA", "IR IY", "UR UH", "DR JH",
]  # fmt: skip
_LIKES: dict[str, set[str]] = {}
for _group in map(str.split, _ALIKE):
    for _sound in _group:
        _LIKES.setdefault(_sound, set()).update(_group)

_NONE: frozenset[str] = frozenset()


def by_letters(word: str, language: str) -> tuple[str, ...]:
    """The sounds of a word by its letters alone, where no lexicon is at hand."""
    return tuple(fold(word, language))


def distance(ours: Sequence[str], others: Sequence[str], most: float) -> float:
    """The least cost of making one row of sounds into another; infinity where it is over `most`."""
    row = [float(n) for n in range(len(others) + 1)]
    for sound in ours:
        likes = _LIKES.get(sound, _NONE)
        corner, left = row[0], row[0] + 1
        below = [left]
        for above, other in zip(row[1:], others, strict=True):
            change = 0.0 if sound == other else LIKE if other in likes else 1.0
            left = min(corner + change, above + 1, left + 1)
            below.append(left)
            corner = above
        row = below
        if min(row) > most:  # it can but grow
            return inf
    return row[-1] if row[-1] <= most else inf


def nearness(ours: tuple[str, ...], others: tuple[str, ...]) -> float:
    """How near two rows of sounds are: 1 for the same ones, 0 for more than `NEAR` or too few."""
    longest = max(len(ours), len(others))
    if min(len(ours), len(others)) < FEWEST:
        return 1.0 if ours and ours == others else 0.0
    most = NEAR * longest
    if abs(len(ours) - len(others)) > most or _strangers(ours, others) > most:
        return 0.0
    return max(0.0, 1 - distance(ours, others, most) / longest)


def _strangers(ours: tuple[str, ...], others: tuple[str, ...]) -> int:
    """How many sounds of a row are like none of the other: each of them costs 1."""
    reach = _reach(others)
    return sum(sound not in reach for sound in ours)


@lru_cache(maxsize=4096)
def _reach(sounds: tuple[str, ...]) -> frozenset[str]:
    """The sounds that are one of some, or like one."""
    return frozenset(sounds).union(*(_LIKES.get(sound, _NONE) for sound in sounds))

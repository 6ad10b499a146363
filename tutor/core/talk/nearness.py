# ruff: noqa: RUF001 - Russian letters look like Latin ones
"""How near two words are by their sounds: for what a recogniser, or a learner, got slightly wrong.

A word that only sounds near is never taken: the tutor asks whether it was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
_PAIRS = frozenset(
    (one, other) for group in _ALIKE for one in group.split() for other in group.split()
)


def by_letters(word: str, language: str) -> tuple[str, ...]:
    """The sounds of a word by its letters alone, where no lexicon is at hand."""
    return tuple(fold(word, language))


def distance(ours: Sequence[str], others: Sequence[str]) -> float:
    """The least cost of making one row of sounds into another."""
    row = [float(n) for n in range(len(others) + 1)]
    for sound in ours:
        above, row = row, [row[0] + 1]
        for at, other in enumerate(others):
            change = 0.0 if sound == other else LIKE if (sound, other) in _PAIRS else 1.0
            row.append(min(above[at] + change, above[at + 1] + 1, row[at] + 1))
    return row[-1]


def nearness(ours: Sequence[str], others: Sequence[str]) -> float:
    """How near two rows of sounds are: 1 for the same ones, 0 for no likeness or too few."""
    longest = max(len(ours), len(others))
    if min(len(ours), len(others)) < FEWEST:
        return 1.0 if ours and tuple(ours) == tuple(others) else 0.0
    if abs(len(ours) - len(others)) > NEAR * longest:
        return 0.0
    return max(0.0, 1 - distance(ours, others) / longest)

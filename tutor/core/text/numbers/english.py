"""English words for numbers."""

from __future__ import annotations

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen".split()
)
"""The words for 0 to 19, each at its own index."""

TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
"""The words for the tens, each at a tenth of its value."""

SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

_IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def ordinal(cardinal: str) -> str:
    """The ordinal of a cardinal of one word: first, twentieth, hundredth."""
    if cardinal.endswith("y"):
        return cardinal[:-1] + "ieth"
    return _IRREGULAR_ORDINALS.get(cardinal, cardinal + "th")

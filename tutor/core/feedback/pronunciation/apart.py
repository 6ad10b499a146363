"""How far two words are apart by their sounds."""

from __future__ import annotations

from collections.abc import Sequence


def is_one_apart(sounds: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two words differ by one sound that is changed, added or left out.

    A vowel with an r in it counts as a vowel and an r: "burn" for "barn".
    """
    return _is_one_apart(sounds, others) or _is_one_apart(_apart(sounds), _apart(others))


def _apart(sounds: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for sound in sounds for one in (("ER", "R") if sound == "ER" else (sound,)))


def _is_one_apart(sounds: Sequence[str], others: Sequence[str]) -> bool:
    short, long = sorted((tuple(sounds), tuple(others)), key=len)
    if not short or short == long or len(long) - len(short) > 1:
        return False
    same = next(
        (n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short)
    )
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]

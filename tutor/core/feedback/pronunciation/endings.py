"""Words without their ending: what a learner says who leaves a final -s or -ed out.

The recogniser often writes the ending all the same, since it knows how a sentence goes on, so the
form without it is asked for whatever was recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tutor.core.text.normal import normalise

Sounds = tuple[str, ...]

_HISSES = frozenset("S Z SH ZH CH JH TS DZ".split())
_STOPS = frozenset("T D TH DH CH JH TR DR TS DZ".split())
_WEAK = frozenset("IH AX".split())
_MELTED = {"TS": "T", "DZ": "D"}
"""Sounds that hold a word's last one and -s: "cats", "beds"."""

_WHOLE = frozenset(
    "is was has does his this thus as us its yes gas bus plus always perhaps lens news "
    "series species means bed red led fed wed hundred kindred sacred naked wicked".split()
)
"""Words that only end like one with an ending."""

SHORTEST = 2
"""Letters of the shortest stem."""


def without_ending(
    word: str, sounds: Sounds, is_word: Callable[[str], bool]
) -> tuple[tuple[str, ...], Sounds]:
    """The words that one may be without its -s or -ed, and their sounds; both () without an ending.

    Args:
        word: As the text has it.
        sounds: The word's sounds. The stem's are these without the ending's, whatever a dictionary
            says of the stem, so that nothing else decides between the two.
        is_word: Whether a dictionary has a word: "news" has no ending if it had no "new".
    """
    plain = normalise(word)
    if plain in _WHOLE:
        return (), ()
    short = _without_s(sounds) if plain.endswith("s") else _without_ed(sounds)
    stems = tuple(stem for stem in _stems(plain) if len(stem) >= SHORTEST and is_word(stem))
    return (stems, short) if stems and short else ((), ())


def _stems(word: str) -> Iterator[str]:
    """What may be left of a word's letters without an ending."""
    if word.endswith("s") and not word.endswith("ss"):
        yield from (word[:-3] + "y",) if word.endswith("ies") else ()
        yield word[:-1]
        yield from (word[:-2],) if word.endswith("es") else ()
    elif word.endswith("ed") and not word.endswith("eed"):
        yield from (word[:-3] + "y",) if word.endswith("ied") else ()
        yield word[:-2]
        yield word[:-1]
        yield from (word[:-3],) if word[-3:-2] == word[-4:-3] else ()


def _without_s(sounds: Sounds) -> Sounds:
    """Sounds without those of a final -s; () where they have none."""
    if _is_syllable(sounds, "Z", _HISSES):
        return sounds[:-2]
    if sounds and sounds[-1] in _MELTED:
        return (*sounds[:-1], _MELTED[sounds[-1]])
    return sounds[:-1] if len(sounds) > 1 and sounds[-1] in ("S", "Z") else ()


def _without_ed(sounds: Sounds) -> Sounds:
    """Sounds without those of a final -ed; () where they have none."""
    if _is_syllable(sounds, "D", _STOPS):
        return sounds[:-2]
    return sounds[:-1] if len(sounds) > 1 and sounds[-1] in ("T", "D") else ()


def _is_syllable(sounds: Sounds, last: str, before: frozenset[str]) -> bool:
    """Whether an ending has a vowel of its own, as after some sounds: "boxes", "wanted"."""
    if len(sounds) < 4:
        return False
    return sounds[-1] == last and sounds[-2] in _WEAK and sounds[-3] in before


def is_lost_before(sounds: Sequence[str], short: Sequence[str], following: Sequence[str]) -> bool:
    """Whether an ending can hardly be heard before the next word: "cats sit", "walked to".

    One with a vowel of its own can: "painted the". `short`: the sounds without it.
    """
    if not sounds or not following or len(sounds) - len(short) > 1:
        return False
    alike = _HISSES if sounds[-1] in _HISSES else _STOPS
    return following[0] in alike

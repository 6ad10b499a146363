"""Texts that an utterance did not read, to learn and to measure what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random

KINDS = ("right", "other", "alike", "half", "inserted", "substituted")
"""The text that was read; another utterance's; another's that shares words where there is one;
the first half with the second half of another; with one word more; with one word changed."""


def variants(texts: Sequence[str], seed: int = 7) -> list[dict[str, tuple[str, int]]]:
    """For each text, one of each kind, and the index of the changed word (-1: none alone)."""
    chance = Random(seed)  # noqa: S311 - reproducible, no secret
    words = [text.split() for text in texts]
    vocabulary = sorted({word for text in words for word in text})
    by_length = defaultdict[int, list[int]](list)
    for n, text in enumerate(words):
        by_length[len(text)].append(n)
    return [_of_one(n, words, vocabulary, by_length, chance) for n in range(len(texts))]


def _of_one(
    n: int,
    words: Sequence[list[str]],
    vocabulary: Sequence[str],
    by_length: dict[int, list[int]],
    chance: Random,
) -> dict[str, tuple[str, int]]:
    own = words[n]
    other = _other(n, words, by_length, chance)
    sharing = [
        m
        for m in chance.sample(range(len(words)), min(400, len(words)))
        if _is_alike(own, words[m])
    ]
    alike = words[chance.choice(sharing)] if sharing else _other(n, words, by_length, chance)
    middle = len(own) // 2
    half = own[:middle] + other[middle:]
    at, place = chance.randrange(len(own)), chance.randrange(len(own) + 1)
    foreign = [word for word in chance.sample(vocabulary, 40) if word not in own]
    inserted = [*own[:place], foreign[0], *own[place:]]
    substituted = [*own[:at], foreign[1], *own[at + 1 :]]
    return {
        "right": (" ".join(own), -1),
        "other": (" ".join(other), -1),
        "alike": (" ".join(alike), -1),
        "half": (" ".join(half), -1),
        "inserted": (" ".join(inserted), place),
        "substituted": (" ".join(substituted), at),
    }


def _other(
    n: int, words: Sequence[list[str]], by_length: dict[int, list[int]], chance: Random
) -> list[str]:
    """A text of about the same length that shares less than a third of the words."""
    near = [m for d in (-1, 0, 1) for m in by_length.get(len(words[n]) + d, [])]
    chance.shuffle(near)
    fitting = (words[m] for m in near if _shared(words[n], words[m]) < 1 / 3)
    return next(fitting)


def _is_alike(own: Sequence[str], other: Sequence[str]) -> bool:
    return 1 / 3 <= _shared(own, other) < 2 / 3


def _shared(own: Sequence[str], other: Sequence[str]) -> float:
    """How much of the other text is in the own."""
    return sum(word in own for word in other) / len(other)

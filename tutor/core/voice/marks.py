"""When each word of a clause is said: the words as they are written, not as they are spoken.

A voice tells when it says what it was given ("five dollars"); a reader wants to know about "$5".
Where the two cannot be matched word by word, time is shared out by letters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from tutor.core.voice.made import Mark
from tutor.core.voice.spoken import spoken_form


def marks_of(
    written: str, spoken: str, starts: Sequence[int], length: int, language: str, begin: int = 0
) -> tuple[Mark, ...]:
    """The words of a clause, each with the sample with which it begins.

    Args:
        written: The clause as it is written.
        spoken: The clause as the voice was given it.
        starts: The sample of the clause with which each spoken word begins; empty, or of another
            number than the words, where the voice does not tell.
        length: Samples of the clause, without the pause behind it.
        language: The voice's, BCP-47.
        begin: The sample of the speech with which the clause begins.
    """
    words, said = written.split(), spoken.split()
    if not words:
        return ()
    if len(starts) != len(said):
        first = starts[0] if starts else 0
        starts = _shared(said, first, length)
    places = _places(words, said, language)
    return tuple(
        Mark(word, begin + starts[place]) for word, place in zip(words, places, strict=True)
    )


def _places(words: Sequence[str], said: Sequence[str], language: str) -> list[int]:
    """For each written word the first of the spoken words that are its own."""
    counts = [1] * len(words)
    if len(words) != len(said):
        counts = [len(spoken_form(word, language).split()) for word in words]
    if sum(counts) == len(said):
        return [min(at, len(said) - 1) for at in [0, *accumulate(counts)][:-1]]
    ends = list(accumulate(len(word) + 1 for word in said))
    lengths = [0, *accumulate(len(word) + 1 for word in words)]
    shares = [at * ends[-1] // lengths[-1] for at in lengths[:-1]]
    return [min(bisect_right(ends, share), len(said) - 1) for share in shares]


def _shared(said: Sequence[str], first: int, length: int) -> list[int]:
    """Where each spoken word begins if all letters last alike."""
    ends = [0, *accumulate(len(word) + 1 for word in said)]
    return [first + (length - first) * at // ends[-1] for at in ends[:-1]]

"""What became of what is asked over HTTP while something failed: files, and the tutor's voice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tutor.core.chaos.outcome import Outcome
from tutor.core.chaos.verdict import words_of

LENGTHS = (0.8, 1.2)
"""The least and the greatest length of a whole speech, by that of an undisturbed one: a voice says
the same a little faster or slower each time (by 6 % at most in 16 times). One of three clauses of
about one length that is missing (0.71 at most) or comes twice (1.29 at least) is beyond them."""


@dataclass(frozen=True)
class Errand:
    """Something that was asked for."""

    name: str
    """`file` or `speech`."""
    outcome: Outcome
    took_s: float
    tries: int
    """How often it had to be asked for."""
    detail: str = ""


def judge_file(text: str | None, jobs: int, undisturbed: Collection[str]) -> Outcome:
    """What became of an uploaded file.

    Args:
        text: Its transcript; None: there was none in the time that it had.
        jobs: How many jobs were made of it.
        undisturbed: Its transcripts in runs without a fault.
    """
    if text is None:
        return Outcome.LOST
    if jobs != 1:
        return Outcome.DOUBLED
    same = words_of(text) in set(map(words_of, undisturbed))
    return Outcome.WHOLE if same else Outcome.DIFFERING


def judge_speech(length: int | None, undisturbed: int) -> Outcome:
    """What became of a text that was to be spoken.

    Args:
        length: Bytes of what came, in an answer that was whole; None: there was none.
        undisturbed: Bytes of an undisturbed one.
    """
    if length is None:
        return Outcome.LOST
    least, most = (share * undisturbed for share in LENGTHS)
    if length > most:
        return Outcome.DOUBLED
    return Outcome.WHOLE if length >= least else Outcome.DIFFERING

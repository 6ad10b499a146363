"""What a worker has made of a clause, as the session sees it: its audio stays in the store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A word as it is written, and the sample with which it begins."""

    text: str
    at: int


@dataclass(frozen=True)
class MadeClause:
    """A clause that a worker has made; its audio is in the store."""

    number: int
    """From 1 on."""
    end: int
    """The sample just past it, the pause behind it included."""
    is_last: bool
    marks: tuple[Mark, ...] = ()

"""Patterns of what may be said, as a teacher writes them.

A pattern is words in their order: `how much`, `pay|paying card`. Up to `GAP` other words (of
`finding`) may stand between two of them. `a|b` is either word, `coff*` any word that begins so,
`!milk` milk that is refused, `@yes` a class of the language, `{drink}` a slot of the scenario.
Three slots are built in: `{number}`, `{words}` (some words to the end of the clause) and `{clock}`
(7:30).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.core.talk.words import fold

MAX_ITEMS = 8
"""Words of one pattern."""

MAX_PATTERN = 160
"""Characters of one pattern."""

BUILT_IN = frozenset({"number", "words", "clock"})
"""Slots that every language has."""

CLASS_WEIGHT = 0.5
"""What a class counts beside a word of the scenario: "no, sugar" is rather sugar than no."""

OPEN_WEIGHT = 0.25
"""What a pattern counts that takes any words: "i like {words}" says less than "i like football"."""

_REFERENCE = re.compile(r"\{([a-z_]+)\}|@([a-z_]+)")


class PatternError(ValueError):
    """A pattern cannot be read; the message says why."""


@dataclass(frozen=True)
class Word:
    """One word of a pattern: any of these, or any that begins like one of those."""

    keys: frozenset[str]
    begins: tuple[str, ...] = ()

    def fits(self, key: str) -> bool:
        """Whether a word of an answer is one of them."""
        return key in self.keys or key.startswith(self.begins) if self.begins else key in self.keys


@dataclass(frozen=True)
class Slot:
    """A gap that something of a kind fills."""

    name: str


@dataclass(frozen=True)
class Class:
    """Anything that says the same in a language: yes, no, again."""

    name: str


Item = Word | Slot | Class


@dataclass(frozen=True)
class Pattern:
    """Words in their order."""

    text: str
    """The pattern as it was written."""
    items: tuple[Item, ...]
    refused: bool = False
    """Whether it must be denied: `!milk`."""
    closes: bool = False
    """Whether nothing may follow in the clause: `i do not $`, but not "I do not eat meat"."""

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots that it fills."""
        return tuple(item.name for item in self.items if isinstance(item, Slot))

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that it names."""
        return tuple(item.name for item in self.items if isinstance(item, Class))

    @property
    def words(self) -> tuple[Word, ...]:
        """Its plain words."""
        return tuple(item for item in self.items if isinstance(item, Word))

    @property
    def weight(self) -> float:
        """How much it says: its words and slots, and the refusal."""
        told = sum(CLASS_WEIGHT if isinstance(item, Class) else 1 for item in self.items)
        return (told + self.refused) * (OPEN_WEIGHT if "words" in self.slots else 1)


def parse(text: str, language: str) -> Pattern:
    """A pattern as a teacher writes it; `language` is a primary subtag.

    Raises:
        PatternError: it has no words, too many, or a sign that means nothing.
    """
    if len(text) > MAX_PATTERN:
        raise PatternError(f"has {len(text)} characters, {MAX_PATTERN} at most")
    refused, closes = text.startswith("!"), text.endswith(" $")
    bare = text.removeprefix("!").removesuffix("$")
    items = [item for piece in bare.split() for item in _items(piece, language)]
    if not 0 < len(items) <= MAX_ITEMS:
        raise PatternError(f"must have 1 to {MAX_ITEMS} words")
    return Pattern(text, tuple(items), refused, closes)


def _items(piece: str, language: str) -> Iterator[Item]:
    if found := _REFERENCE.fullmatch(piece):
        yield Slot(found[1]) if found[1] else Class(found[2])
        return
    if set("{}@!?,.") & set(piece):
        raise PatternError(f"{piece!r} is no word, no {{slot}} and no @class")
    choices = [fold(word, language) for word in piece.split("|")]
    if not all(choices):
        raise PatternError(f"{piece!r} has an empty choice")
    if len(choices) == 1:
        yield from (_word([part]) for part in choices[0].split())
        return
    if any(" " in choice for choice in choices):
        raise PatternError(f"a choice of {piece!r} is more than one word when it is spoken")
    yield _word(choices)


def _word(choices: Sequence[str]) -> Word:
    begins = tuple(choice[:-1] for choice in choices if choice.endswith("*"))
    return Word(frozenset(choice for choice in choices if not choice.endswith("*")), begins)


@dataclass(frozen=True)
class Value:
    """Something that may fill a slot."""

    text: str
    """The value as the tutor says it, perhaps with a gap `{number}`; empty: as the learner said
    it."""
    patterns: tuple[Pattern, ...]

"""What a scenario is: goals, steps, what may be answered to each, and questions that may come."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from tutor.core.protocol.messages import Hint, Level
from tutor.core.talk.manners import Manners
from tutor.core.talk.patterns import Pattern, Value

LEVELS: tuple[Level, ...] = ("A1", "A2", "B1", "B2", "C1", "C2")

END = "end"
"""The step behind the last one."""


@dataclass(frozen=True)
class Aim:
    """Something that the learner is to do."""

    id: str
    text: str
    slots: tuple[str, ...] = ()
    """Slots any of which reaches it as soon as it is filled."""


@dataclass(frozen=True)
class Reply:
    """What answers something that the learner said: an answer to a step, or a question back."""

    when: tuple[Pattern, ...]
    """What is said; empty where any answer will do."""
    anything: int
    """Words from which on any answer will do; 0: only what `when` names."""
    says: tuple[str, ...]
    """What the tutor says, the fullest first; the first whose gaps are filled is said."""
    goals: tuple[str, ...]
    also: tuple[str, ...]
    """Slots that are filled beside, where the learner names them."""
    examples: tuple[str, ...]
    next: str
    """The step that follows; empty: the next one. Of questions: empty."""
    early: bool
    """Whether it counts before the step was reached."""

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots that it may fill."""
        named = (slot for pattern in self.when for slot in pattern.slots)
        return tuple(dict.fromkeys((*named, *self.also)))


@dataclass(frozen=True)
class Step:
    """One step of a conversation: the tutor asks, the learner answers."""

    id: str
    says: tuple[str, ...]
    """Variants of what the tutor says."""
    simpler: str
    """The same in simpler words."""
    options: tuple[str, ...]
    """Two short answers to choose from."""
    hint: str
    answers: tuple[Reply, ...]
    done_by: tuple[str, ...]
    """Goals and slots that make the step needless."""
    lowest: Level
    highest: Level
    chance: float
    """How often the step comes, 0 to 1: a surprise comes seldom."""


@dataclass(frozen=True)
class Scenario:
    """One scenario in one language."""

    id: str
    language: str
    """BCP-47, as the file gives it."""
    topic: str
    title: str
    scene: str
    """Where the learner is, and who the tutor is."""
    levels: tuple[Level, ...]
    goals: tuple[Aim, ...]
    slots: Mapping[str, tuple[Value, ...]]
    """Its own, and those of the language."""
    steps: tuple[Step, ...]
    questions: tuple[Reply, ...]
    goodbye: tuple[str, ...]
    translations: Mapping[str, Mapping[str, str]]
    """Of titles, scenes, goals and hints: by language, then by text."""
    manners: Manners

    def plan(self, level: Level, seed: int) -> tuple[Step, ...]:
        """The steps that come at a level; the seed decides on surprises."""
        rank = LEVELS.index(self.nearest(level))
        return tuple(
            step
            for step in self.steps
            if LEVELS.index(step.lowest) <= rank <= LEVELS.index(step.highest)
            and (step.chance >= 1 or _share(f"{seed} {step.id}") < step.chance)
        )

    def nearest(self, level: Level | None) -> Level:
        """The level of the scenario that is nearest to a learner's; its lowest one for None."""
        wanted = LEVELS.index(level or self.levels[0])
        return min(self.levels, key=lambda one: abs(LEVELS.index(one) - wanted))

    def translated(self, text: str, language: str | None) -> str | None:
        """A text in a learner's own language (primary subtag); None where it has none."""
        return self.translations.get(language or "", {}).get(text)

    def hint(self, text: str, language: str | None) -> Hint:
        """Words to say, with their meaning where it is known."""
        return Hint(text, self.translated(text, language))


def _share(text: str) -> float:
    """A number from 0 to 1 that looks random, always the same for a text."""
    return zlib.crc32(text.encode()) / 2**32

"""What an answer means in a scenario: which foreseen answer it is, and what fills its slots.

Nothing is guessed: what no pattern finds is not understood. Of what only sounds near to something
foreseen, the tutor asks whether it was meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from tutor.core.coach.phrases import gaps_in
from tutor.core.talk.finding import Finder, Found
from tutor.core.talk.nearness import NEAR, Sounds, nearness
from tutor.core.talk.patterns import BUILT_IN, Pattern, Slot
from tutor.core.talk.scenario import Reply, Scenario, Step
from tutor.core.talk.words import fold, hear
from tutor.core.text.scripts import script_of, scripts_of

SHORT = 5
"""Words up to which an answer that holds a request ("again", "I don't know") is nothing else."""

MAINLY = 0.5
"""Share of a longer answer's words that such a request must be."""

WINDOW = 3
"""Words of the longest phrase that may have been misheard."""


MOST_MISHEARD = 24
"""Words of the longest answer in which a phrase may have been misheard: in longer ones something
always sounds near."""


@dataclass(frozen=True)
class Meant:
    """A reply that an answer calls for."""

    reply: Reply
    words: frozenset[int]
    """Indices of the words that say so."""
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was named, by slot."""
    shown: str = ""
    """The words that say so, as they were said."""

    @property
    def understood(self) -> tuple[str, ...]:
        """What was understood, in the scenario's words where it has any."""
        named = tuple(value for values in self.slots.values() for value in values)
        return named or ((self.shown,) if self.shown else ())


class Listener:
    """What one answer means in a scenario."""

    def __init__(self, scenario: Scenario, text: str) -> None:
        self.heard = hear(text, scenario.language)
        manners = scenario.manners
        self._scenario = scenario
        self._finder = Finder(self.heard, scenario.slots, manners.classes, manners.negation)

    def answer(
        self,
        step: Step,
        *,
        early: bool = False,
        used: frozenset[int] = frozenset(),
        asked: frozenset[int] = frozenset(),
    ) -> Meant | None:
        """The foreseen answer to a step that says most; None if it is none of them.

        `early`: only of those that count before the step; `used`: words that have been understood;
        `asked`: words that a question of the learner's is about.
        """
        found = [
            one
            for reply in step.answers
            if not early or reply.early
            for one in self._places(reply)
            if not one.words & used and not one.words <= asked
        ]
        best = max(found, key=lambda one: one.weight, default=None)
        if best is not None:
            reply = next(
                reply
                for reply in step.answers
                if (not early or reply.early) and best in self._places(reply)
            )
            return self._meant(reply, best)
        return None if early or used or asked else self._anything(step)

    def questions(self, used: frozenset[int]) -> Iterator[Meant]:
        """The learner's questions that the scenario foresees, among the words not `used`."""
        for reply in self._scenario.questions:
            free = [one for one in self._places(reply) if not one.words & used]
            if free:
                best = max(free, key=lambda one: one.weight)
                used |= best.words
                yield self._meant(reply, best)

    def asked_about(self) -> frozenset[int]:
        """Indices of words that a question is about: "how much is a coffee" orders none.

        They stand behind the question's own in its clause, up to a word that begins anew.
        """
        manners, tokens = self._scenario.manners, self.heard.tokens
        ends = {*manners.negation.breaks, *fold(manners.joint, manners.language).split()}
        about: set[int] = set()
        for meant in self.questions(frozenset()):
            last = max(meant.words)
            for at in range(last + 1, len(tokens)):
                if tokens[at].clause != tokens[last].clause or tokens[at].key in ends:
                    break
                about.add(at)
        return frozenset(about)

    def holds(self, name: str) -> bool:
        """Whether the answer is nothing but something of a class, politeness aside."""
        words = self.words_of(name)
        tokens = range(len(self.heard.tokens) - len(self.words_of("polite") - words))
        return bool(words) and (len(tokens) <= SHORT or len(words) >= MAINLY * len(tokens))

    def words_of(self, name: str) -> frozenset[int]:
        """Indices of the words that are something of a class."""
        patterns = self._scenario.manners.classes[name]
        return frozenset(n for one in patterns for found in self._all(one) for n in found.words)

    @property
    def is_foreign(self) -> bool:
        """Whether most letters are of another script than the language's."""
        letters = [sign for sign in self.heard.text if unicodedata.category(sign)[0] == "L"]
        own = scripts_of(self.heard.language)
        return 2 * sum(script_of(sign) in own for sign in letters) < len(letters)

    def _places(self, reply: Reply) -> list[Found]:
        return [found for one in reply.when for found in self._all(one)]

    @lru_cache(maxsize=512)  # noqa: B019 - a listener lives for one answer
    def _all(self, pattern: Pattern) -> tuple[Found, ...]:
        return tuple(self._finder.find(pattern))

    def _anything(self, step: Step) -> Meant | None:
        tokens = self.heard.tokens
        if self.heard.text.rstrip().endswith("?") or self.words_of("asking"):
            return None  # a question is no answer
        for reply in step.answers:
            if reply.anything and len({t.surface for t in tokens}) >= reply.anything:
                words = frozenset(range(len(tokens)))
                return Meant(reply, words, self._named(reply.also, None), self.heard.text.strip())
        return None

    def _meant(self, reply: Reply, found: Found) -> Meant:
        slots = self._named(reply.also, None) | self._named(
            tuple(filled.slot for filled in found.filled),
            found,
            frozenset(gap for text in reply.says for gap in gaps_in(text)),
        )
        words = found.words | self._words_of(slots)
        return Meant(reply, words, slots, self.heard.said(found.start, found.end))

    def _words_of(self, slots: dict[str, tuple[str, ...]]) -> frozenset[int]:
        places = (place for slot in slots for place, _ in self._finder.values(slot))
        return frozenset(n for place in places for n in place.words)

    def _named(
        self, slots: Sequence[str], found: Found | None, said: frozenset[str] = frozenset()
    ) -> dict[str, tuple[str, ...]]:
        """What fills each of some slots; those that the pattern bounds, as it has them.

        `said`: the built-in ones that a reply repeats.
        """
        named: dict[str, tuple[str, ...]] = {}
        for slot in slots:
            inside = (
                [filled.text for filled in found.filled if filled.slot == slot] if found else []
            )
            is_bound = slot in BUILT_IN or (
                found is not None and int(found.weight) > len(found.filled)
            )
            values = inside if is_bound and inside else self._corrected(slot)
            if values and (slot not in BUILT_IN or slot in said):
                named[slot] = tuple(dict.fromkeys(values))
        return named

    def _corrected(self, slot: str) -> list[str]:
        """What fills a slot, without what the learner took back: "a tea, no, sorry, a coffee"."""
        values = self._finder.values(slot)
        takes_back = [
            found.start
            for one in self._scenario.manners.classes["correction"]
            for found in self._all(one)
        ]
        kept: list[str] = []
        for n, (place, text) in enumerate(values):
            before = values[n - 1][0].end if n else place.start
            if n and any(before <= at < place.start for at in takes_back):
                kept.clear()
            kept.append(text)
        return kept

    # ------------------------------------------------------------ what was perhaps misheard

    def nearest(self, step: Step, sounds: Sounds) -> tuple[str, str, bool] | None:
        """What a phrase of the answer sounds like that would fit the step; None: like nothing.

        The phrase that was meant, the answer with it in place, and whether it sounds the same.
        """
        best: tuple[float, int, int, tuple[str, ...]] | None = None
        if len(self.heard.tokens) > MOST_MISHEARD:
            return None
        told = [sounds(token.key, self.heard.language) for token in self.heard.tokens]
        for phrase in dict.fromkeys(self._phrases(step)):
            meant = _joined(sounds(word, self.heard.language) for word in phrase)
            for start, end in self._windows(len(phrase)):
                near = nearness(_joined(told[start:end]), meant)
                if near >= 1 - NEAR and (best is None or near > best[0]):
                    best = near, start, end, phrase
        if best is None:
            return None
        near, start, end, phrase = best
        return " ".join(phrase), self._replaced(start, end, phrase), near == 1

    def _phrases(self, step: Step) -> Iterator[tuple[str, ...]]:
        """The phrases of plain words that answer a step, or fill its slots."""
        for reply in step.answers:
            patterns = [*reply.when]
            for slot in reply.slots:
                for value in self._scenario.slots.get(slot, ()):
                    patterns += value.patterns
            for pattern in patterns:
                words = [min((*one.keys, *one.begins)) for one in pattern.words]
                if len(words) == len(pattern.items) <= WINDOW and not pattern.refused:
                    yield tuple(words)

    def _windows(self, length: int) -> Iterator[tuple[int, int]]:
        count = len(self.heard.tokens)
        for size in range(max(1, length - 1), length + 2):
            for start in range(count - size + 1):
                yield start, start + size

    def _replaced(self, start: int, end: int, phrase: Sequence[str]) -> str:
        tokens = self.heard.tokens
        parts: list[str] = []
        for n, token in enumerate(tokens):
            if n == start:
                parts += phrase
            if not start <= n < end:
                if n and token.clause != tokens[n - 1].clause and parts:
                    parts[-1] += ","
                parts.append(token.key)
        return " ".join(parts)


def _joined(words: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The sounds of words as one row."""
    return tuple(chain.from_iterable(words))


def politely_bare(text: str) -> str:
    """A text without marks at its ends, to be quoted."""
    return re.sub(r"^\W+|\W+$", "", text)


def slots_in(patterns: Sequence[Pattern]) -> frozenset[str]:
    """The slots that whichever of some patterns is found has filled."""
    named = [
        frozenset(item.name for item in pattern.items if isinstance(item, Slot))
        for pattern in patterns
    ]
    return frozenset.intersection(*named) if named else frozenset()

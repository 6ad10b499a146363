"""Where the patterns of a scenario are found in an answer, and whether it denies them there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.core.talk.patterns import MAX_ITEMS, Class, Item, Pattern, Slot, Value, Word
from tutor.core.talk.words import Heard, is_clock

GAP = 2
"""Other words that may stand between two words of a pattern."""

FREE_WORDS = 6
"""Words that `{words}` takes at most."""

MORE_WEIGHT = 0.01
"""What each word counts that was found: "no problem" is rather yes than no."""


@dataclass(frozen=True)
class Filled:
    """A slot that was filled."""

    slot: str
    text: str
    """What it was filled with."""


@dataclass(frozen=True)
class Found:
    """A pattern that was found in an answer."""

    start: int
    end: int
    """Its words are `tokens[start:end]`, and others that stand between them."""
    weight: float
    words: frozenset[int]
    """Indices of its words."""
    filled: tuple[Filled, ...] = ()


Slots = Mapping[str, Sequence[Value]]
Classes = Mapping[str, Sequence[Pattern]]


class Finder:
    """Finds patterns in one answer."""

    def __init__(self, heard: Heard, slots: Slots, classes: Classes, negation: Negation) -> None:
        self._heard = heard
        self._slots = slots
        self._classes = classes
        self._negation = negation
        self._idle = negation.idle_words(heard)
        self._said: dict[Word, bool] = {}

    def find(self, pattern: Pattern) -> Iterator[Found]:
        """Where a pattern is found, affirmed (or refused, if it must be), in order."""
        if not all(self._is_said(item) for item in pattern.items if isinstance(item, Word)):
            return
        for start in range(len(self._heard.tokens)):
            found = self._match(pattern, start)
            if found is not None and self._is_meant(pattern, found):
                yield found

    def _is_said(self, word: Word) -> bool:
        """Whether a word of a pattern is anywhere in the answer: most are not."""
        if word not in self._said:
            self._said[word] = any(word.fits(token.key) for token in self._heard.tokens)
        return self._said[word]

    def first(self, patterns: Sequence[Pattern]) -> Found | None:
        """The place where the pattern that says most is found; None: nowhere."""
        found = [next(self.find(pattern), None) for pattern in patterns]
        return max((one for one in found if one), key=lambda one: one.weight, default=None)

    def values(self, slot: str) -> list[tuple[Found, str]]:
        """What fills a slot, in the order in which it was said; of two in one place, the longer."""
        found = [
            (place, self._text(value, place))
            for value in self._slots.get(slot, ())
            for pattern in value.patterns
            for place in self.find(pattern)
        ]
        found.sort(key=lambda one: (-one[0].weight, one[0].start))
        kept: list[tuple[Found, str]] = []
        for place, text in found:
            if not any(place.words & other.words for other, _ in kept):
                kept.append((place, text))
        return sorted(kept, key=lambda one: one[0].start)

    def _text(self, value: Value, place: Found) -> str:
        """A value as the tutor says it, with the number that was said where it has a gap."""
        filled = {one.slot: one.text for one in place.filled}
        text = value.text or self._heard.said(place.start, place.end)
        return text.replace("{number}", filled.get("number", ""))

    def _is_meant(self, pattern: Pattern, found: Found) -> bool:
        own = found.words | self._idle
        denied = self._negation.denies(self._heard, found.start, found.end, own)
        denied = denied or self._negation.denies_within(self._heard, found.words, own)
        return denied is pattern.refused

    def _match(self, pattern: Pattern, start: int) -> Found | None:
        at, words, tokens = start, list[int](), self._heard.tokens
        filled: list[Filled] = []
        for n, item in enumerate(pattern.items):
            limit = start if n == 0 else at + GAP
            step = self._item(item, at, limit)
            if step is None:
                return None
            begin, at, text = step
            words += range(begin, at)
            if isinstance(item, Slot):
                filled.append(Filled(item.name, text))
        if pattern.closes and at < len(tokens) and tokens[at].clause == tokens[at - 1].clause:
            return None
        weight = pattern.weight + MORE_WEIGHT * (len(words) if pattern.classes else 0)
        return Found(start, at, weight, frozenset(words), tuple(filled))

    def _item(self, item: Item, first: int, last: int) -> tuple[int, int, str] | None:
        """The first place of an item that begins from one index to another: begin, end, text."""
        for at in range(first, min(last + 1, len(self._heard.tokens))):
            match item:
                case Word() if item.fits(self._heard.tokens[at].key):
                    return at, at + 1, ""
                case Class(name) if (found := self._of_class(name, at)) is not None:
                    return found.start, found.end, ""
                case Slot("words") if at > first:
                    return None  # any words will do: none are passed over, a "not" least of all
                case Slot(name) if (filled := self._filling(name, at)) is not None:
                    return filled
        return None

    def _of_class(self, name: str, at: int) -> Found | None:
        """The longest thing of a class that begins at an index."""
        found = [self._match(pattern, at) for pattern in self._classes.get(name, ())]
        return max((one for one in found if one), key=lambda one: len(one.words), default=None)

    def _filling(self, name: str, at: int) -> tuple[int, int, str] | None:
        if (end := self._built_in(name, at)) is not None:
            return at, end, self._heard.said(at, end)
        return self._value_at(name, at)

    def _built_in(self, name: str, at: int) -> int | None:
        tokens = self._heard.tokens
        if name == "number":
            return self._heard.number_at(at)
        if name == "clock":
            return at + 1 if is_clock(tokens[at].key) else None
        if name != "words":
            return None
        if tokens[at].key in self._negation.before:
            return None  # "I am not Maria" names nobody
        end = at
        while end < min(at + FREE_WORDS, len(tokens)) and tokens[end].clause == tokens[at].clause:
            end += 1
        return end

    def _value_at(self, slot: str, at: int) -> tuple[int, int, str] | None:
        best: tuple[Found, str] | None = None
        for value in self._slots.get(slot, ()):
            for pattern in value.patterns:
                found = self._match(pattern, at)
                if found and self._is_meant(pattern, found):
                    text = self._text(value, found)
                    if best is None or found.weight > best[0].weight:
                        best = found, text
        return None if best is None else (best[0].start, best[0].end, best[1])


@dataclass(frozen=True)
class Negation:
    """How a language denies something."""

    before: frozenset[str] = frozenset()
    """Words that deny what follows: no, not."""
    near: frozenset[str] = frozenset()
    """Words that deny only what follows at once: without."""
    behind: tuple[Pattern, ...] = ()
    """Patterns that deny what stands before them, at the end of a clause: nicht; не надо."""
    breaks: frozenset[str] = frozenset()
    """Words with which a new statement begins, which the denial does not reach: but, I."""
    idle: tuple[Pattern, ...] = ()
    """Patterns whose words deny nothing: no thank you, why not."""

    REACH = 6
    """Words before something that may deny it."""
    NEAR = 2
    """Those before it for words that deny only what follows at once."""

    def denies(self, heard: Heard, start: int, end: int, own: frozenset[int]) -> bool:
        """Whether the words from one index to another are denied by others; those at the indices
        `own` deny nothing."""
        return self._is_denied_before(heard, start, own) or self._is_denied_behind(heard, end, own)

    def denies_within(self, heard: Heard, words: frozenset[int], own: frozenset[int]) -> bool:
        """Whether a denial stands between a pattern's `words`, before one in its clause: "I do not
        like it" is no "I like". Those at the indices `own` deny nothing."""
        between = set(range(min(words), max(words))) - own
        return any(
            heard.tokens[at].key in self.before
            and heard.tokens[min(n for n in words if n > at)].clause == heard.tokens[at].clause
            for at in between
        )

    def _is_denied_before(self, heard: Heard, start: int, own: frozenset[int]) -> bool:
        for at in range(start - 1, max(-1, start - 1 - self.REACH), -1):
            token = heard.tokens[at]
            if token.clause != heard.tokens[start].clause:
                return False
            if token.key in self.before and at not in own:
                return True
            if token.key in self.near and at not in own and start - at <= self.NEAR:
                return True
            if token.key in self.breaks:
                return False
        return False

    def _is_denied_behind(self, heard: Heard, end: int, own: frozenset[int]) -> bool:
        if not self.behind:
            return False
        clause = heard.tokens[end - 1].clause
        last = end
        while last < len(heard.tokens) and heard.tokens[last].clause == clause:
            last += 1
        finder = Finder(heard, {}, {}, Negation())
        for pattern in self.behind:
            for at in range(max(end, last - MAX_ITEMS), last):
                found = finder._match(pattern, at)
                if found and found.end == last and not found.words & own:
                    return last - end <= self.REACH + len(pattern.items)
        return False

    def idle_words(self, heard: Heard) -> frozenset[int]:
        """Indices of words that deny nothing where they stand."""
        if not self.idle:
            return frozenset()
        finder = Finder(heard, {}, {}, Negation())
        found = (place for pattern in self.idle for place in finder.find(pattern))
        return frozenset(n for place in found for n in place.words)

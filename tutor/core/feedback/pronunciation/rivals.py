"""Rivals: what may have been said in a word's place, and when that is proven or likely.

A forced choice: a classifier's frames speak for the text's word or for its rival, and the
recogniser finds one of the two likelier at the same place. Either alone is wrong too often: the
recogniser knows what people say, the classifier how the learner's language sounds. The sounds are
asked first. What they do not decide makes a word doubtful: it is no mistake, but is to be said
again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from tutor.core.feedback.pronunciation.bounds import BOUNDS, Origin
from tutor.core.feedback.pronunciation.spans import Span, log_probability
from tutor.core.text.english import plain_apostrophes
from tutor.core.text.normal import normalise
from tutor.core.text.numbers.english import SCALES
from tutor.core.text.numbers.values import figures_at


class Verdict(Enum):
    """What became of a word that was held against a rival."""

    SAID = auto()
    DOUBTFUL = auto()
    REPLACED = auto()
    """The rival was said for certain."""


LOST = 11.0
"""Evidence that it takes where the recogniser did not understand the words beside: what it wrote
there is a guess ("Here is Petty's gear" for "Here is Betty's scare")."""

LEAST_SURE = 0.3
EVEN = 0.5
"""A word of which the recogniser was less sure is no rival: it had to write something. Of learners'
names ("Liya", "Laos") it is sure of the wrong word's sounds, but not of the word. With less than
even odds nobody is accused: the word is doubtful at most."""

UNDECIDED = -2.0
"""Preference of the frames over which they hardly speak for the word: a vowel's neighbour ("bags"
for "bugs") is as near."""

WRITTEN_SURELY = 0.75
"""How sure the recogniser was of what counts as surely written."""

RULED_OUT = -3.0
"""Preference of the frames under which a rival is not asked about: they speak for the word."""

_SUREST = 0.95
"""Surer is no more evidence: it is three nats."""

MOST_RIVALS = 8
"""Rivals in one utterance that the recogniser is asked about; each costs a pass of its decoder."""


@dataclass(frozen=True)
class Rival:
    """A word that may have been said in the place of one of the text."""

    text: str
    """The word; "" if the text's may have been left out."""
    origin: Origin
    sure: float = 0.5
    """How sure the recogniser was of it, 0 to 1; a half where it was not asked."""


@dataclass(frozen=True)
class Heard:
    """What was recognised in a word's place."""

    text: str
    sure: float
    """How sure the recogniser was, 0 to 1."""


def rivals_of(
    words: Sequence[str],
    heard: Mapping[int, Heard],
    missed: Collection[int] = (),
    pairs: Iterable[Sequence[str]] = (),
    skipped: Container[int] = (),
    supplied: Iterable[int] = (),
) -> dict[int, list[Rival]]:
    """The rivals of a text's words, by index.

    Args:
        words: The text's words.
        heard: What was recognised in place of some of them, by index.
        missed: Indices of words that may have been left out.
        pairs: Words that are each other's rivals.
        skipped: Those of the missed words beside which all was recognised as the text has it.
        supplied: Indices of words that the recogniser may have written for grammar's sake.
    """
    named = [{normalise(word): word for word in pair} for pair in pairs]
    found = {n: _named(normalise(word), named) for n, word in enumerate(words)}
    for n, other in heard.items():
        if other.sure >= LEAST_SURE and not is_figure_for_word(words[n], other.text):
            found[n].setdefault(normalise(other.text), Rival(other.text, Origin.HEARD, other.sure))
    for n in supplied:
        found[n][""] = Rival("", Origin.SUPPLIED)
    for n in missed:
        is_clean = Origin.SKIPPED if n else Origin.BEGUN
        found[n][""] = Rival("", is_clean if n in skipped else Origin.MISSED)
    return {n: list(others.values()) for n, others in found.items() if others}


def _named(word: str, pairs: Iterable[Mapping[str, str]]) -> dict[str, Rival]:
    """The other members of all pairs that a word is in."""
    return {
        key: Rival(other, Origin.PAIR)
        for pair in pairs
        if word in pair
        for key, other in pair.items()
        if key != word
    }


def is_contracted(word: str, other: str) -> bool:
    """Whether another word is a word with a short form behind it: "we'd" for "we".

    A recogniser is fond of them before a vowel ("we'd always"), and no learner adds one.
    """
    short, long = (plain_apostrophes(text).casefold().strip(_MARKS) for text in (word, other))
    return long.startswith(short + "'")


_MARKS = '.,;:!?"()'


def is_figure_for_word(word: str, other: str) -> bool:
    """Whether figures or signs were written for a word that is no number: "19th" for "nature".

    A recogniser makes figures of what it did not understand, and no learner says one for a word.
    """
    if not any(map(str.isdigit, other)) and any(map(str.isalpha, other)):
        return False
    parts = re.findall(r"[^\W_]+", plain_apostrophes(word).casefold())
    return not any(part in SCALES or part.isdigit() or figures_at([part], 0) for part in parts)


def with_rival(words: Sequence[str], at: int, rival: Rival) -> list[str]:
    """The words with a rival in one's place.

    The rival is in capitals where all words are, so that both texts have as many spellings.
    """
    text = rival.text.upper() if all(word == word.upper() for word in words) else rival.text
    return [*words[:at], *([text] if text else []), *words[at + 1 :]]


def likelihood_ratio(own: Sequence[Span], others: Sequence[Span], at: int) -> float:
    """How much likelier a rival is to the recogniser than a word, as a natural logarithm.

    The word after it counts too: it may be what makes one of the two likely.

    Args:
        own: The text's words.
        others: The same with the rival in one place, or without the word.
        at: Index of that place.
    """
    behind = at + 2 - (len(own) - len(others))
    return log_probability(others[at:behind]) - log_probability(own[at : at + 2])


def sureness(sure: float) -> float:
    """What it adds to a rival's evidence how sure the recogniser was of it: log odds, some nats at
    most."""
    share = min(max(sure, 1 - _SUREST), _SUREST)
    return math.log(share / (1 - share))


def is_worth_asking(preference: float, origin: Origin) -> bool:
    """Whether the recogniser is to be asked about a rival; `preference`: of the frames for it.

    What nobody has a reason to doubt is asked about only where the frames do.
    """
    least = BOUNDS[origin].sounds if origin is Origin.SUPPLIED else RULED_OUT
    return preference > least


@dataclass(frozen=True)
class Weighed:
    """A rival, and what was made of it; of several hearings, the least."""

    at: int
    """Index of the word that it is held against."""
    rival: Rival
    sounds: float
    """How much likelier the rival is than the word to the frames: a natural logarithm."""
    recogniser: float
    """The same to the recogniser."""
    beside: float = 1.0
    """The share of the words beside it that were recognised as the text has them."""

    @property
    def evidence(self) -> float:
        """What both make of it together, and how sure the recogniser was of what it wrote."""
        return self.sounds + self.recogniser + sureness(self.rival.sure)

    @property
    def is_open(self) -> bool:
        """Whether it speaks against the word, so that the word is to be heard again."""
        return self.verdict is not Verdict.SAID

    @property
    def verdict(self) -> Verdict:
        """What became of the word, by this rival."""
        bounds = BOUNDS[self.rival.origin]
        is_lost = self.beside < bounds.beside and self.evidence <= LOST
        is_clear = self.sounds > bounds.sounds and self.recogniser > bounds.recogniser
        is_proven = self.evidence > bounds.proven and self.rival.sure >= EVEN
        if is_clear and is_proven and not is_lost:
            return Verdict.REPLACED
        is_likely = is_clear and self.evidence > bounds.doubtful
        is_written = self.rival.sure >= WRITTEN_SURELY and (
            self.sounds > bounds.written
            or (self.sounds > UNDECIDED and self.recogniser > bounds.asked)
        )
        is_plain = self.sounds > bounds.plain and self.recogniser > 0
        if is_plain or (not is_lost and (is_likely or is_written)):
            return Verdict.DOUBTFUL
        return Verdict.SAID


def beside(at: int, own: Container[int], understood: Container[int]) -> float:
    """The share of the words of a text beside one that were recognised as the text has them; 1
    where there are none.

    Args:
        at: The word's index.
        own: The indices of the text's words.
        understood: Those of the words that were recognised so.
    """
    around = [n for n in (at - 1, at + 1) if n in own]
    return sum(n in understood for n in around) / len(around) if around else 1.0


def least(hearings: Sequence[Sequence[Weighed]]) -> list[Weighed]:
    """The first hearing's rivals, each with the least that any hearing makes of it.

    A rival that a hearing lacks was ruled out there.
    """
    return [_least(one, hearings[1:]) for one in hearings[0]]


def _least(one: Weighed, others: Iterable[Sequence[Weighed]]) -> Weighed:
    for each in others:
        again = [two for two in each if (two.at, two.rival) == (one.at, one.rival)]
        if not again:
            return replace(one, sounds=-math.inf)
        one = replace(
            one,
            sounds=min(one.sounds, again[0].sounds),
            recogniser=min(one.recogniser, again[0].recogniser),
        )
    return one


@dataclass(frozen=True)
class Choices:
    """The words that were not said, or perhaps not, by index, and what was said instead."""

    replaced: Mapping[int, str | None]
    """"" for nothing; None where another word was said, and it is not sure which."""
    doubtful: Mapping[int, str]
    """"" for nothing."""


def choose(weighed: Iterable[Weighed]) -> Choices:
    """What was chosen in the place of words; of several rivals of one word, the clearest.

    One that sounds less like what was said than another rival is not told as what was said: of
    "play" for "plays" a recogniser makes "played".
    """
    found: dict[Verdict, dict[int, Weighed]] = {verdict: {} for verdict in Verdict}
    sounds: dict[int, float] = {}
    for one in sorted(weighed, key=lambda one: -one.evidence):
        found[one.verdict].setdefault(one.at, one)
        sounds[one.at] = max(one.sounds, sounds.get(one.at, one.sounds))
    replaced = {
        n: one.rival.text if one.sounds >= sounds[n] or not one.rival.text else None
        for n, one in found[Verdict.REPLACED].items()
    }
    doubtful = {n: one.rival.text for n, one in found[Verdict.DOUBTFUL].items()}
    return Choices(replaced, {n: text for n, text in doubtful.items() if n not in replaced})

"""What `{...}` in a rule's pattern stands for: lists of words, and where a clause begins or ends.

A pattern of a rule is a regular expression in which `{verb}` stands for any of a list of words,
`{verb except be, have}` for any of the others, `{plural of noun}` for their plurals, `{clause}` for
a part that has a name, and `{not after or, nor}` for the words before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from tutor.core.feedback.grammar.nouns import plural
from tutor.core.feedback.grammar.verbs import BASE_OF_THIRD, BASES, ING, PAST, THIRD

Words = Mapping[str, tuple[str, ...]]
"""Lists of words by the name that patterns use."""


class PatternError(ValueError):
    """A pattern names a part or a word that does not exist."""


def expand(pattern: str, words: Words) -> str:
    """The regular expression that a rule's pattern stands for.

    Raises:
        PatternError: a `{...}` has no meaning.
    """
    return _REFERENCE.sub(lambda match: _expand_reference(match[1], words), pattern)


_REFERENCE = re.compile(r"\{([a-z][^{}]*)\}")
"""A reference in a pattern. `{2}` or `{0,5}` are none: those are the regular expression's own."""


def _expand_reference(reference: str, words: Words) -> str:
    for beginning, behind in _WORDS_BEFORE.items():
        if reference.startswith(beginning):
            return behind(_split_at_commas(reference.removeprefix(beginning)))
    if reference in PARTS:
        return PARTS[reference]
    return any_of(_listed_words(reference, words))


def _listed_words(reference: str, words: Words) -> list[str]:
    wanted, _, unwanted = reference.partition(" except ")
    name = wanted.removeprefix("plural of ")
    if name not in words:
        known = ", ".join(sorted({*PARTS, *words}))
        raise PatternError(f"{{{reference}}} is not known; there are {known}")
    left_out = _split_at_commas(unwanted) if unwanted else []
    for word in left_out:
        if word not in words[name]:
            raise PatternError(f'{{{reference}}}: "{word}" is not in {{{name}}}')
    kept = [word for word in words[name] if word not in left_out]
    return kept if name == wanted else [plural(noun) for noun in kept]


def _split_at_commas(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


def any_of(words: Iterable[str]) -> str:
    """A group of alternatives; the longest comes first, so that none hides behind its beginning."""
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


# ---------------------------------------------------------------- words before


def _after(words: Iterable[str]) -> str:
    return "(?:" + "|".join(rf"(?<=\b{word} )" for word in words) + ")"


def _start_or_after(words: Iterable[str]) -> str:
    return "(?:" + "|".join([r"(?<=^)|(?<=[.!?,] )", *(rf"(?<=\b{word} )" for word in words)]) + ")"


def _not_after(words: Iterable[str]) -> str:
    return "".join(rf"(?<!\b{word} )" for word in words)


_WORDS_BEFORE: dict[str, Callable[[Iterable[str]], str]] = {
    "after ": _after,
    "start or after ": _start_or_after,
    "not after ": _not_after,
}
"""How a reference to the words before begins, and what makes its regular expression."""

_HELPERS = (
    "do does did don't doesn't didn't can can't could couldn't will won't would wouldn't should "
    "shouldn't may might must mustn't shall let make makes made help helps helped see saw hear "
    "heard watch watched have has had hasn't haven't hadn't or nor and that if lest than whether "
    "cannot not never ever"
).split()
"""Words after which "he go" may be right: "did he go", "I suggest that he go", "he or she"."""


# ---------------------------------------------------------------- lists of words

_STATES = "be have do know think say see feel believe hope love like want need seem let".split()
_ACTIONS = [base for base in PAST if base not in _STATES]
"""Verbs that tell what happened; "yesterday I think" may be about now."""

PARTICIPLES = {
    "seen": "saw", "gone": "went", "done": "did", "eaten": "ate", "met": "met", "bought": "bought",
    "visited": "visited", "watched": "watched", "made": "made", "written": "wrote",
    "found": "found", "lost": "lost", "come": "came", "spoken": "spoke", "talked": "talked",
    "played": "played", "arrived": "arrived", "started": "started", "finished": "finished",
}  # fmt: skip
"""Participles of verbs that tell what happened, each with the past tense."""

COMPARATIVES = {
    "old": "older", "young": "younger", "tall": "taller", "big": "bigger", "small": "smaller",
    "cheap": "cheaper", "easy": "easier", "fast": "faster", "hot": "hotter", "short": "shorter",
    "strong": "stronger", "rich": "richer", "heavy": "heavier", "long": "longer",
}  # fmt: skip
"""Adjectives that learners compare with "more", each with its comparative."""

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

WORDS: Words = {
    "verb": BASES,
    "verb-s": tuple(BASE_OF_THIRD),
    "verb-past": tuple(PAST.values()),
    "verb-ing": tuple(ING.values()),
    "action": (*_ACTIONS, *(THIRD[base] for base in _ACTIONS)),
    "participle": tuple(PARTICIPLES),
    "short-adjective": tuple(COMPARATIVES),
    "day": tuple(_DAYS),
}
"""Lists of words that come from tables of forms; the data files add their own."""


# ---------------------------------------------------------------- parts with a name

PARTS = {
    # Where a clause begins.
    "clause": (
        r"(?:(?<=^)|(?<=[.!?;:] )|(?<=\bbut )|(?<=\bbecause )|(?<=\bso )|(?<=\bwhen )|(?<=\bif )"
        r"|(?<=\bthink )|(?<=\bthink that )|(?<=\byesterday )|(?<=\balthough ))"
    ),
    # Where a sentence begins.
    "sentence": r"(?:(?<=^)|(?<=[.!?] ))",
    # Behind a noun that is no part of a compound ("two year" but not "two year contract").
    "noun-end": (
        r"(?=\s*(?:[.,!?;:]|$)|\s+(?:and|but|or|so|because|in|at|on|for|from|with|to|who|that"
        r"|which|when|if|ago|is|are|was|were|have|has|had|about|by|here|there|now|today|yesterday"
        r"|tomorrow|I|you|he|she|we|they|it|my|the|every|then|also|very|too|please)\b)"
    ),
    # Behind a complement that is complete.
    "clause-end": r"(?=\s*(?:[.,!?;:]|$)| (?:and|but|with|in|at|on|because|when)\b)",
    "not-after-helper": _not_after(_HELPERS),
    "person": "(?:I|you|he|she|we|they)",
    # With the space before it: "I am" and "I'm" are one.
    "be": "(?: am| are| is| was| were|'m|'re|'s)",
    # What a verb may have behind it, short enough to be no clause.
    "object": (
        r"(?: (?:him|her|it|them|you|me|us|there|here|home|that|this|(?:an?|the|my|his|this|that)"
        r" [a-z]+))?(?: (?:at|in|to|on|with|from) (?:(?:an?|the|my|his|her) )?[a-z]+)?"
    ),
    "past-time": (
        r"(?:yesterday|last (?:night|week|month|year|weekend|summer|winter|spring|autumn"
        rf"|{any_of(_DAYS)}))"
    ),
}
"""Parts that many patterns share, by name."""

"""What to say instead of what a rule found: templates, forms of words, and whole rewrites.

A template is a text with the groups of the pattern in it: `{who} really {verb}`. A form may follow
a group's name: `{who} {verb:third}` writes the verb as "he" takes it. What needs two groups at a
time is a rewrite with a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tutor.core.feedback.grammar.nouns import plural, with_article
from tutor.core.feedback.grammar.patterns import COMPARATIVES, PARTICIPLES
from tutor.core.feedback.grammar.verbs import base_of, ing, past, shaped_like, third

Match = re.Match[str]


class RewriteError(ValueError):
    """A template or a rewrite names a group or a form that does not exist."""


@dataclass(frozen=True)
class Template:
    """A replacement written as a text with groups in it."""

    text: str

    def __call__(self, match: Match) -> str:
        """The text with what the groups matched, each in its form."""
        return _PLACE.sub(lambda place: _shaped(match[place["group"]] or "", place), self.text)


_PLACE = re.compile(r"\{(?P<group>\w+)(?::(?P<form>[^{}]+))?\}")
_AS_VERB = re.compile("as (?P<verb>[a-z]+)")


def _shaped(word: str, place: Match) -> str:
    name = place["form"]
    if name is None:
        return word
    if other := _AS_VERB.fullmatch(name):
        return shaped_like(word.lower(), other["verb"])
    return FORMS[name](word.lower())


# ---------------------------------------------------------------- forms of one word

_BE = {"i": "am", "he": "is", "she": "is", "it": "is", "we": "are", "you": "are", "they": "are"}
_SUBJECTS = {"me": "I", "him": "he", "her": "she", "us": "we", "them": "they"}
_OBJECTS = {"i": "me", "he": "him", "she": "her", "we": "us", "they": "them"}
_SEVERAL = {"is": "are", "was": "were", "has": "have", "does": "do"}
_ONE = {several: one for one, several in _SEVERAL.items()}
_THESE = {"this": "these", "that": "those"}


def _ed(word: str) -> str:
    return re.sub("ing$", "ed", word)


def _any(word: str) -> str:
    return re.sub("no", "any", word, count=1)


def _one(verb: str) -> str:
    return _ONE.get(verb) or third(verb)


def _unreal(verb: str) -> str:
    return "were" if verb == "be" else past(verb)


FORMS: dict[str, Callable[[str], str]] = {
    "lower": str,  # Are: are; every form is given the word in small letters
    "base": base_of,  # goes, went: go
    "third": third,  # go: goes
    "past": past,  # go, goes: went
    "ing": ing,  # go: going
    "unreal": _unreal,  # go: went, be: were, as behind "if"
    "several": lambda verb: _SEVERAL.get(verb, verb),  # is: are, has: have
    "one": _one,  # are: is, know: knows
    "these": lambda word: _THESE.get(word, word),  # this: these
    "be": lambda person: _BE.get(person, "is"),  # he: is
    "have": lambda person: "has" if _BE.get(person, "is") == "is" else "have",  # he: has
    "subject": lambda person: _SUBJECTS.get(person, person),  # him: he
    "object": lambda person: _OBJECTS.get(person, person),  # he: him
    "plural": plural,  # child: children
    "article": with_article,  # engineer: an engineer
    "comparative": lambda adjective: COMPARATIVES.get(adjective, adjective),  # old: older
    "ed": _ed,  # interesting: interested
    "any": _any,  # nothing: anything
}
"""Forms that may follow a group's name. Besides, `as tell` puts "tell" where "say" was: "said"
becomes "told"."""


# ---------------------------------------------------------------- rewrites with a name


@dataclass(frozen=True)
class Rewrite:
    """A replacement that looks at several groups of the pattern at a time."""

    groups: frozenset[str]
    """The groups that the pattern must have."""
    write: Callable[[Match], str]

    def __call__(self, match: Match) -> str:
        """The replacement of a match."""
        return self.write(match)


def _without_be(match: Match) -> str:
    who, negative, verb = match["who"], match["no"], match["verb"].lower()
    one = who.lower() in ("he", "she")
    if negative:
        return f"{who} {'does' if one else 'do'}n't {verb}"
    return f"{who} {third(verb) if one else verb}"


def _simple_past(match: Match) -> str:
    verb = match["verb"].lower()
    if verb == "been":
        return " was" if match["who"].lower() in ("i", "he", "she") else " were"
    return f" {PARTICIPLES.get(verb, verb)}"  # a regular participle is the past tense


def _present(match: Match) -> str:
    who, verb = match["who"].lower(), base_of(match["verb"].lower())
    if verb == "be":
        return _BE.get(who, "is")
    return third(verb) if who in ("he", "she", "it") else verb


def _simple_present(match: Match) -> str:
    return f" {_present(match)}"


REWRITES: dict[str, Rewrite] = {
    # "I'm not agree": "I don't agree"
    "without-be": Rewrite(frozenset({"who", "no", "verb"}), _without_be),
    # "I have seen": "I saw"; the group `x` begins behind the person
    "simple-past": Rewrite(frozenset({"who", "verb"}), _simple_past),
    # "I am liking": "I like"; the group `x` begins behind the person
    "simple-present": Rewrite(frozenset({"who", "verb"}), _simple_present),
    # "if he will be": "if he is"
    "present": Rewrite(frozenset({"who", "verb"}), _present),
}


# ---------------------------------------------------------------- from a data file


def template(text: str, pattern: re.Pattern[str]) -> Template:
    """The template of a text, checked against the pattern.

    Raises:
        RewriteError: the text names a group or a form that does not exist.
    """
    for place in _PLACE.finditer(text):
        _check_group(place["group"], pattern)
        name = place["form"]
        if name and name not in FORMS and not _AS_VERB.fullmatch(name):
            raise RewriteError(f"there is no form `{name}`; there are {', '.join(FORMS)}, as VERB")
    if re.search("[{}]", _PLACE.sub("", text)):
        raise RewriteError("a brace is not closed: write {group} or {group:form}")
    return Template(text)


def rewrite(name: str, pattern: re.Pattern[str]) -> Rewrite:
    """The rewrite of a name, checked against the pattern.

    Raises:
        RewriteError: there is no such rewrite, or the pattern lacks one of its groups.
    """
    if name not in REWRITES:
        raise RewriteError(f"there is no rewrite `{name}`; there are {', '.join(REWRITES)}")
    for group in sorted(REWRITES[name].groups):
        _check_group(group, pattern)
    return REWRITES[name]


def _check_group(name: str, pattern: re.Pattern[str]) -> None:
    if name not in pattern.groupindex:
        known = ", ".join(pattern.groupindex) or "none"
        raise RewriteError(f"the pattern has no group `{name}`; it has {known}")

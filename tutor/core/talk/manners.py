"""What every conversation in a language shares: yes and no, "again, please", and how one denies."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from tutor.core.coach.phrases import gaps_in
from tutor.core.talk.fields import ScenarioError, Table
from tutor.core.talk.finding import Negation
from tutor.core.talk.patterns import Pattern, Value
from tutor.core.text.languages import primary, whisper_language

CLASSES = (
    "yes", "no", "again", "help", "wait", "bye", "hello", "thanks", "correction",
    "asking", "polite",
)  # fmt: skip
"""Classes that each language has: agreement, refusal, a wish to hear it again, not knowing what to
say, time to think, leaving, a greeting, thanks, words that take back what was said before,
beginnings of questions, and words that mean nothing but politeness."""

PHRASES: dict[str, frozenset[str]] = {
    name: frozenset(gaps.split())
    for name, gaps in {
        "not_understood": "said",
        "heard_nothing": "",
        "no_words": "",
        "again": "",
        "take_your_time": "",
        "offer": "first second",
        "hint": "hint",
        "go_on": "",
        "did_you_say": "words",
        "other_language": "",
        "hello": "",
        "thanks": "",
        "bye": "",
    }.items()
}
"""What the tutor says beside a scenario's own words, and the gaps of each."""


@dataclass(frozen=True)
class Manners:
    """One language's shared classes, slots, phrases and ways of denying."""

    language: str
    """Primary subtag."""
    classes: Mapping[str, tuple[Pattern, ...]]
    slots: Mapping[str, tuple[Value, ...]]
    """Slots that every scenario of the language may use, such as times."""
    phrases: Mapping[str, tuple[str, ...]]
    negation: Negation
    joint: str
    """What stands between the last two things of a list: and."""
    judging: tuple[Pattern, ...]
    """Words with which somebody judges speech: a language model must not use them."""

    def say(self, name: str, seed: str, **gaps: str) -> str:
        """One variant of a phrase; the same seed always gives the same one."""
        variants = self.phrases[name]
        return variants[zlib.crc32(f"{name} {seed}".encode()) % len(variants)].format(**gaps)


def manners_from(data: Mapping[str, object], name: str) -> Manners:
    """The manners of one parsed file.

    Raises:
        ScenarioError: something in it is wrong; `name` is the file's name.
    """
    language = data.get("language")
    if not isinstance(language, str) or whisper_language(language) in (None, "auto"):
        raise ScenarioError(f"{name}, `language`: must be a BCP-47 tag, as en or pt-BR")
    top = Table(data, name, primary(language))
    top.only("language", "joint", "classes", "slots", "phrases", "denying", "judging")
    denying = top.at("denying", data.get("denying", {}))
    denying.only("before", "near", "behind", "breaks", "idle")
    return Manners(
        primary(language),
        _classes(top),
        slots_of(top),
        _phrases(top),
        Negation(
            frozenset(_keys(denying, "before")),
            frozenset(_keys(denying, "near")),
            denying.patterns("behind"),
            frozenset(_keys(denying, "breaks")),
            denying.patterns("idle"),
        ),
        top.text("joint"),
        top.patterns("judging", 1),
    )


def _classes(top: Table) -> dict[str, tuple[Pattern, ...]]:
    table = top.at("classes", top.data.get("classes"))
    for name in CLASSES:
        if name not in table.data:
            raise table.error(name, "is missing")
    return {name: table.patterns(name, 1) for name in table.data}


def slots_of(top: Table) -> dict[str, tuple[Value, ...]]:
    """The slots of a file: of each its values, and how they are said; `=` is as it was said.

    Raises:
        ScenarioError: one of them has no values, or a pattern that cannot be read.
    """
    return {
        name: tuple(
            Value("" if text == "=" else text, table.patterns(text, 1)) for text in table.data
        )
        for name, table in top.named("slots")
    }


def _phrases(top: Table) -> dict[str, tuple[str, ...]]:
    table = top.at("phrases", top.data.get("phrases"))
    table.only(*PHRASES)
    found = {name: table.texts(name, 1) for name in PHRASES}
    for name, gaps in PHRASES.items():
        for variant in found[name]:
            if gaps_in(variant) != gaps:
                wanted = ", ".join(f"{{{gap}}}" for gap in sorted(gaps)) or "none"
                raise table.error(name, f"the gaps of {variant!r} must be: {wanted}")
    return found


def _keys(table: Table, key: str) -> tuple[str, ...]:
    """Words, folded; each one word."""
    patterns = table.patterns(key)
    return tuple(word for pattern in patterns for item in pattern.items for word in item.keys)  # type: ignore[union-attr]

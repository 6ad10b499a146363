"""Words that are spelled alike and said in two ways: which one the words beside them ask for.

The rules are data: for each word its readings, the commonest first, and patterns of what stands
before it and behind it. The first rule that fits names the reading; else it is the commonest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.core.text.one_line import OneLineError

REACH = 4
"""How many words before and behind a word its rules may look at."""

_BARE = re.compile(r"[^\w' ]+")


class HomographError(OneLineError):
    """A file of homographs is wrong; the message is one line that names the word."""


@dataclass(frozen=True)
class Rule:
    """When a word has a reading: patterns of the words before it and behind it."""

    reading: str
    before: re.Pattern[str]
    behind: re.Pattern[str]


@dataclass(frozen=True)
class Homograph:
    """A spelling with several readings."""

    readings: Mapping[str, str]
    """The sounds of each reading by its name, the commonest first."""
    rules: tuple[Rule, ...]

    def likeliest(self, before: Sequence[str], behind: Sequence[str]) -> str:
        """The name of the reading that fits the words before and behind.

        Both are given as written; the nearest stand at the end of `before` and at the start of
        `behind`.
        """
        left = _plain(before[-REACH:])
        right = _plain(behind[:REACH])
        return next(
            (
                rule.reading
                for rule in self.rules
                if rule.before.search(f" {left}") and rule.behind.search(f"{right} ")
            ),
            next(iter(self.readings)),
        )


def _plain(words: Sequence[str]) -> str:
    """Words in lower case without marks; the end of a sentence is a full stop of its own."""
    found = [
        _BARE.sub("", word.casefold().replace("\u2019", "'"))
        + (" ." if word.rstrip("\"')\u201d\u2019").endswith((".", "!", "?")) else "")
        for word in words
    ]
    return " ".join(word for word in found if word)


def homographs_from(data: Mapping[str, object]) -> dict[str, Homograph]:
    """The homographs of one parsed data file: `sets` of words, and a table `word` for each.

    Raises:
        HomographError: a table is wrong.
    """
    sets = {name: _alternatives(words) for name, words in _table(data.get("sets"), "sets").items()}
    return {
        word: _homograph(word, _table(table, word), sets)
        for word, table in _table(data.get("word"), "word").items()
    }


def _homograph(word: str, table: Mapping[str, object], sets: Mapping[str, str]) -> Homograph:
    readings = {name: str(sounds) for name, sounds in _table(table.get("say"), word).items()}
    rules = table.get("rules", [])
    if len(readings) < 2 or not isinstance(rules, list):
        raise HomographError(f"{word}: needs two readings in `say`, and a list of `rules`")
    return Homograph(readings, tuple(_rule(word, rule, readings, sets) for rule in rules))


def _rule(word: str, rule: object, readings: Mapping[str, str], sets: Mapping[str, str]) -> Rule:
    found = _table(rule, word)
    reading = found.get("is")
    if reading not in readings or not found.keys() <= {"is", "before", "behind"}:
        raise HomographError(f"{word}: a rule has `is` (a reading), `before` and `behind`")
    try:
        return Rule(
            str(reading),
            re.compile(f"(?:^| ){_filled(found.get('before', ''), sets)}$".replace("(?:^| )$", "")),
            re.compile(f"^{_filled(found.get('behind', ''), sets)}(?: |$)"
                       if found.get("behind") else ""),
        )  # fmt: skip
    except (KeyError, re.error) as error:
        raise HomographError(f"{word}: {error}") from error


def _filled(pattern: object, sets: Mapping[str, str]) -> str:
    """A pattern with the names of sets of words filled in."""
    return re.sub(r"\{([a-z]+)\}", lambda found: sets[found[1]], str(pattern))


def _alternatives(words: object) -> str:
    return "(?:" + "|".join(map(re.escape, str(words).split())) + ")"


def _table(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise HomographError(f"{name}: must be a table")
    return value

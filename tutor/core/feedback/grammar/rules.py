"""A grammar rule, and what a good data file of rules holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from tutor.core.feedback.grammar.patterns import PARTS, WORDS, PatternError, Words, expand
from tutor.core.feedback.grammar.rewrites import RewriteError, rewrite, template
from tutor.core.text.one_line import OneLineError

Parsed = Mapping[str, object]
"""A parsed table of a data file."""

_FIELDS = ("id", "message", "pattern", "replacement", "rewrite", "examples", "untouched")


class RuleError(OneLineError):
    """A data file of rules is wrong; the message is one line that names file, rule and field."""


@dataclass(frozen=True)
class Example:
    """A sentence that a rule corrects."""

    wrong: str
    """The sentence as a learner says it: the rule finds one error in it."""
    right: str
    """The same sentence with the rule's suggestion, if the rule has one; nothing is found in it."""


@dataclass(frozen=True)
class Rule:
    """A pattern over the transcript, what to tell the learner, and what to say instead."""

    id: str
    """The rule's id, short and stable: clients see it."""
    topic: str
    """What the rules of the same file are about."""
    message: str
    """What to tell the learner, in plain English."""
    pattern: re.Pattern[str]
    """The pattern; its group `x`, where there is one, is the span of the finding, else the whole
    match is."""
    replace: Callable[[re.Match[str]], str] | None
    """What writes the replacement of the span; None where there is no one answer."""
    examples: tuple[Example, ...]
    untouched: tuple[str, ...] = ()
    """Good English that looks like the error."""


def rules_from(files: Mapping[str, Parsed]) -> tuple[Rule, ...]:
    """The rules of parsed data files, by each file's `order`; the keys of `files` are their names.

    A file may have word lists for the patterns of all (`words`), and a table `rule` for each rule.

    Raises:
        RuleError: something in the files is wrong.
    """
    tables = [_Table(data, name) for name, data in files.items()]
    words = dict(WORDS)
    for table in tables:
        table.refuse_unknown(("topic", "order", "words", "rule"))
        _add_words(words, table)
    ordered = sorted((table for table in tables if "rule" in table.data), key=_read_order)
    rules: dict[str, Rule] = {}
    for table in ordered:
        for rule in _read_rules(table, words):
            if rule.id in rules:
                raise RuleError(f"{table.where}, rule {rule.id}: this `id` is there twice")
            rules[rule.id] = rule
    if not rules:
        raise RuleError(f"there is no [[rule]] in {', '.join(files) or 'any file'}")
    return tuple(rules.values())


@dataclass(frozen=True)
class _Table:
    """A table of a data file, and its place for error messages."""

    data: Parsed
    where: str

    def error(self, field: str, reason: str) -> RuleError:
        return RuleError(f"{self.where}: `{field}` {reason}")

    def refuse_unknown(self, fields: Collection[str]) -> None:
        for field in self.data:
            if field not in fields:
                raise self.error(field, f"is no field here; there are {', '.join(fields)}")

    def text(self, field: str) -> str:
        value = self.data.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.error(field, "must be a text")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        values = self.data.get(field)
        if not isinstance(values, list) or not values:
            raise self.error(field, "must be a list of texts")
        return tuple(_Table({field: value}, self.where).text(field) for value in values)

    def tables(self, field: str) -> list[_Table]:
        values = self.data.get(field)
        if not isinstance(values, list) or not values:
            raise self.error(field, "must be a list of tables")
        tables = [_Table(value, f"{self.where}, {field} {n}") for n, value in enumerate(values, 1)]
        for table in tables:
            if not isinstance(table.data, dict):
                raise RuleError(f"{table.where}: must be a table")
        return tables


def _add_words(words: dict[str, tuple[str, ...]], file: _Table) -> None:
    """Take a file's word lists, each a text with spaces between the words."""
    lists = file.data.get("words", {})
    if not isinstance(lists, dict):
        raise file.error("words", "must be a table")
    table = _Table(lists, f"{file.where}, words")
    for name in lists:
        if name in words or name in PARTS:
            raise table.error(name, "is the name of something else in patterns")
        words[name] = tuple(table.text(name).split())


def _read_order(file: _Table) -> int:
    order = file.data.get("order")
    if not isinstance(order, int):
        raise file.error("order", "must be a whole number")
    return order


def _read_rules(file: _Table, words: Words) -> Iterable[Rule]:
    topic = file.text("topic")
    for table in file.tables("rule"):
        identity = table.text("id")
        yield _read_rule(_Table(table.data, f"{table.where} ({identity})"), identity, topic, words)


def _read_rule(table: _Table, identity: str, topic: str, words: Words) -> Rule:
    table.refuse_unknown(_FIELDS)
    pattern = _read_pattern(table, words)
    return Rule(
        id=identity,
        topic=topic,
        message=table.text("message"),
        pattern=pattern,
        replace=_read_replacement(table, pattern),
        examples=tuple(map(_read_example, table.tables("examples"))),
        untouched=table.texts("untouched") if "untouched" in table.data else (),
    )


def _read_pattern(table: _Table, words: Words) -> re.Pattern[str]:
    """The pattern of a rule; a long one is a list of pieces, joined without anything between
    them."""
    long = isinstance(table.data.get("pattern"), list)
    text = "".join(table.texts("pattern")) if long else table.text("pattern")
    try:
        pattern = re.compile(expand(text, words), re.IGNORECASE)
    except (PatternError, re.error) as error:
        raise table.error("pattern", f"is wrong: {error}") from error
    if pattern.search(""):
        raise table.error("pattern", "finds an error where nothing was said")
    return pattern


def _read_replacement(
    table: _Table, pattern: re.Pattern[str]
) -> Callable[[re.Match[str]], str] | None:
    if "replacement" in table.data and "rewrite" in table.data:
        raise table.error("rewrite", "cannot stand beside `replacement`")
    for field, read in (("replacement", template), ("rewrite", rewrite)):
        if field in table.data:
            try:
                return read(table.text(field), pattern)
            except RewriteError as error:
                raise table.error(field, f"is wrong: {error}") from error
    return None


def _read_example(table: _Table) -> Example:
    table.refuse_unknown(("wrong", "right"))
    return Example(table.text("wrong"), table.text("right"))

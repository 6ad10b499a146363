"""Fields of a teacher's file: each is read with its type and limit, or refused by file and key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.core.talk.patterns import Pattern, PatternError, parse
from tutor.core.text.one_line import OneLineError

MAX_LIST = 60
"""Entries of one list."""

MAX_LINE = 240
"""Characters of one line that the tutor says, or that is shown."""


class ScenarioError(OneLineError):
    """A scenario's file is wrong; the message is one line that names file, key and reason."""


@dataclass(frozen=True)
class Table:
    """A table of a file, and the place where it stands."""

    data: Mapping[str, object]
    place: str
    """File and keys, as `cafe.toml, step order`."""
    language: str = "en"
    """Primary subtag of the language that its patterns are in."""

    def error(self, key: str, reason: str) -> ScenarioError:
        """The error that a key of the table is wrong."""
        return ScenarioError(f"{self.place}, `{key}`: {reason}")

    def at(self, place: str, data: object) -> Table:
        """A table within this one.

        Raises:
            ScenarioError: it is none.
        """
        if not isinstance(data, dict):
            raise ScenarioError(f"{self.place}, {place}: must be a table")
        return Table(data, f"{self.place}, {place}", self.language)

    def only(self, *keys: str) -> None:
        """Refuse keys that mean nothing: a slip of the pen.

        Raises:
            ScenarioError: there is one.
        """
        for key in sorted(self.data.keys() - set(keys)):
            raise self.error(key, f"means nothing here; there may be {', '.join(keys)}")

    def text(self, key: str, default: str | None = None, limit: int = MAX_LINE) -> str:
        """A line of text.

        Raises:
            ScenarioError: it is missing, empty or too long.
        """
        if key not in self.data and default is not None:
            return default
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "must be a text")
        if len(value) > limit:
            raise self.error(key, f"has {len(value)} characters, {limit} at most")
        return value.strip()

    def texts(self, key: str, least: int = 0, most: int = MAX_LIST) -> tuple[str, ...]:
        """A list of lines; one line may stand alone.

        Raises:
            ScenarioError: it has too few or too many, or something else than texts.
        """
        value = self.data.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not least <= len(values) <= most:
            raise self.error(key, f"must be a list of {least} to {most} texts")
        return tuple(Table({key: one}, self.place).text(key) for one in values)

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """A number within bounds.

        Raises:
            ScenarioError: it is none.
        """
        value = self.data.get(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.error(key, "must be a number")
        if not least <= value <= most:
            raise self.error(key, f"must be {least:g} to {most:g}")
        return value

    def flag(self, key: str) -> bool:
        """Yes or no; no where it is missing.

        Raises:
            ScenarioError: it is neither.
        """
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def patterns(self, key: str, least: int = 0) -> tuple[Pattern, ...]:
        """A list of patterns.

        Raises:
            ScenarioError: one of them cannot be read.
        """
        return tuple(self._parsed(key, one) for one in self.texts(key, least))

    def _parsed(self, key: str, text: str) -> Pattern:
        try:
            return parse(text, self.language)
        except PatternError as error:
            raise self.error(key, f"{text!r} {error}") from error

    def tables(self, key: str, least: int = 0) -> Iterator[Table]:
        """The tables of a list, each with its number or `id` as its place.

        Raises:
            ScenarioError: there are too few, or one is no table.
        """
        values = self.data.get(key, [])
        if not isinstance(values, list) or len(values) < least:
            raise self.error(key, f"there must be at least {least} [[{key}]]")
        for n, data in enumerate(values, 1):
            name = data.get("id", n) if isinstance(data, dict) else n
            yield self.at(f"{key} {name}", data)

    def named(self, key: str) -> Iterator[tuple[str, Table]]:
        """The tables within a table, each by its name; nothing where it is missing.

        Raises:
            ScenarioError: it is no table, or one within it is none.
        """
        if key in self.data:
            inner = self.at(key, self.data[key])
            for name, data in inner.data.items():
                yield name, inner.at(name, data)


def once(names: Sequence[str], refuse: Callable[[str, str], ScenarioError], key: str) -> None:
    """Refuse names that stand twice.

    Raises:
        ScenarioError: one does.
    """
    for n, name in enumerate(names):
        if name in names[:n]:
            raise refuse(key, f"{name!r} is there twice")

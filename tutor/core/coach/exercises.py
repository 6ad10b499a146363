"""Exercises: what one is, what a good data file holds, and which exercise comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

from tutor.core.protocol.messages import Exercise, ExerciseType, Level
from tutor.core.text.languages import whisper_language
from tutor.core.text.normal import UNSPACED, normalise
from tutor.core.text.one_line import OneLineError

ItemType = Literal["read_aloud", "minimal_pair", "dialogue", "free"]

LEVELS: tuple[Level, ...] = get_args(Level)

MAX_ID = 64
MAX_TEXT = 300
"""Characters of a text to read, or of a question: half a minute of slow speech."""

MAX_LINE = 160
"""Characters of one line of a dialogue."""

MAX_LINES = 12
MAX_FOCUS = 80
MAX_PAIR = 4
"""Words of a minimal pair; some sounds come in threes."""

NEAR_LEVELS = 1
"""Levels above and below the learner's from which exercises come, once those of their own are
done."""

WORDS_AT_ONCE = 3
"""Due words that make up a prompt of their own."""

_FIELDS: dict[ItemType, tuple[frozenset[str], frozenset[str]]] = {
    # of each type: (needed, allowed besides)
    "read_aloud": (frozenset({"text"}), frozenset()),
    "minimal_pair": (frozenset({"words", "text"}), frozenset()),
    "dialogue": (frozenset({"lines"}), frozenset()),
    "free": (frozenset({"question"}), frozenset()),
}
_COMMON = frozenset({"id", "type", "level"})


class ExerciseError(OneLineError):
    """A data file is wrong; the message is one line that names file, item and field."""


@dataclass(frozen=True)
class Item:
    """One exercise of the library."""

    id: str
    """The item's id: stable, and unique in the library."""
    language: str
    """The item's language as a BCP-47 tag, as the file gives it."""
    type: ItemType
    level: Level
    text: str = ""
    """The text to read aloud; the sentence with all words of a minimal pair; or the question."""
    words: tuple[str, ...] = ()
    """The words of a minimal pair; empty in other items."""
    lines: tuple[str, ...] = ()
    """The lines of a dialogue: the tutor begins, the learner has every second line."""
    focus: str | None = None
    """The sound or the grammar that the item trains."""

    @property
    def prompt(self) -> str:
        """What the learner is shown first: the opening line of a dialogue, else the text to say or
        answer."""
        if self.type == "dialogue":
            return self.lines[0]
        return self.spoken if self.words else self.text

    @property
    def spoken(self) -> str:
        """What the learner is to say; empty where they speak freely."""
        if self.type == "dialogue":
            return " ".join(self.lines[1::2])
        if self.type == "minimal_pair":
            return f"{', '.join(self.words)}. {self.text}"
        return self.text if self.type == "read_aloud" else ""

    @property
    def exercise(self) -> Exercise:
        """The item as the exercise of a session."""
        kinds: dict[ItemType, ExerciseType] = {
            "minimal_pair": "read_aloud",
            "read_aloud": "read_aloud",
            "dialogue": "dialogue",
            "free": "free",
        }
        return Exercise(kinds[self.type], self.spoken or None, self.level, self.id)


@dataclass(frozen=True)
class Prompt:
    """What the learner is asked to say next."""

    text: str
    """The prompt as the learner sees it."""
    exercise: Exercise
    """The exercise that the session then compares the learner's words with."""
    item: str | None = None
    """The id of the library's item; None if the prompt is made of due words alone."""
    words: tuple[str, ...] = ()
    """The due words that the prompt holds."""


# ---------------------------------------------------------------- reading data files


def items_from(data: Mapping[str, object], name: str) -> tuple[Item, ...]:
    """The items of one parsed data file: its `language`, and a table `item` for each.

    Raises:
        ExerciseError: something in the file is wrong; `name` is the file's name.
    """
    language = data.get("language")
    if not isinstance(language, str) or whisper_language(language) in (None, "auto"):
        raise ExerciseError(f"{name}: `language` must be a BCP-47 tag, as en or pt-BR")
    tables = data.get("item")
    if not isinstance(tables, list) or not tables:
        raise ExerciseError(f"{name}: there is no [[item]]")
    for key in sorted(data.keys() - {"language", "item"}):
        raise ExerciseError(f"{name}: `{key}` means nothing here; there are `language`, [[item]]")
    items = tuple(
        _read_item(table, language, f"{name}, item {n}") for n, table in enumerate(tables, 1)
    )
    _refuse_twins(items, name)
    return items


def _refuse_twins(items: Iterable[Item], name: str) -> None:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise ExerciseError(f"{name}, {item.id}: this id is there twice")
        seen.add(item.id)


def _read_item(table: object, language: str, place: str) -> Item:
    if not isinstance(table, dict):
        raise ExerciseError(f"{place}: must be a table")
    identity = _read_text(table, "id", MAX_ID, place)
    where = f"{place} ({identity})"
    kind = next((kind for kind in _FIELDS if kind == table.get("type")), None)
    level = table.get("level")
    if kind is None:
        raise ExerciseError(f"{where}: `type` must be one of {', '.join(_FIELDS)}")
    if level not in LEVELS:
        raise ExerciseError(f"{where}: `level` must be one of {', '.join(LEVELS)}")
    _check_fields(table, kind, where)
    return Item(
        id=identity,
        language=language,
        type=kind,
        level=level,
        text=_read_body(table, where),
        words=_read_texts(table, "words", 2, MAX_PAIR, MAX_ID, where),
        lines=_read_texts(table, "lines", 2, MAX_LINES, MAX_LINE, where),
        focus=_read_text(table, "focus", MAX_FOCUS, where) if "focus" in table else None,
    )


def _check_fields(table: Mapping[str, object], kind: ItemType, where: str) -> None:
    needed, allowed = _FIELDS[kind]
    for field in sorted(needed - table.keys()):
        raise ExerciseError(f"{where}: a {kind} needs `{field}`")
    for field in sorted(table.keys() - needed - allowed - _COMMON - {"focus"}):
        raise ExerciseError(f"{where}: a {kind} has no `{field}`")


def _read_body(table: Mapping[str, object], where: str) -> str:
    for field in ("text", "question"):
        if field in table:
            return _read_text(table, field, MAX_TEXT, where)
    return ""


def _read_texts(
    table: Mapping[str, object], field: str, least: int, most: int, limit: int, where: str
) -> tuple[str, ...]:
    """A field that is a list of texts; empty where the item has no such field."""
    values = table.get(field, [])
    if field not in table:
        return ()
    if not isinstance(values, list) or not least <= len(values) <= most:
        raise ExerciseError(f"{where}: `{field}` must be a list of {least} to {most} texts")
    return tuple(_read_text({field: value}, field, limit, where) for value in values)


def _read_text(table: Mapping[str, object], field: str, limit: int, where: str) -> str:
    value = table.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ExerciseError(f"{where}: `{field}` must be a text")
    if len(value) > limit:
        raise ExerciseError(f"{where}: `{field}` has {len(value)} characters, {limit} at most")
    return value.strip()


# ---------------------------------------------------------------- what comes next


def next_prompt(
    items: Sequence[Item],
    *,
    type: ExerciseType,  # noqa: A002 (the protocol's name)
    level: Level | None = None,
    due: Sequence[str] = (),
    done: Sequence[str] = (),
) -> Prompt | None:
    """The prompt that comes next; None when the library has no exercise of the type.

    `items` are those of one language, `due` the words that are to come back, the most urgent first,
    `done` the ids of items that the learner has had, the latest last. Where texts are read, due
    words come back in a text that holds them, else alone.
    """
    reads = type in ("read_aloud", "shadow")
    kinds = {"read_aloud", "minimal_pair"} if reads else {type}
    fitting = [item for item in items if item.type in kinds]
    if reads and due:
        return _with_words(fitting, type, level, due, done)
    found = min(fitting, key=lambda item: _rank(item, level, done), default=None)
    return None if found is None else _make_prompt(found, type)


def _with_words(
    items: Sequence[Item],
    kind: ExerciseType,
    level: Level | None,
    due: Sequence[str],
    done: Sequence[str],
) -> Prompt:
    """A prompt of a text with as many due words as possible, or of the due words alone.

    The first due word must be in the text: it has waited longest. The text that was read last is
    not taken.
    """
    choices = []
    for item in items:
        words = words_in(item, due)
        if due[0] in words and item.id not in done[-1:]:
            choices.append((-len(words), _rank(item, level, done), item, words))
    if not choices:
        alone = tuple(due[:WORDS_AT_ONCE])
        text = ", ".join(alone)
        return Prompt(text, Exercise(kind, text, level), None, alone)
    _, _, item, words = min(choices, key=lambda choice: choice[:2])
    return _make_prompt(item, kind, words)


def item_of(exercise: Exercise, items: Iterable[Item]) -> str | None:
    """The id of the library's item that an exercise is: by its id, else by its text; None for one's
    own."""
    for item in items:
        if item.id == exercise.id or (exercise.text and item.spoken == exercise.text.strip()):
            return item.id
    return None


def pairs_with(items: Iterable[Item], words: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The minimal pairs that hold one of the words."""
    keys = {normalise(word) for word in words}
    return tuple(item.words for item in items if keys & {normalise(word) for word in item.words})


def words_in(item: Item, words: Collection[str]) -> tuple[str, ...]:
    """The words among `words` that the learner says in an item."""
    if whisper_language(item.language) in UNSPACED:
        return tuple(word for word in words if normalise(word) in normalise(item.spoken))
    return tuple(word for word in words if normalise(word) in _spoken_words(item))


@lru_cache(maxsize=4096)
def _spoken_words(item: Item) -> frozenset[str]:
    return frozenset(normalise(word) for word in item.spoken.split())


def _rank(item: Item, level: Level | None, done: Sequence[str]) -> tuple[int, ...]:
    """An item's rank, the lowest first.

    What is new at the level comes first, then what is new a level above and below, then what was
    had longest ago of these; items of other levels only where there are no others.
    """
    above = LEVELS.index(item.level) - LEVELS.index(level) if level else 0
    far = max(0, abs(above) - NEAR_LEVELS)
    last = max((n for n, had in enumerate(done, 1) if had == item.id), default=0)
    return (far, last, abs(above), -above)


def _make_prompt(item: Item, kind: ExerciseType, words: tuple[str, ...] = ()) -> Prompt:
    exercise = item.exercise
    return Prompt(item.prompt, replace(exercise, type=kind), item.id, words)

"""The exercises of the package and of a teacher's own folder, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from tutor.core.coach.exercises import ExerciseError, Item, ItemType, items_from
from tutor.core.protocol.messages import Level
from tutor.core.text.languages import primary, whisper_language

FOLDER = Path(str(files("tutor") / "assets" / "exercises"))


class ExerciseLibrary:
    """All exercises of this server; the library never changes."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = {item.id: item for item in items}  # a later one replaces an earlier one

    def languages(self) -> tuple[str, ...]:
        """Primary subtags of the languages that have exercises, sorted."""
        return tuple(sorted({primary(item.language) for item in self._items.values()}))

    def get(self, id: str) -> Item | None:  # noqa: A002 (the data files' name)
        """The exercise with this id, of whatever language."""
        return self._items.get(id)

    def find(
        self,
        language: str,
        level: Level | None = None,
        type: ItemType | None = None,  # noqa: A002 (the data files' name)
    ) -> tuple[Item, ...]:
        """The exercises of a language, in the files' order; of one level or type where that is
        given."""
        return tuple(
            item
            for item in self._items.values()
            if _code(item.language) == _code(language)
            and (level is None or item.level == level)
            and (type is None or item.type == type)
        )


def _code(tag: str) -> str:
    """What two tags of one language have in common: `cmn` and `zh-Hans` are one."""
    return whisper_language(tag) or primary(tag)


def open_library(own: str) -> ExerciseLibrary:
    """The package's exercises, and those of the folder `own` unless it is empty; read once.

    Raises:
        ExerciseError: a file is wrong; the message names it, the item and the field.
    """
    return load_library(Path(own) if own else None)


@cache
def load_library(own: Path | None) -> ExerciseLibrary:
    """The exercises of the package, then a teacher's own: one with the same id takes its place.

    Raises:
        ExerciseError: a file is wrong, or the teacher's folder is none.
    """
    if own is not None and not own.is_dir():
        raise ExerciseError(f"{own} is no folder: TUTOR_EXERCISES_DIR must name one")
    folders = [FOLDER] if own is None else [FOLDER, own]
    return ExerciseLibrary(item for folder in folders for item in read_folder(folder))


def read_folder(folder: Path) -> tuple[Item, ...]:
    """The exercises of all `*.toml` of a folder, by file name.

    Raises:
        ExerciseError: a file is wrong, or two items have the same id.
    """
    found: dict[str, Path] = {}
    items: list[Item] = []
    for path in sorted(folder.glob("*.toml")):
        for item in _read(path):
            if item.id in found:
                raise ExerciseError(f"{path}, {item.id}: this id is in {found[item.id].name} too")
            found[item.id] = path
            items.append(item)
    return tuple(items)


def _read(path: Path) -> tuple[Item, ...]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ExerciseError(f"{path}: {error}") from error
    return items_from(data, str(path))

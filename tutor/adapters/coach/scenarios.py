"""The scenarios of the package and of a teacher's own folder."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from tutor.core.talk.fields import ScenarioError
from tutor.core.talk.manners import Manners, manners_from
from tutor.core.talk.reading import scenario_from
from tutor.core.talk.scenario import Scenario
from tutor.core.talk.walking import check
from tutor.core.text.languages import primary, whisper_language

FOLDER = Path(str(files("tutor") / "assets" / "scenarios"))

MANNERS = "manners.toml"
"""Name of the file with what a language's scenarios share; it is no scenario."""


class ScenarioLibrary:
    """All scenarios of this server; the library never changes."""

    def __init__(self, scenarios: Iterable[Scenario]) -> None:
        self.scenarios: Mapping[str, Scenario] = {one.id: one for one in scenarios}

    def find(self, language: str) -> tuple[Scenario, ...]:
        """The scenarios of a language, in the files' order."""
        code = whisper_language(language) or primary(language)
        return tuple(
            one
            for one in self.scenarios.values()
            if (whisper_language(one.language) or primary(one.language)) == code
        )


def open_scenarios(own: str) -> ScenarioLibrary:
    """The package's scenarios, and those of the folder `own` unless it is empty; read once.

    Raises:
        ScenarioError: a file is wrong; the message names it, the key and the reason.
    """
    return load_scenarios(Path(own) if own else None)


@cache
def load_scenarios(own: Path | None) -> ScenarioLibrary:
    """The scenarios of the package, then a teacher's own: one with the same id takes its place.

    A teacher's are walked by their own examples; the package's tests do that with ours.

    Raises:
        ScenarioError: a file is wrong, or the teacher's folder is none.
    """
    if own is not None and not own.is_dir():
        raise ScenarioError(f"{own} is no folder: TUTOR_SCENARIOS_DIR must name one")
    manners = read_manners(FOLDER)
    found = list(read_folder(FOLDER, manners).values())
    if own is not None:
        manners = {**manners, **read_manners(own)}
        for path, scenario in read_folder(own, manners).items():
            check(scenario, str(path))
            found.append(scenario)
    return ScenarioLibrary(found)


def read_manners(folder: Path) -> dict[str, Manners]:
    """What scenarios share, of all languages of a folder, by primary subtag.

    Raises:
        ScenarioError: a file is wrong.
    """
    shared = (manners_from(_parse(path), str(path)) for path in sorted(folder.rglob(MANNERS)))
    return {one.language: one for one in shared}


def read_folder(folder: Path, manners: Mapping[str, Manners]) -> dict[Path, Scenario]:
    """The scenarios of all `*.toml` of a folder and the folders in it, by file.

    Raises:
        ScenarioError: a file is wrong, or two have the same id.
    """
    found: dict[Path, Scenario] = {}
    for path in sorted(folder.rglob("*.toml")):
        if path.name == MANNERS:
            continue
        scenario = scenario_from(_parse(path), str(path), manners)
        twin = next((other for other, one in found.items() if one.id == scenario.id), None)
        if twin is not None:
            raise ScenarioError(f"{path}, `id`: {scenario.id!r} is in {twin.name} too")
        found[path] = scenario
    return found


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ScenarioError(f"{path}: {error}") from error

"""The grammar rules, read from the data files of the package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path

from tutor.core.feedback.grammar.rules import Rule, RuleError, rules_from

FOLDER = Path(str(files("tutor") / "assets" / "grammar"))


@cache
def load_rules(folder: Path = FOLDER) -> tuple[Rule, ...]:
    """The rules of every file `*.toml`, compiled; a folder is read once.

    Raises:
        RuleError: a file is wrong; the message names it, the rule and the field.
    """
    return rules_from({path.name: _read(path) for path in sorted(folder.glob("*.toml"))})


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise RuleError(f"{path.name}: {error}") from error

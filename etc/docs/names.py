"""Names in prose that must exist: files, `make` targets, settings, commands.

A page that names what is no longer there is stale; the build of the site ends on one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import typer.main

from tutor.adapters.settings import Settings
from tutor.shells.cli.main import app

ROOT = Path(__file__).resolve().parents[2]

_FILE = re.compile(r"(?<![\w/.~-])(?:tutor|web|etc|tests)/[\w./-]*\w")
_TARGET = re.compile(r"(?:`|^)make ([a-z][\w-]*)", re.MULTILINE)
_SETTING = re.compile(r"\bTUTOR_[A-Z0-9_]*[A-Z0-9]\b(?!_)")
_COMMAND = re.compile(r"(?:`|bin/|^)tutor ([a-z]+)", re.MULTILINE)

NOT_IN_GIT = frozenset({"etc/compose.env", "etc/hostname"})
"""Files that pages name and that are nobody's but the operator's."""

OTHER_VARIABLES = frozenset({"TUTOR_TOKEN"})
"""Of the command line alone: no setting."""


def missing(text: str) -> Iterator[str]:
    """The names in a page that nothing in the repository has."""
    yield from (path for path in _FILE.findall(text) if not _is_there(path))
    yield from (f"make {name}" for name in _TARGET.findall(text) if name not in targets())
    yield from sorted({*_SETTING.findall(text)} - settings() - OTHER_VARIABLES)
    yield from (f"tutor {name}" for name in _COMMAND.findall(text) if name not in commands())


def _is_there(path: str) -> bool:
    return path in NOT_IN_GIT or (ROOT / path).exists()


@cache
def targets() -> frozenset[str]:
    """The targets of the Makefile."""
    text = (ROOT / "Makefile").read_text()
    return frozenset(re.findall(r"^([a-z][\w-]*):", text, re.MULTILINE))


@cache
def settings() -> frozenset[str]:
    """The environment variables that are settings."""
    return frozenset(f"TUTOR_{name.upper()}" for name in Settings.model_fields)


@cache
def commands() -> frozenset[str]:
    """The commands of `tutor`."""
    return frozenset(typer.main.get_command(app).commands)  # type: ignore[attr-defined]

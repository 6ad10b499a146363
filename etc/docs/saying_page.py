"""The reference of what is written and how it can be said, from the table that the tests read."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import repository
from tables import table

_TABLES = repository.ROOT / "tests" / "data" / "wording"

_LANGUAGES = {"de": "German", "en": "English", "es": "Spanish", "fr": "French", "ru": "Russian"}

_HEAD = """# What is written, and how it can be said

Each line is a case that is held by a test: what stands in a text, the ways of reading it aloud that
all count as read (the first one is what the voice says), and a reading that does not count.
[How to add one](../contribute/teaching.md#ways-of-saying).
"""

_HOMOGRAPHS = """## English words that are said in two ways

Where both are right for the eye, the words beside tell the likelier one, which is shown; whichever
was said is what is scored.
[How to add one](../contribute/teaching.md#words-that-are-said-in-two-ways).
"""


def text() -> str:
    """The page."""
    return "\n".join([_HEAD, *map(_language, sorted(_LANGUAGES)), _homographs()])


def _language(code: str) -> str:
    cases = tomllib.loads((_TABLES / f"{code}.toml").read_text("utf-8"))["case"]
    header = ["written", "said", "not"]
    return f"## {_LANGUAGES[code]}\n\n{table(header, map(_row, cases))}"


def _row(case: dict[str, Any]) -> tuple[str, str, str]:
    written = case["written"].replace("\n", "⏎")
    return f"`` {written} ``", "; ".join(case["said"]), (case.get("not_said") or [""])[0]


def _homographs() -> str:
    path = files("tutor") / "assets" / "pronunciation" / "homographs.toml"
    words = tomllib.loads(path.read_text("utf-8"))["word"]
    rows = (
        (f"`{word}`", reading, sounds, _example(entry, reading))
        for word, entry in sorted(words.items())
        for reading, sounds in entry["say"].items()
    )
    return f"{_HOMOGRAPHS}\n{table(['word', 'reading', 'sounds', 'for example'], rows)}"


def _example(entry: dict[str, Any], reading: str) -> str:
    return next((sentence for sentence, name in entry["sentences"] if name == reading), "")

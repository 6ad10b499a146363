"""The reference of grammar rules, from their data files."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tables import table

FOLDER = Path(__file__).resolve().parents[2] / "tutor" / "assets" / "grammar"

_HEAD = """# Grammar rules

What the tutor says of free speech in English, beside the rules of Harper: a sentence that each
rule finds, and one that it leaves alone. A rule rather misses an error than corrects good English:
a learner who is corrected without need stops listening. [How to add
one](../contribute/teaching.md#grammar-rules).
"""


def text() -> str:
    """The page."""
    return "\n".join([_HEAD, *_parts()])


def _parts() -> Iterator[str]:
    for path in sorted(FOLDER.glob("*.toml")):
        rules = tomllib.loads(path.read_text())["rule"]
        rows = [(f"`{rule['id']}`", rule["message"], _sentences(rule)) for rule in rules]
        header = ["rule", "what is said", "for example"]
        yield f"## {path.stem.capitalize()}\n\n{table(header, rows)}"


def _sentences(rule: dict[str, Any]) -> str:
    return f"{rule['wrong'][0]} → {rule['right'][0]}"

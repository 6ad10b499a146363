"""The reference of grammar rules, from the files that hold them."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from tables import table

_HEAD = """# Grammar rules

What the tutor says of free speech in English, beside about 100 rules of Harper: what learners say,
what is proposed instead, and good English that looks like the error and is left alone. A rule
rather misses an error than corrects good English: a learner who is corrected without need stops
listening. [How to add one](../contribute/teaching.md#grammar-rules).
"""


def text() -> str:
    """The page."""
    return "\n".join([_HEAD, *map(_topic, topics())])


def topics() -> list[dict[str, Any]]:
    """The files of rules, in the order in which they are tried."""
    folder = files("tutor") / "assets" / "grammar"
    found = [
        tomllib.loads(path.read_text()) for path in folder.iterdir() if path.name.endswith(".toml")
    ]
    return sorted((one for one in found if "rule" in one), key=lambda one: int(one["order"]))


def _topic(data: dict[str, Any]) -> str:
    header = ["rule", "what is said", "for example", "left alone"]
    return f"## {data['topic']}\n\n{table(header, map(_row, data['rule']))}"


def _row(rule: dict[str, Any]) -> tuple[str, str, str, str]:
    first = rule["examples"][0]
    instead = f" → {first['right']}" if "right" in first else ""
    untouched = (rule.get("untouched") or [""])[0]
    return f"`{rule['id']}`", rule["message"], first["wrong"] + instead, untouched

"""The list of decisions, from their records."""

from __future__ import annotations

from pathlib import Path

from tables import table

FOLDER = Path(__file__).parent / "pages" / "decisions"

_HEAD = """# Decisions

What was decided against the first idea or the usual way, and why: a short record each. A decision
that is taken back gets a new record that says so; the old one stays and links to it.


"""


def text() -> str:
    """The page."""
    rows = [_row(path) for path in sorted(FOLDER.glob("[0-9]*.md"))]
    return _HEAD + table(["number", "decision"], rows)


def _row(path: Path) -> tuple[str, str]:
    heading = path.read_text().partition("\n")[0].removeprefix("# ")
    number, _, title = heading.partition(" ")
    if not path.name.startswith(number):
        raise ValueError(f"{path.name} is headed {heading!r}")
    return number, f"[{title}]({path.name})"

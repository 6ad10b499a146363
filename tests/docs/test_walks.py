"""The page of the three walks: each next file can be found from those before it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pages import PAGES
from tests.support.places import ROOT
from tutor.adapters.store import keys

PAGE = PAGES / "understand" / "walks.md"

BORDERS = {
    *keys.QUEUES,
    keys.results("").rstrip(":"),
}
"""Queues and streams between two processes."""


def walks() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each walk by its title: its files, and what is said of each."""
    for part in PAGE.read_text().split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        yield title, re.findall(r"^\d+\. \[`([^`]+)`\]\([./]*\1\): (.*)$", text, re.MULTILINE)


def imported(path: str) -> set[str]:
    """The files of this project that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return {f"{name.replace('.', '/')}.py" for name in names}


WALKS = dict(walks())


def test_there_are_three_walks() -> None:
    """A frame, a final, an upload; every numbered line was understood by this test."""
    assert [title.split(",")[0] for title in WALKS] == [
        "One audio frame",
        "One final",
        "One upload",
    ]
    lines = re.findall(r"^\d+\. ", PAGE.read_text(), re.MULTILINE)
    assert len(lines) == sum(map(len, WALKS.values())) > 60


@pytest.mark.parametrize("title", WALKS)
def test_every_file_of_a_walk_is_there(title: str) -> None:
    """Each once, in the order of its number."""
    files = [path for path, _ in WALKS[title]]
    assert len(set(files)) == len(files)
    for path in files:
        assert (ROOT / path).is_file(), path


@pytest.mark.parametrize("title", WALKS)
def test_each_next_file_is_reached_from_one_before_it(title: str) -> None:
    """By an import, or across a queue or a stream that is named."""
    known: set[str] = set()
    for number, (path, said) in enumerate(WALKS[title], 1):
        border = re.search(r"\*\*Across the (?:queue|stream) `([^`]+)`\*\*", said)
        reached = number == 1 or path in known or (border and said.startswith("**Across"))
        assert reached, f"{number}. {path}"
        assert border is None or border[1] in BORDERS, said
        known |= imported(path)


def test_a_file_in_prose_is_one_of_its_walk() -> None:
    """Where a walk comes back to a file, it was there before."""
    for steps in WALKS.values():
        seen: set[str] = set()
        for path, said in steps:
            seen.add(Path(path).name)
            assert set(re.findall(r"`(\w+\.py)`", said)) <= seen

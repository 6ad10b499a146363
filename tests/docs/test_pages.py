"""The README and the sources of the documentation's pages."""

import re
import runpy
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.pages import PAGES, blocks
from tests.support.places import ROOT
from tutor.core.coach.exercises import items_from

SOURCES = sorted(PAGES.rglob("*.md"))
README = ROOT / "README.md"

GUIDES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
"""What is read beside the code, not in the site alone."""


@pytest.fixture(scope="module")
def missing() -> Callable[[str], Iterator[str]]:
    """The check of names that the site's build runs over every page."""
    found: dict[str, Any] = runpy.run_path(str(ROOT / "etc" / "docs" / "names.py"))
    check: Callable[[str], Iterator[str]] = found["missing"]
    return check


@pytest.mark.parametrize("path", [*GUIDES, *SOURCES], ids=lambda path: path.stem)
def test_what_a_page_names_is_there(path: Path, missing: Callable[[str], Iterator[str]]) -> None:
    """Files, `make` targets, settings and commands."""
    assert list(missing(path.read_text())) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("look into `tutor/core/nowhere.py`", "tutor/core/nowhere.py"),
        ("`make coffee`", "make coffee"),
        ("```\nmake tea      # green\n```", "make tea"),
        ("set `TUTOR_MOOD=good`", "TUTOR_MOOD"),
        ("`tutor dance --fast`", "tutor dance"),
        (".venv/bin/tutor sing", "tutor sing"),
    ],
)
def test_what_is_not_there_is_found(
    text: str, name: str, missing: Callable[[str], Iterator[str]]
) -> None:
    """In prose, in links and in blocks of code."""
    assert list(missing(text)) == [name]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_the_links_of_a_guide_lead_somewhere(path: Path) -> None:
    """Files, and sections of Markdown files."""
    links = re.findall(r"\]\((?!https?:)([^)\s]+)\)", path.read_text())
    assert links
    for link in links:
        name, _, section = link.partition("#")
        assert (ROOT / name).exists(), link
        assert not section or section in anchors(ROOT / name), link


def anchors(path: Path) -> set[str]:
    """The names by which the sections of a Markdown file are linked to."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in headings}


def test_every_class_of_attack_has_its_test() -> None:
    """Each line of the security list names tests, and those are there."""
    listed = (ROOT / "SECURITY.md").read_text()
    table = listed.split("## What is kept")[0]
    rows = re.findall(r"^\| (?!class|---)(.+?) \| .+ \| (.+) \|$", table, re.MULTILINE)
    assert len(rows) >= 30
    for name, tests in rows:
        assert re.search(r"`tests/[\w/]+\.py::test_\w+`", tests), name
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", listed)
    for file, test in named:
        assert re.search(rf"def {test}\(", (ROOT / file).read_text()), f"{file}::{test}"


def test_the_readme_is_short() -> None:
    """200 lines at most, one picture, the two commands."""
    text = README.read_text()
    assert text.count("\n") <= 200
    assert len(re.findall(r"!\[", text)) == 1
    assert re.search(r"^make run .*\nmake test ", text, re.MULTILINE)


def test_measured_figures_of_the_readme_are_those_of_the_pages() -> None:
    """A figure that is changed in one place is changed in both."""
    measured = (PAGES / "understand" / "measurements.md").read_text()
    feedback = (PAGES / "understand" / "feedback.md").read_text()
    part = README.read_text().split("## Measured")[1].split("\n## ")[0]
    (final, base) = re.findall(r"(\d+ / \d+ ms)", part)
    assert f"| {final} | {base} |" in measured
    assert "12 learners who speak at once" in measured
    for score in re.findall(r"\.\d\d", part):
        assert score in feedback


def test_the_exercises_of_the_page_for_teachers_are_good() -> None:
    """As they stand they would be taken, one of each type."""
    (file,) = blocks("contribute/teaching.md", "toml")[:1]
    items = items_from(tomllib.loads(file), "own.toml")
    assert {item.type for item in items} == {"read_aloud", "minimal_pair", "dialogue", "free"}


def test_the_grammar_rule_of_the_page_for_teachers_is_one_of_the_package() -> None:
    """As it stands there, but for sentences that the page leaves out."""
    (shown,) = tomllib.loads(blocks("contribute/teaching.md", "toml")[1])["rule"]
    shipped = tomllib.loads((ROOT / "tutor" / "assets" / "grammar" / "agreement.toml").read_text())
    (rule,) = (one for one in shipped["rule"] if one["id"] == shown["id"])
    for field in ("message", "pattern", "replacement"):
        assert shown[field] == rule[field]
    for field in ("examples", "untouched"):
        assert all(sentence in rule[field] for sentence in shown[field])

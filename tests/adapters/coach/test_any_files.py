"""Files that a teacher has written, wrong in any way: an error of one line, or they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.wire.test_any_bytes import bent
from tests.support.examples import few
from tutor.adapters.coach import exercises, phrases, scenarios
from tutor.adapters.feedback import grammar_rules
from tutor.core.coach.exercises import ExerciseError, items_from
from tutor.core.coach.phrases import PhrasesError, phrases_from
from tutor.core.feedback.grammar.rules import RuleError, rules_from
from tutor.core.talk.fields import ScenarioError
from tutor.core.talk.manners import manners_from
from tutor.core.talk.reading import scenario_from
from tutor.core.talk.walking import check

MANNERS = scenarios.read_manners(scenarios.FOLDER)


def first(folder: Path, pattern: str) -> dict[str, Any]:
    """The first file of a folder of ours."""
    return tomllib.loads(min(folder.rglob(pattern)).read_text("utf-8"))


def read_scenario(data: dict[str, Any]) -> None:
    """A scenario as a start reads it."""
    check(scenario_from(data, "own.toml", MANNERS), "own.toml")


FILES: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], object], type[Exception]]] = {
    "scenario": (first(scenarios.FOLDER / "en", "cafe.toml"), read_scenario, ScenarioError),
    "manners": (
        first(scenarios.FOLDER / "en", "manners.toml"),
        lambda data: manners_from(data, "own.toml"),
        ScenarioError,
    ),
    "exercises": (
        first(exercises.FOLDER, "*.toml"),
        lambda data: items_from(data, "own.toml"),
        ExerciseError,
    ),
    "phrases": (
        first(phrases.FOLDER, "*.toml"),
        lambda data: phrases_from(data, "own.toml"),
        PhrasesError,
    ),
    "grammar": (
        first(grammar_rules.FOLDER, "*.toml"),
        lambda data: rules_from({"own.toml": data}),
        RuleError,
    ),
}


@pytest.mark.heavy
@pytest.mark.parametrize("kind", FILES)
@few(30)
@given(st.data())
def test_a_file_is_read_or_refused_in_a_line(kind: str, data: st.DataObject) -> None:
    """Whatever stands in the place of a value, at any depth: one error, with the file's name."""
    whole, read, refused = FILES[kind]
    changed = data.draw(bent(whole))
    told = "own.toml"
    try:
        read(changed)
    except refused as error:
        told = str(error)
    assert "own.toml" in told
    assert "\n" not in told


@pytest.mark.parametrize("kind", FILES)
def test_what_an_error_quotes_keeps_it_in_a_line(kind: str) -> None:
    """A key with a line's end in it is shown as it would be written."""
    whole, read, refused = FILES[kind]
    with pytest.raises(refused) as found:
        read({**whole, "a\nkey\u202e": 1})
    assert "a\\nkey\\u202e" in str(found.value)

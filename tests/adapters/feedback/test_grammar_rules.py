from pathlib import Path

import pytest

from tutor.adapters.feedback.grammar_rules import FOLDER, load_rules
from tutor.core.feedback.grammar.rules import RuleError


def test_the_rules_are_read_once() -> None:
    """Every checker of a process has the same."""
    assert load_rules() is load_rules()
    assert {rule.id for rule in load_rules()} >= {"be-agree", "past-time", "plural-noun"}


def test_a_teachers_new_rule_is_found_by_its_file(tmp_path: Path) -> None:
    """A copy of the folder with one file more has one rule more."""
    for path in FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (tmp_path / "mine.toml").write_text(
        'topic = "Mine"\norder = 99\n[[rule]]\nid = "cook-a"\nmessage = "Say less."\n'
        'pattern = "{job} of {uncountable}"\n'
        'examples = [{ wrong = "a doctor of advice", right = "a doctor" }]\n',
        "utf-8",
    )
    rules = load_rules(tmp_path)
    assert [rule.id for rule in rules[:-1]] == [rule.id for rule in load_rules()]
    assert (rules[-1].id, rules[-1].topic) == ("cook-a", "Mine")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[[rule]\n", r"^mine\.toml: Expected '\]\]' at the end of an array declaration"),
        (b"topic = '\xff'", r"^mine\.toml: 'utf-8' codec can't decode"),
        (
            b"topic = 'Mine'\norder = 1\n[[rule]]\nid = 'a'\nmessage = 'b'\npattern = '('",
            r"^mine\.toml, rule 1 \(a\): `pattern` is wrong: missing \)",
        ),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    """One line tells a teacher where to look."""
    (tmp_path / "mine.toml").write_bytes(content)
    with pytest.raises(RuleError, match=message):
        load_rules(tmp_path)

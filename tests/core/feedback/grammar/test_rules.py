import re
from collections.abc import Mapping

import pytest

from tutor.adapters.feedback.grammar_rules import FOLDER, load_rules
from tutor.core.feedback.assessment import Finding
from tutor.core.feedback.grammar.find import find
from tutor.core.feedback.grammar.patterns import PARTS, WORDS
from tutor.core.feedback.grammar.rewrites import FORMS, REWRITES
from tutor.core.feedback.grammar.rules import Example, Rule, RuleError, rules_from

RULES = load_rules()


def corrected(text: str, findings: list[Finding]) -> str:
    """The text with each replacement in its place."""
    for finding in sorted(findings, key=lambda finding: -finding.start):
        text = text[: finding.start] + (finding.replacement or "") + text[finding.end :]
    return text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_keeps_what_its_examples_promise(rule: Rule) -> None:
    """Its wrong sentences have this one error and become right; good English has none."""
    for example in rule.examples:
        findings = find(example.wrong, RULES)
        assert [finding.rule for finding in findings] == [rule.id], example.wrong
        assert find(example.right, RULES) == [], example.right
        if rule.replace is None:
            assert findings[0].replacement is None
        else:
            assert corrected(example.wrong, findings) == example.right
    for text in rule.untouched:
        assert find(text, RULES) == [], text


def test_all_that_a_rule_may_be_written_with_is_explained() -> None:
    """`lists.toml` names each part, list, form and rewrite, and no other."""
    head, lists = (FOLDER / "lists.toml").read_text("utf-8").split("[words]")
    of_patterns, of_replacements = head.split("# In a replacement")
    own = set(re.findall(r"^(\w+) =", lists, re.MULTILINE))
    named = set(re.findall(r"\{([a-z-]+)\}", of_patterns))
    assert named >= {*PARTS, *WORDS}
    assert named <= {*PARTS, *WORDS, *own}
    assert set(re.findall(r"\{\w+:(\w+)[^}]*\}", of_replacements)) == {*FORMS, "as"}
    assert set(re.findall(r'rewrite = "([a-z-]+)"', of_replacements)) == set(REWRITES)


def test_no_list_of_words_is_idle() -> None:
    """Some pattern uses each list that a teacher may add words to."""
    texts = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.toml")}
    lists = re.findall(r"^(\w+) =", texts.pop("lists.toml").split("[words]")[1], re.MULTILINE)
    used = " ".join(texts.values())
    assert [name for name in lists if not re.search(rf"\{{(plural of )?{name}\b", used)] == []


# ---------------------------------------------------------------- from plain tables

GOOD = {
    "id": "very-like",
    "message": 'Say "really".',
    "pattern": r"\b(?P<who>I|you) very (?P<verb>{verb-s}|{verb})\b",
    "replacement": "{who} really {verb:base}",
    "examples": [{"wrong": "I very like it.", "right": "I really like it."}],
}


def built(rule: Mapping[str, object], **more: object) -> tuple[Rule, ...]:
    """The rules of a file with this one."""
    return rules_from({"words.toml": {"topic": "Words", "order": 1, "rule": [rule], **more}})


def test_a_rule_is_made_of_a_plain_table() -> None:
    """Its topic is the file's; a long pattern may come in pieces."""
    pieces = [r"\b(?P<who>I|you) very ", r"(?P<verb>{verb-s}|{verb})\b"]
    (rule,) = built({**GOOD, "pattern": pieces, "untouched": ["Very like it."]})
    assert (rule.id, rule.topic, rule.message) == ("very-like", "Words", 'Say "really".')
    assert rule.examples == (Example("I very like it.", "I really like it."),)
    assert rule.untouched == ("Very like it.",)
    assert rule.pattern == built(GOOD)[0].pattern
    (finding,) = find("You very likes me.", [rule])
    assert finding.replacement == "You really like"


def test_lists_of_words_serve_all_files() -> None:
    """A file's patterns use the lists of another."""
    file = {
        "topic": "Fruit",
        "order": 1,
        "rule": [{**GOOD, "pattern": "(?P<who>{fruit}) (?P<verb>is)"}],
    }
    (rule,) = rules_from({"a.toml": file, "lists.toml": {"words": {"fruit": "fig\napple"}}})
    assert rule.pattern.pattern == "(?P<who>(?:apple|fig)) (?P<verb>is)"


def test_of_two_files_the_lower_order_comes_first() -> None:
    """So it has the error where both find one at the same place."""
    files = {
        f"{name}.toml": {"topic": name, "order": order, "rule": [{**GOOD, "id": name}]}
        for name, order in (("a", 2), ("b", 1))
    }
    rules = rules_from(files)
    assert [rule.id for rule in rules] == ["b", "a"]
    assert [finding.rule for finding in find("I very like it.", rules)] == ["b"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 3}, "words.toml, rule 1: `id` must be a text"),
        ({"message": " "}, "`message` must be a text"),
        ({"pattern": None}, "`pattern` must be a text"),
        ({"pattern": ["a", 1]}, "`pattern` must be a text"),
        ({"pattern": []}, "`pattern` must be a list of texts"),
        ({"pattern": "(I"}, "`pattern` is wrong: missing ), unterminated subpattern at position 0"),
        ({"pattern": "{verbs}"}, "`pattern` is wrong: {verbs} is not known; there are action, be,"),
        ({"pattern": "{day except Mon}"}, '{day except Mon}: "Mon" is not in {day}'),
        ({"pattern": "a?"}, "`pattern` finds an error where nothing was said"),
        ({"replacement": ""}, "`replacement` must be a text"),
        (
            {"replacement": "{whom} really"},
            "`replacement` is wrong: the pattern has no group `whom`; it has who, verb",
        ),
        (
            {"replacement": "{who} {verb:passt}"},
            "`replacement` is wrong: there is no form `passt`; there are lower, base,",
        ),
        ({"replacement": "{who really"}, "`replacement` is wrong: a brace is not closed"),
        ({"rewrite": "present"}, "`rewrite` cannot stand beside `replacement`"),
        ({"examples": []}, "`examples` must be a list of tables"),
        ({"examples": ["I very like it."]}, "examples 1: must be a table"),
        ({"examples": [{"wrong": "I very like it."}]}, "examples 1: `right` must be a text"),
        (
            {"examples": [{**GOOD["examples"][0], "why": "so"}]},  # type: ignore[dict-item]
            "examples 1: `why` is no field here; there are wrong, right",
        ),
        ({"untouched": "I like it."}, "`untouched` must be a list of texts"),
        ({"mesage": "Say it."}, "`mesage` is no field here; there are id, message, pattern,"),
    ],
    ids=lambda case: case if isinstance(case, str) else None,
)
def test_what_is_wrong_in_a_rule_is_named(change: dict[str, object], message: str) -> None:
    """The error names file, rule and field, in one line."""
    with pytest.raises(RuleError, match=re.escape(message)) as raised:
        built({**GOOD, **change})
    place = "words.toml, rule 1" + ("" if "id" in change else " (very-like)")
    assert str(raised.value).startswith(place)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("presents", "`rewrite` is wrong: there is no rewrite `presents`; there are without-be,"),
        ("without-be", "`rewrite` is wrong: the pattern has no group `no`; it has who, verb"),
    ],
)
def test_a_wrong_rewrite_is_named(name: str, message: str) -> None:
    """It must be there, and the pattern must have its groups."""
    rule = {field: value for field, value in GOOD.items() if field != "replacement"}
    with pytest.raises(RuleError, match=re.escape(message)):
        built({**rule, "rewrite": name})


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ({"rule": "x"}, "words.toml: `rule` must be a list of tables"),
        ({"rule": ["x"]}, "words.toml, rule 1: must be a table"),
        ({"rule": [GOOD, GOOD]}, "words.toml, rule very-like: this `id` is there twice"),
        ({"rules": [GOOD]}, "words.toml: `rules` is no field here; there are topic, order,"),
        ({"topic": 1}, "words.toml: `topic` must be a text"),
        ({"order": "first"}, "words.toml: `order` must be a whole number"),
        ({"words": "go went"}, "words.toml: `words` must be a table"),
        ({"words": {"job": ["cook"]}}, "words.toml, words: `job` must be a text"),
        ({"words": {"verb": "go"}}, "words.toml, words: `verb` is the name of something else"),
        ({"words": {"clause": "go"}}, "words.toml, words: `clause` is the name of something else"),
    ],
    ids=lambda case: case if isinstance(case, str) else None,
)
def test_what_is_wrong_in_a_file_is_named(file: dict[str, object], message: str) -> None:
    """The error names the file and the field."""
    with pytest.raises(RuleError, match=re.escape(message)):
        rules_from({"words.toml": {"topic": "Words", "order": 1, "rule": [GOOD], **file}})


def test_files_without_any_rule_are_refused() -> None:
    """An empty folder is a mistake."""
    with pytest.raises(RuleError, match=re.escape("there is no [[rule]] in lists.toml")):
        rules_from({"lists.toml": {"words": {"job": "cook"}}})

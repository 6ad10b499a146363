import re

import pytest

from tutor.core.feedback.grammar.patterns import WORDS, PatternError, expand

FAMILY = {"noun": ("son", "family", "child")}


@pytest.mark.parametrize(
    ("pattern", "expanded"),
    [
        ("{noun}", "(?:family|child|son)"),
        ("{noun except son, child}", "(?:family)"),
        ("{plural of noun}", "(?:families|children|sons)"),
        ("{plural of noun except son}", "(?:families|children)"),
        ("{after have, not so}much", r"(?:(?<=\bhave )|(?<=\bnot so ))much"),
        ("{start or after or}is", r"(?:(?<=^)|(?<=[.!?,] )|(?<=\bor ))is"),
        ("{not after or, nor}he", r"(?<!\bor )(?<!\bnor )he"),
        (r"\d{4} year(?:s){0,2}", r"\d{4} year(?:s){0,2}"),
    ],
)
def test_references_are_written_out(pattern: str, expanded: str) -> None:
    """Braces with a name stand for more; those with numbers are the regular expression's own."""
    assert expand(pattern, FAMILY) == expanded


@pytest.mark.parametrize(
    "pattern", ["{nouns}", "{plural of verb}", "{noun except dog}", "{afterr}"]
)
def test_an_unknown_reference_is_refused(pattern: str) -> None:
    """A name or a word that is in no list is a slip of whoever wrote the rule."""
    with pytest.raises(PatternError, match=re.escape(pattern)):
        expand(pattern, FAMILY)


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text."""
    return re.search(expand(pattern, WORDS), text, re.IGNORECASE) is not None


@pytest.mark.parametrize(
    ("pattern", "found", "passed_over"),
    [
        ("{clause}go", "I think go", "they go"),
        ("{sentence}if", "No. If", "ask if"),
        ("two year{noun-end}", "two year ago", "two year contract"),
        ("seen him{clause-end}", "seen him and", "seen him go"),
        ("{not-after-helper}he", "and so he", "did he"),
        ("{person}{be} old", "I'm old", "it old"),
        ("saw{object} {past-time}", "saw him in the park last Monday", "saw him go last Monday"),
        (r"I {action}\b", "I goes", "I thinks"),
        ("{participle} it", "written it", "wrote it"),
        ("more {short-adjective}", "more old", "more careful"),
    ],
)
def test_parts_with_a_name(pattern: str, found: str, passed_over: str) -> None:
    """Each stands for what `lists.toml` says."""
    assert matches(pattern, found)
    assert not matches(pattern, passed_over)

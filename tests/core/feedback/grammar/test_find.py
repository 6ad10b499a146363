from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.feedback.grammar_rules import load_rules
from tutor.core.feedback.assessment import Finding
from tutor.core.feedback.grammar.find import find, merged

RULES = load_rules()


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    """Spans count characters of the text as it is."""
    (finding,) = find("She don\u2019t know.", RULES)
    assert (finding.start, finding.end) == (4, 9)


def test_a_capital_stays() -> None:
    """What begins a sentence begins it after the correction too."""
    replacements = [f.replacement for f in find("In the other hand, I am agree.", RULES)]
    assert replacements == ["On the other hand", "I agree"]


def test_the_earlier_rule_has_the_error() -> None:
    """Two rules begin at "goes": that it was yesterday matters more than the -s."""
    (finding,) = find("Yesterday I goes to school.", RULES)
    assert (finding.rule, finding.replacement) == ("past-time", "went")


def test_of_overlapping_findings_the_first_stays() -> None:
    """What our rules say about a span goes before what others say."""

    def finding(start: int, end: int, rule: str) -> Finding:
        return Finding(start, end, "", None, rule)

    ours = [finding(5, 9, "ours")]
    others = [finding(8, 12, "overlaps"), finding(0, 5, "before"), finding(9, 11, "behind")]
    assert [f.rule for f in merged(ours, others)] == ["before", "ours", "behind"]


WORDS = sorted({word for rule in RULES for e in rule.examples for word in e.wrong.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
def test_any_words_are_taken(text: str) -> None:
    """Whatever learners' words meet, a rule has an answer; spans lie in order, without overlaps."""
    ends = 0
    for finding in find(text, RULES):
        assert ends <= finding.start < finding.end <= len(text)
        assert finding.replacement is None or finding.replacement
        ends = finding.end

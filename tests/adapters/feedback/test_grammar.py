import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.adapters.feedback.grammar import HARPER_RULES, GrammarChecker
from tutor.adapters.feedback.grammar_rules import load_rules
from tutor.core.feedback.assessment import Finding, Grammar

GOOD = """
Ten dollars is enough. | The news is good. | My family are well. | I'd rather stay at home.
She asked me to wait. | Long live the king. | A university is a big school. | He's an honest man.
An hour ago. | I used a knife. | I'm afraid he will be late. | Their house is over there.
It's time to rest. | You are everything to me.
i like it, but dad doesnt | THE TRAIN LEAVES AT FIVE | Ive been too ill to go their
"""
"""Good English that looks like an error of Harper's, and what only its spelling is wrong with."""


@pytest.fixture(scope="module")
def checker() -> GrammarChecker:
    """One checker, as a worker has; Harper takes a second to load."""
    return GrammarChecker()


LEARNERS = Path(__file__).parents[2] / "data" / "grammar"


def lines(name: str) -> list[str]:
    """The lines of a file of learners' English, without its comments."""
    return [
        line
        for line in (LEARNERS / name).read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]


def good_english() -> list[str]:
    """The sentences of `GOOD`, those that our rules' files call good, and those of `right.txt`."""
    own = [part.strip() for line in GOOD.strip().splitlines() for part in line.split(" | ")]
    rules = load_rules()
    right = [example.right for rule in rules for example in rule.examples]
    untouched = [text for rule in rules for text in rule.untouched]
    return [
        *own,
        *right,
        *untouched,
        *lines("right.txt"),
        *lines("unseen_right.txt"),
        *lines("fresh_right.txt"),
    ]


GOOD_ENGLISH = good_english()

TOGETHER = 20
"""Sentences of a test: to be a test of its own takes as long as to be checked."""


@pytest.mark.parametrize("first", range(0, len(GOOD_ENGLISH), TOGETHER))
def test_good_english_is_left_alone(checker: GrammarChecker, first: int) -> None:
    """Neither our rules nor Harper's object to it, nor to spelling, capitals and punctuation."""
    told = {
        text: checker.check(text, "en").findings for text in GOOD_ENGLISH[first : first + TOGETHER]
    }
    assert {text: findings for text, findings in told.items() if findings} == {}


@pytest.mark.parametrize(
    ("text", "rule", "replacement"),
    [
        ("I have a apple.", "harper-AnA", "an"),
        ("I didn't went there.", "harper-DidPast", "go"),
        ("We discussed about it.", "harper-Discuss", "discussed"),
        ("We was happy.", "harper-PronounInflectionBe", "were"),
        ("I take pride of my work.", "harper-TakePrideIn", "in"),
    ],
)
def test_harper_finds_the_rest(
    checker: GrammarChecker, text: str, rule: str, replacement: str
) -> None:
    """Articles, forms of "be", prepositions and more come from Harper's own rules."""
    (finding,) = checker.check(text, "en-GB").findings
    assert (finding.rule, finding.replacement) == (rule, replacement)
    assert "`" not in finding.message


@pytest.mark.parametrize(
    ("name", "least"), [("wrong.tsv", 260), ("unseen_wrong.tsv", 100), ("fresh_wrong.tsv", 53)]
)
def test_what_it_corrects_it_corrects_right(checker: GrammarChecker, name: str, least: int) -> None:
    """Of learners' errors nine of ten are put right, and one of a hundred wrongly at most."""
    right = wrong = 0
    for line in lines(name):
        _, said, ways = line.split("\t")
        findings = checker.check(said, "en").findings
        if any(finding.replacement is not None for finding in findings):
            is_right = corrected(said, findings).lower() in ways.lower().split(" | ")
            right, wrong = right + is_right, wrong + (not is_right)
    assert right >= least
    assert wrong <= right / 100


def corrected(text: str, findings: tuple[Finding, ...]) -> str:
    """The text with every correction that was offered."""
    for finding in sorted(findings, key=lambda finding: -finding.start):
        if finding.replacement is not None:
            text = text[: finding.start] + finding.replacement + text[finding.end :]
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "replacement"),
    [
        ("I arrived to London.", "in"),
        ("I arrived to Oslo.", "in"),
        ("I arrived to the airport.", "at"),
        ("I arrived to Oslo Airport.", "at"),
        ("I arrived to work.", "at"),
    ],
)
def test_a_town_is_arrived_in_and_what_stands_in_it_at(
    checker: GrammarChecker, text: str, replacement: str
) -> None:
    """Towns and countries take "in", stations and schools "at", whichever name they have."""
    (finding,) = checker.check(text, "en").findings
    assert finding.replacement == replacement


@pytest.mark.parametrize("text", ["He runned fast.", "We goed home."])
def test_where_several_corrections_may_be_right_none_is_offered(
    checker: GrammarChecker, text: str
) -> None:
    """Harper suggests "run" and "ran": the learner hears what is wrong, and no guess."""
    (finding,) = checker.check(text, "en").findings
    assert (finding.rule, finding.replacement) == ("harper-RegularIrregulars", None)


def test_findings_are_in_order_and_have_spans(checker: GrammarChecker) -> None:
    """Several errors of one utterance, each with the characters that it is about."""
    text = "Yesterday I go to school and I have a apple. He don't like it."
    findings = checker.check(text, "en").findings
    assert [text[f.start : f.end] for f in findings] == ["go", "a", "don't"]


@pytest.mark.parametrize("language", ["de", "ru", "zh", "auto"])
def test_other_languages_are_not_checked(checker: GrammarChecker, language: str) -> None:
    """There are rules for English alone, and the answer says so."""
    assert checker.check("I am agree", language) == Grammar(checked=False)


def test_the_level_comes_with_it(checker: GrammarChecker) -> None:
    """The words' level stands beside the findings."""
    grammar = checker.check("My mother likes big dogs and small cats.", "en")
    assert (grammar.level, grammar.checked) == ("A1", True)


def test_a_checker_serves_several_threads(checker: GrammarChecker) -> None:
    """Workers share one; their texts don't get mixed up."""
    found: dict[int, tuple[Finding, ...]] = {}

    def check(n: int) -> None:
        found[n] = checker.check(f"{'x' * n} I have a apple.", "en").findings

    threads = [threading.Thread(target=check, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: [f.start for f in f] for n, f in found.items()} == {n: [n + 8] for n in range(8)}


def test_harper_is_asked_for_what_is_heard() -> None:
    """Its rules on spelling, capitals, commas and homophones stay off."""
    muted = {"SpellCheck", "SentenceCapitalization", "ThereToTheir", "ItsPossessive", "ToTwoToo"}
    assert not HARPER_RULES & (muted | {"RepeatedWords", "LongSentences", "CompoundNouns"})


@given(st.text(max_size=80))
def test_any_text_is_taken(checker: GrammarChecker, text: str) -> None:
    """Spans lie inside the text, in order, without overlaps."""
    ends = 0
    for finding in checker.check(text, "en").findings:
        assert ends <= finding.start <= finding.end <= len(text)
        ends = finding.end

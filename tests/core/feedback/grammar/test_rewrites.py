import re

import pytest

from tutor.core.feedback.grammar.rewrites import FORMS, RewriteError, rewrite, template

PAIR = re.compile("(?P<who>I|we|he)(?P<no> not)? (?P<verb>[a-z]+)", re.IGNORECASE)


def written(text: str, said: str) -> str:
    """What a template makes of what was said."""
    match = PAIR.match(said)
    assert match
    return template(text, PAIR)(match)


@pytest.mark.parametrize(
    ("text", "said", "becomes"),
    [
        ("{who} really {verb}", "I like", "I really like"),
        ("{who} {verb:third}", "He go", "He goes"),
        ("{who} {verb:lower}", "we Go", "we go"),
        ("{who}{no} {verb}", "we go", "we go"),
        ("{who}{no} {verb}", "we not go", "we not go"),
        ("let's {verb:as tell}", "I said", "let's told"),
        ("{verb:as tell}", "I saying", "telling"),
        ("{verb:as do}", "he makes", "does"),
        ("{verb:as do}", "he make", "do"),
        ("{who} {who:be} here", "i came", "i am here"),
    ],
)
def test_templates(text: str, said: str, becomes: str) -> None:
    """A group stands as it was said, or in a form; a group that matched nothing is nothing."""
    assert written(text, said) == becomes


@pytest.mark.parametrize(
    ("form", "word", "becomes"),
    [
        ("lower", "are", "are"),
        ("base", "went", "go"),
        ("third", "have", "has"),
        ("past", "goes", "went"),
        ("ing", "swim", "swimming"),
        ("unreal", "be", "were"),
        ("unreal", "have", "had"),
        ("several", "was", "were"),
        ("be", "i", "am"),
        ("be", "she", "is"),
        ("subject", "him", "he"),
        ("subject", "you", "you"),
        ("object", "i", "me"),
        ("plural", "city", "cities"),
        ("article", "actor", "an actor"),
        ("comparative", "easy", "easier"),
        ("ed", "exciting", "excited"),
        ("any", "nobody", "anybody"),
    ],
)
def test_forms(form: str, word: str, becomes: str) -> None:
    """Each form of one word."""
    assert FORMS[form](word) == becomes


def test_a_form_takes_any_word() -> None:
    """A rule that meets a word nobody thought of says something, and does not fail."""
    assert {name: write("zorble") for name, write in FORMS.items()} == {
        "lower": "zorble",
        "base": "zorble",
        "third": "zorbles",
        "past": "zorbled",
        "ing": "zorbling",
        "unreal": "zorbled",
        "several": "zorble",
        "one": "zorbles",
        "these": "zorble",
        "have": "has",
        "be": "is",
        "subject": "zorble",
        "object": "zorble",
        "plural": "zorbles",
        "article": "a zorble",
        "comparative": "zorble",
        "ed": "zorble",
        "any": "zorble",
    }
    assert all(isinstance(write(""), str) for write in FORMS.values())


@pytest.mark.parametrize(
    ("name", "said", "becomes"),
    [
        ("without-be", "he agree", "he agrees"),
        ("without-be", "We not agree", "We don't agree"),
        ("simple-past", "I been", " was"),
        ("simple-past", "we been", " were"),
        ("simple-past", "we seen", " saw"),
        ("simple-past", "we zorbled", " zorbled"),
        ("simple-present", "I liking", " like"),
        ("simple-present", "he liking", " likes"),
        ("present", "I be", "am"),
        ("present", "He need", "needs"),
        ("present", "we need", "need"),
    ],
)
def test_rewrites(name: str, said: str, becomes: str) -> None:
    """What takes two groups to say."""
    match = PAIR.match(said)
    assert match
    assert rewrite(name, PAIR)(match) == becomes


@pytest.mark.parametrize(
    "text", ["{x}", "{verb:pasts}", "{verb:as }", "{verb:as a b}", "{verb", "}"]
)
def test_a_template_that_cannot_be_written_is_refused(text: str) -> None:
    """A group or a form that there is not, and a lost brace."""
    with pytest.raises(RewriteError):
        template(text, PAIR)


@pytest.mark.parametrize(("name", "pattern"), [("future", PAIR), ("present", re.compile("he go"))])
def test_a_rewrite_that_cannot_be_done_is_refused(name: str, pattern: re.Pattern[str]) -> None:
    """An unknown name, and a pattern without the groups."""
    with pytest.raises(RewriteError):
        rewrite(name, pattern)

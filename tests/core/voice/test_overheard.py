"""What is heard while the tutor speaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.voice.overheard import Verdict, judge, likeness

SAYING = (
    "Well read! Now try the word weather once more: its middle sound was a little off. "
    "Then read the next sentence to me."
).split()

ECHOES = [
    "Well read",
    "now try the word weather",
    "try the word whether once more",
    "its metal sound was a little off",
    "Then read the next sentence",
    "the next sentence to me",
    "middle sound was a little of",
    "once more it's middle",
    "weather",
]

SIGNS = [
    ("en", "Mm-hm."), ("en", "Uh-huh"), ("en", "Yeah, yeah."), ("en", "Okay"), ("en", "Right."),
    ("en", "I see."), ("de", "Ja, ja."), ("de", "Genau."), ("es", "Sí, claro."), ("es", "Vale"),
    ("es", "De acuerdo"), ("fr", "D'accord"), ("fr", "Oui, oui"), ("ru", "Да, хорошо"),
    ("ru", "Угу"), ("auto", "Hmm"), ("ja", "Mm"),
]  # fmt: skip

SPEECH = [
    ("en", "Wait, I have a question"),
    ("en", "I"),
    ("en", "Man"),
    ("en", "Come on"),
    ("en", "What does it mean?"),
    ("en", "Can you say it again?"),
    ("en", "I want to practise something else"),
    ("en", "Yes, but I do not understand"),
    ("en", "My brother lives in London"),
    ("de", "Ich verstehe das Wort nicht"),
    ("fr", "Pardon, encore une fois"),
]

CALLS = [
    ("en", "Stop"), ("en", "No"), ("en", "Sorry?"), ("en", "No, no, wait"), ("en", "Excuse me"),
    ("en", "What?"), ("de", "Einen Moment bitte"), ("de", "Halt!"), ("es", "No entiendo"),
    ("es", "¿Qué?"), ("fr", "Attends"), ("ru", "Подождите"), ("en-GB", "Yes, but why?"),
]  # fmt: skip


@pytest.mark.parametrize("heard", ECHOES)
def test_the_tutor_s_own_words_are_echo(heard: str) -> None:
    """Also where the recogniser mishears one of them."""
    assert judge(heard, SAYING, "en") is Verdict.ECHO


@pytest.mark.parametrize(("language", "heard"), SIGNS)
def test_a_sign_that_one_listens_is_no_interruption(language: str, heard: str) -> None:
    """In each language its own, and sounds without a language everywhere."""
    assert judge(heard, SAYING, language) is Verdict.BACKCHANNEL


@pytest.mark.parametrize(("language", "heard"), SPEECH)
def test_what_the_learner_says_is_speech(language: str, heard: str) -> None:
    """Short or long, and when it begins with a sign."""
    assert judge(heard, SAYING, language) is Verdict.SPEECH


@pytest.mark.parametrize(("language", "heard"), CALLS)
def test_a_word_that_asks_for_a_turn_is_known(language: str, heard: str) -> None:
    """At the head of a few words, or at their end."""
    assert judge(heard, SAYING, language) is Verdict.CALL


@pytest.mark.parametrize("heard", ["", " ", "…", "-", "!?"])
def test_what_has_no_word_is_nothing(heard: str) -> None:
    """A cough is recognised as no words at all."""
    assert judge(heard, SAYING, "en") is Verdict.NOTHING


@given(st.text("abc de", min_size=1, max_size=20), st.text("abc de", max_size=40))
def test_likeness_is_that_of_the_most_similar_stretch(heard: str, said: str) -> None:
    """It is 1 where what was heard is part of what was said, and never outside of 0 to 1."""
    assert likeness(heard, said + heard + said) == 1.0
    assert 0.0 <= likeness(heard, said) <= 1.0


def test_a_tutor_that_says_nothing_has_no_echo() -> None:
    """What is heard in silence is the learner's."""
    assert judge("Well read", [], "en") is Verdict.SPEECH

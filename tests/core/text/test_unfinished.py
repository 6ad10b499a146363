"""Whether what was said so far hangs in the air."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.unfinished import is_finished, is_unfinished

HANGING = [
    ("en", "I like it because."),
    ("en", "We went to the"),
    ("en", "I bought apples, and"),
    ("en", "My favourite food is, um."),
    ("en", "Yesterday,"),
    ("en", "I think..."),
    ("de", "Ich gehe heute in die."),
    ("de", "Das ist gut, weil"),
    ("es", "Me gusta porque"),
    ("es", "Voy a la."),
    ("fr", "Je vais chez le"),
    ("fr", "C'est bien parce que."),
    ("fr", "J'ai vu l'"),
    ("ru", "Я живу в"),
    ("ru", "Мне нравится, потому что."),
]
WHOLE = [
    ("en", "I have a dog."),
    ("en", "Where are you from?"),
    ("en", "Come in."),
    ("en", "Yes, I think that."),
    ("en", 'He said "stop!"'),
    ("de", "Ich habe keine Zeit."),
    ("de", "Wo kommst du her?"),
    ("es", "No lo sé."),
    ("fr", "Je ne sais pas."),
    ("ru", "Я не знаю."),
]


@pytest.mark.parametrize(("language", "text"), HANGING)
def test_what_must_go_on_is_unfinished(language: str, text: str) -> None:
    """A full stop of the recogniser's does not make "because" the end of a sentence."""
    assert is_unfinished(text, language)
    assert not is_finished(text, language)


@pytest.mark.parametrize(("language", "text"), WHOLE)
def test_a_whole_sentence_is_finished(language: str, text: str) -> None:
    """What may end a sentence does, and a question may end with a preposition."""
    assert is_finished(text, language)
    assert not is_unfinished(text, language)


@pytest.mark.parametrize("text", ["", "  ", "I have a dog", "Ja"])
def test_some_texts_say_neither(text: str) -> None:
    """Nothing, or words without a mark that nothing must follow."""
    assert not is_finished(text, "en")
    assert not is_unfinished(text, "en")


@given(st.text(), st.sampled_from(["en", "de", "es", "fr", "ru", "zh", "auto", ""]))
def test_no_text_is_both(text: str, language: str) -> None:
    """Whatever was recognised, in whatever language, it is finished, unfinished, or neither."""
    assert not (is_finished(text, language) and is_unfinished(text, language))

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.normal import normalise

LATIN_TO_CYRILLIC = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x45F, exclude_categories=["M"])
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tea,", "tea"),
        ("«Tea»", "TEA!"),
        ("don't", "dont"),
        ("e-mail", "email"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "CAFÉ"),
        ("ﬁne", "fine"),
        ("Ｔｅａ", "tea"),
        ("5€", "5"),
        (" tea ", "tea"),
    ],
)
def test_what_differs_only_in_looks_is_equal(one: str, other: str) -> None:
    """Case, punctuation, signs and ways to encode a letter make no other word."""
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("café", "cafe"), ("ёлка", "елка"), ("tea", "teas"), ("1st", "st"), ("", "a"), ("!", "?")],
)
def test_what_is_spelled_otherwise_differs(one: str, other: str) -> None:
    """An accent, a letter or a figure more is another word."""
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("sign", ["...", "€", "—", "?!", "+"])
def test_a_sign_alone_is_itself(sign: str) -> None:
    """What is nothing but punctuation is not taken away: it would equal any other sign."""
    assert normalise(sign) == unicodedata.normalize("NFKC", sign)


@given(st.text())
def test_nothing_is_left_only_of_nothing(text: str) -> None:
    """Some text stays some text, whatever characters it is made of."""
    assert bool(normalise(text)) == bool(text)


@given(st.text())
def test_encodings_of_a_letter_are_equal(text: str) -> None:
    """Composed and decomposed accents compare alike, in any script."""
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)
    assert normalise(unicodedata.normalize("NFKC", text)) == normalise(text)


@given(LATIN_TO_CYRILLIC)
def test_what_was_normalised_stays_as_it_is(text: str) -> None:
    """A normal form is its own: it may be kept, and compared with a word as it comes."""
    assert normalise(normalise(text)) == normalise(text)


@given(st.text("abcdéñßдё", min_size=1), st.text(".,;:!?\"'()«»…-–", max_size=4))
def test_punctuation_around_and_inside_a_word_is_nothing(word: str, marks: str) -> None:
    """Wherever marks stand, the word is the same."""
    assert normalise(marks + word + marks) == normalise(word)
    assert normalise(word[:1] + marks + word[1:]) == normalise(word)
    assert normalise(word.upper()) == normalise(word)

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.voice.clauses import (
    COMMA_MS,
    MOST_CHARS,
    PARAGRAPH_MS,
    SENTENCE_MS,
    Clause,
    split_clauses,
)


def texts(text: str) -> list[str]:
    """The clauses of a text, without their pauses."""
    return [clause.text for clause in split_clauses(text)]


def test_sentences_are_clauses_with_pauses_between() -> None:
    """A pause stands behind each but the last; a paragraph's is longer."""
    assert split_clauses("Hello! How are you?\n\nFine.") == (
        Clause("Hello!", SENTENCE_MS),
        Clause("How are you?", PARAGRAPH_MS),
        Clause("Fine.", 0),
    )


def test_a_full_stop_of_a_short_form_ends_no_sentence() -> None:
    """Nor does one of a number, an initial, or before a small letter."""
    text = "Dr. J. R. Smith paid 3.50, e.g. for tea. He left at 5 p.m. Then it rained."
    assert texts(text) == [
        "Dr. J. R. Smith paid 3.50, e.g. for tea.",
        "He left at 5 p.m.",
        "Then it rained.",
    ]


def test_the_beginning_of_a_long_first_sentence_comes_soon() -> None:
    """It is cut at its first comma that leaves no clipped word; later sentences stay whole."""
    first = "Well, I think that what you said about the weather, if I may say so, is right."
    assert split_clauses(f"{first} {first}") == (
        Clause("Well, I think that what you said about the weather,", COMMA_MS),
        Clause("if I may say so, is right.", SENTENCE_MS),
        Clause(first, 0),
    )


def test_quotes_and_brackets_stay_with_their_sentence() -> None:
    """What closes a sentence is not the beginning of the next."""
    assert texts('He said: "Stop!" (Really.) I did.') == ['He said: "Stop!"', "(Really.)", "I did."]


def test_chinese_and_japanese_sentences_need_no_space() -> None:
    """Their full stops end a sentence by themselves."""
    assert texts("你好。我很好！再见") == ["你好。", "我很好！", "再见"]


def test_what_has_no_word_is_no_clause() -> None:
    """Punctuation and signs by themselves are not said."""
    assert texts("... !!! — ") == []
    assert texts("Yes. ... No.") == ["Yes.", "No."]


@given(st.text(alphabet="ab ,.;!\n1é—", max_size=1000))
def test_no_clause_is_long_and_nothing_is_lost(text: str) -> None:
    """Whatever the text: each clause has a word and is short, and all letters are in them."""
    clauses = texts(text)
    assert all(0 < len(clause) <= MOST_CHARS for clause in clauses)
    assert all(any(c.isalnum() for c in clause) for clause in clauses)
    letters = [c for c in text if c.isalnum()]
    assert [c for clause in clauses for c in clause if c.isalnum()] == letters

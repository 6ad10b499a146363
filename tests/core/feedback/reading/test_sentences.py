"""Sentences that are read in pieces."""

import pytest

from tests.support.readers import said
from tutor.core.feedback.reading.sentences import Place, goes_on, place
from tutor.core.text.wording import split_words

TEXT = split_words(
    "I would like a ticket to London, please. The train leaves at nine. It is very cold today!",
    "en",
)


@pytest.mark.parametrize(
    ("expected", "heard", "is_open"),
    [
        (0, "I would like a ticket", True),
        (0, "I would like a ticket to London please", False),
        (0, "I would like a ticket to London peas", False),
        (0, "I would like a ticket to London please the train", True),
        (8, "the train leaves at nine", False),
        (13, "It is very cold today", False),
        (13, "It is very", True),
        (0, "what a lovely morning it has been", False),
        (0, "", False),
    ],
)
def test_a_sentence_is_open_until_its_last_word(
    expected: int, heard: str, *, is_open: bool
) -> None:
    """Who stops within a sentence of the text may go on; who said its last word, or a word in its
    place, or something else, has finished."""
    assert place(TEXT, expected, said(heard), "en").is_open is is_open


@pytest.mark.parametrize(
    ("first", "second", "belongs"),
    [
        ("I would like a ticket", "to London please", True),
        ("I would like a ticket", "a ticket to London please", True),
        ("I would like a ticket", "I would like a ticket to London please", True),
        ("I would like a ticket", "I take it to London", True),
        ("I would like a ticket", "sorry", True),
        ("I would like a ticket", "the train leaves at nine", False),
        ("the train leaves", "I would like a ticket to London please", False),
    ],
)
def test_what_follows_an_open_sentence_belongs_to_it(
    first: str, second: str, *, belongs: bool
) -> None:
    """Going on, beginning again and a word beside the text do; another sentence does not."""
    before = place(TEXT, 0, said(first), "en")
    after = place(TEXT, before.end, said(second), "en")
    assert goes_on(TEXT, before, after) is belongs


def test_nothing_of_the_text_is_where_the_reader_was() -> None:
    """What is not of the text moves nobody."""
    assert place(TEXT, 8, said("what a lovely morning it has been"), "en") == Place(8, 8)

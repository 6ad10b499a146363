"""Words that were named beforehand, in the place of doubtful ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.likely import DOUBT, MOST_WORDS, changed, changes, doubted

CASES = [
    ("I met Shavon today.", "I met Siobhan today.", ["Siobhan"], "I met Siobhan today."),
    ("My friend she vaughn is here", "My friend Siobhan is here", ["Siobhan"], None),
    ("He visits call chick.", 'He visits "kowalczyk".', ["Kowalczyk"], 'He visits "Kowalczyk".'),
    ("We go to newark, today", "We go to New York, today", ["New York"], None),
    ("new yorke calls", "New York calls", ["Newark", "New York"], None),
    ("Shavon and Bruno left", "Siobhan and Brno left", ["Brno", "Siobhan"], None),
]
"""What was heard, what was heard with the words, the words, the text then (None: the second)."""

KEPT = [
    ("I met Shavon today.", "I met Savannah today.", ["Siobhan"], "another word that is not named"),
    ("I met her today.", "I met Siobhan her today.", ["Siobhan"], "nothing stood in its place"),
    ("I met Siobhan today.", "I met today.", ["Siobhan"], "the second hearing lacks it"),
    ("he is sick teen", "he was sixteen", ["sixteen"], "other words are changed with it"),
    ("one two three four five", "Siobhan", ["Siobhan"], "too many words for one name"),
    ("Read it now", "read it now", ["read"], "it is the same word, at a sentence's head"),
    ("I met Shavon", "I met Siobhan Brno Kaunas Tbilisi Quito", ["Siobhan"], "made up"),
]


@pytest.mark.parametrize(("own", "other", "likely", "text"), CASES)
def test_a_likely_word_takes_the_place_of_a_doubtful_one(
    own: str, other: str, likely: list[str], text: str | None
) -> None:
    """Spelled as it was named, with the marks of the second hearing; all else stays."""
    words = own.split()
    made = doubted(changes(words, other.split(), likely), [0.1] * len(words))
    assert changed(words, made) == (text or other)


@pytest.mark.parametrize(("own", "other", "likely", "why"), KEPT)
def test_what_was_heard_stays(own: str, other: str, likely: list[str], why: str) -> None:
    """Only a likely word, in the place of few others, counts of the second hearing."""
    assert not changes(own.split(), other.split(), likely), why


def test_what_was_heard_surely_stays() -> None:
    """A "sheep" that was heard well is no ship, whatever was expected; nor is a word of which
    nothing is known."""
    words = "I saw a sheep there".split()
    made = changes(words, "I saw a ship there".split(), ["ship"])
    assert len(made) == 1
    sure = [0.9, 0.9, 0.9, DOUBT, 0.9]
    assert doubted(made, sure) == []
    assert doubted(made, []) == []
    assert doubted(made, [*sure[:3], DOUBT - 0.01, 0.9]) == made


def test_a_name_that_was_heard_has_its_own_spelling() -> None:
    """However sure the recogniser was: it is the same word."""
    words = "we talked about quito, and tbilisi".split()
    made = doubted(changes(words, words, ["Quito", "Tbilisi", "Brno"]), [1.0] * len(words))
    assert changed(words, made) == "we talked about Quito, and Tbilisi"


def test_one_doubtful_piece_makes_a_name_doubtful() -> None:
    """What is heard in pieces is one word: the least sure of them decides."""
    words = "she vaughn is here".split()
    made = changes(words, "Siobhan is here".split(), ["Siobhan"])
    assert doubted(made, [0.9, 0.2, 0.9, 0.9]) == made


@given(
    st.lists(st.sampled_from(["a", "b", "c,", "Siobhan"]), max_size=8),
    st.lists(st.sampled_from(["a", "b", "New", "York.", "Siobhan"]), max_size=8),
)
def test_whatever_is_heard_only_likely_words_come_in(own: list[str], other: list[str]) -> None:
    """And as many words stay as were not in their place."""
    made = changes(own, other, ["New York", "Siobhan"])
    text = changed(own, made).split()
    gone = sum(change.end - change.begin for change in made)
    come = [word for change in made for word in change.words]
    assert len(text) == len(own) - gone + len(come)
    assert set(come) <= {"New", "York.", "Siobhan"}
    assert all(change.end - change.begin <= MOST_WORDS for change in made)
    assert changed(own, []) == " ".join(own)

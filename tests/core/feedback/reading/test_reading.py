from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.readers import DISTINCT, PETS, read, said
from tutor.core.feedback.assessment import Passage, ReadWord
from tutor.core.feedback.reading.passages import locate
from tutor.core.feedback.reading.reading import (
    MAX_TEXT_WORDS,
    WINDOW_AHEAD,
    WINDOW_BEHIND,
    Reading,
    TextError,
    Window,
    accuracy,
    check_text,
    cleanly_left_out,
    heard_instead,
    heard_together,
    perhaps_left_out,
    whole,
)

MISREAD = Passage(
    4,
    7,
    (
        ReadWord("the", "matched", "the", 0, 100),
        ReadWord("old", "inserted", "old", 100, 200),
        ReadWord("cat", "omitted"),
        ReadWord("sat", "substituted", "set", 200, 300),
    ),
)


def test_one_thing_was_heard_for_several_words() -> None:
    """As figures stand for words; a word that was heard alone, or not at all, is not among them."""
    words = (
        ReadWord("It", "matched", "It", 0, 10),
        ReadWord("costs", "substituted", "cost", 10, 20),
        ReadWord("just", "omitted"),
        ReadWord("only", "omitted"),
        ReadWord("fifty", "substituted", "$15", 20, 40),
        ReadWord("well", "inserted", "well", 40, 50),
        ReadWord("dollars", "substituted", "$15", 20, 40),
    )
    assert heard_together(Passage(3, 9, words)) == [(range(4, 6), "$15")]


def test_what_a_whole_reading_lacks_was_left_out() -> None:
    """Before the passage and behind it; what was read or added stays as it was."""
    passage = whole(MISREAD, ["I", "think", "that", "maybe", "the", "cat", "sat", "down."])
    assert (passage.start, passage.end) == (0, 8)
    statuses = [word.status for word in passage.words]
    assert statuses == ["omitted"] * 4 + [word.status for word in MISREAD.words] + ["omitted"]
    assert [word.text for word in passage.words if word.status != "inserted"][-1] == "down."


def test_what_may_have_been_left_out() -> None:
    """Where nothing was heard; and a function word in whose place something else was: "G8"."""
    words = (
        ReadWord("She", "substituted", "G8", 0, 200),
        ReadWord("ate", "substituted", "G8", 0, 200),
        ReadWord("an", "substituted", "G8", 0, 200),
        ReadWord("red", "inserted", "red", 200, 300),
        ReadWord("apple", "substituted", "apples", 300, 500),
        ReadWord("and", "matched", "and", 500, 600),
        ReadWord("cheese.", "omitted"),
    )
    assert perhaps_left_out(Passage(0, 6, words), "en") == (0, 2, 5)
    assert perhaps_left_out(Passage(0, 6, words), "xx") == (5,)


def test_what_was_left_out_of_what_was_understood() -> None:
    """Only where the words beside it are the text's: elsewhere the recogniser was lost."""
    assert cleanly_left_out(read("I am going to the shop.", 0, "I going to shop")) == {1, 4}
    assert cleanly_left_out(read("We go to the shop.", 0, "We go shop")) == {2, 3}
    assert cleanly_left_out(read("We go to the old shop.", 0, "We go shop")) == frozenset()
    assert cleanly_left_out(read("It is the man there.", 0, "It is many there")) == frozenset()


def test_what_was_heard_instead() -> None:
    """Each substituted word with what was recognised; one thing for two words stands for none."""
    passage = read("I saw a ship there.", 0, "I saw oh a sheep there")
    assert heard_instead(passage) == {3: "sheep"}
    assert heard_instead(passage, 10) == {13: "sheep"}
    merged = ReadWord("out", "substituted", "Albert", 10, 20)
    assert (
        heard_instead(Passage(0, 2, (merged, ReadWord("bert", "substituted", "Albert", 10, 20))))
        == {}
    )


def test_accuracy_is_the_share_of_matched_words() -> None:
    """Omitted, substituted and inserted words count against it alike."""
    assert accuracy(MISREAD) == 25
    assert accuracy(Passage(3, 3)) == 0


# ---------------------------------------------------------------- a whole text


def read_all(reading: Reading, *utterances: str) -> None:
    """Read on, utterance after utterance."""
    for heard in utterances:
        reading.receive_passage(locate(reading.words, reading.position, said(heard), "en"))


def test_a_text_is_read_over_several_utterances() -> None:
    """The place moves on, and the text is complete when each word was spoken once."""
    reading = Reading(PETS, "en")
    read_all(reading, "I like cats I like")
    assert (reading.position, reading.finished) == (5, False)
    assert reading.completeness == pytest.approx(100 * 5 / 21)
    read_all(reading, "dogs my sister doesn't like birds but", "she has 25 fish", "they do not go")
    assert not reading.finished
    read_all(reading, "to school")
    assert (reading.completeness, reading.finished) == (100, True)


def test_repeating_adds_nothing() -> None:
    """A sentence read twice counts once, and the place follows the reader back."""
    reading = Reading(PETS, "en")
    read_all(reading, "I like cats I like dogs", "I like cats")
    assert reading.position == 3
    assert reading.completeness == pytest.approx(100 * 6 / 21)


def test_what_was_skipped_is_missing() -> None:
    """The end can be reached with words left out, between utterances or inside one."""
    reading = Reading(PETS, "en")
    read_all(reading, "I like cats", "they don't go school")
    assert reading.finished
    assert reading.completeness == pytest.approx(100 * 7 / 21)


def test_other_speech_does_not_move_the_reader() -> None:
    """A question in between is not counted as reading."""
    reading = Reading(PETS, "en")
    read_all(reading, "I like cats", "what on earth can this be")
    assert reading.position == 3
    assert reading.completeness == pytest.approx(100 * 3 / 21)


@pytest.mark.parametrize("text", ["", " \n", "...!", "\u2014"])
def test_a_text_without_words_is_refused(text: str) -> None:
    """There is nothing to read; the message says so."""
    with pytest.raises(TextError, match="no words") as caught:
        Reading(text, "en")
    assert caught.value.reason == "no_text"


def test_a_text_too_long_is_refused() -> None:
    """The limit is named in the message; a text at the limit is taken."""
    check_text("word " * MAX_TEXT_WORDS, "en")
    with pytest.raises(
        TextError, match=f"{MAX_TEXT_WORDS + 1} words; at most {MAX_TEXT_WORDS}"
    ) as e:
        check_text("word " * (MAX_TEXT_WORDS + 1), "en")
    assert e.value.reason == "text_too_long"


@given(DISTINCT, st.lists(st.integers(1, 24), max_size=5))
def test_reading_exactly_is_complete(words: list[str], cuts: list[int]) -> None:
    """However a reading is cut into utterances, each word is matched and none is missing."""
    reading = Reading(" ".join(words), "en")
    bounds = [0, *sorted({cut for cut in cuts if cut < len(words)}), len(words)]
    for start, end in pairwise(bounds):
        heard = said(" ".join(words[start:end]))
        passage = locate(reading.words, reading.position, heard, "en")
        assert (passage.start, passage.end, accuracy(passage)) == (start, end, 100)
        reading.receive_passage(passage)
    assert reading.completeness == 100
    assert reading.finished


# ---------------------------------------------------------------- the window


LONG = tuple(f"w{n}" for n in range(500))


@pytest.mark.parametrize(
    ("place", "offset", "count"),
    [(0, 0, 120), (80, 0, 200), (81, 1, 200), (300, 220, 200), (499, 419, 81), (500, 420, 80)],
)
def test_a_window_holds_the_words_around_the_reader(place: int, offset: int, count: int) -> None:
    """Some behind and some ahead, fewer at the text's ends; the place is the same in both."""
    window = Window.around(LONG, place)
    assert (window.offset, len(window.words)) == (offset, count)
    assert window.offset + window.position == place
    assert window.words == LONG[offset : offset + count]


def test_without_a_text_the_window_is_empty() -> None:
    """It holds no word, and what was found in it stays where it is."""
    assert Window.around((), 0) == Window()
    assert Window().restore(MISREAD) == MISREAD


@given(st.integers(0, 500), st.integers(0, 199), st.integers(0, 199))
def test_a_passage_of_the_window_is_brought_back_into_the_text(
    place: int, one: int, other: int
) -> None:
    """Whatever the window's words from `start` to `end` are, the text has the same ones there."""
    window = Window.around(LONG, place)
    start, end = sorted(min(n, len(window.words)) for n in (one, other))
    restored = window.restore(Passage(start, end))
    assert LONG[restored.start : restored.end] == window.words[start:end]


def test_a_reading_moves_its_window() -> None:
    """Each utterance that reads on takes the window with it."""
    reading = Reading(" ".join(LONG), "en")
    assert reading.window() == Window(LONG[:WINDOW_AHEAD], 0, 0)
    reading.resume_from(200, ())
    words = LONG[200 - WINDOW_BEHIND : 200 + WINDOW_AHEAD]
    assert reading.window() == Window(words, WINDOW_BEHIND, 200 - WINDOW_BEHIND)

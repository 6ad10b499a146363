"""Deltas of an item, whatever the partials and finals say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.protocol.messages import Error
from tutor.core.realtime.item import Item, Part, rest_of

WORDS = st.lists(st.sampled_from(["so", "I", "went", "home", "été", "去"]), min_size=1, max_size=8)

MARKS = st.sampled_from(["", ".", ",", "?", " ?", '."', " »", "…", " » ?"])


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """The same words in two spellings: their capitals and marks differ."""
    words = draw(WORDS)
    one, other = (
        " ".join(draw(st.sampled_from([word, word.title()])) + draw(MARKS) for word in words)
        for _ in range(2)
    )
    return one, other


def letters(text: str) -> str:
    """What two spellings of a text have in common."""
    return "".join(filter(str.isalnum, text)).casefold()


# ---------------------------------------------------------------- the rest of a text


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_rest_of_a_text_that_goes_on_is_what_is_new(sent: str, new: str) -> None:
    """A text that begins with what was sent, letter by letter, is completed by its end."""
    assert rest_of(sent + new, sent) == new


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_rest_is_always_an_end_of_the_text(text: str, sent: str) -> None:
    """Whatever was sent, nothing is added that the text does not end with."""
    assert text.endswith(rest_of(text, sent))


@given(spellings())
def test_another_spelling_has_no_more_words(texts: tuple[str, str]) -> None:
    """Where only capitals and marks differ there is no word to add."""
    assert letters(rest_of(*texts)) == ""


@given(spellings(), WORDS)
def test_the_words_that_follow_another_spelling_come_once(
    texts: tuple[str, str], following: list[str]
) -> None:
    """With the rest, the client has each letter of the text once, in order."""
    text, sent = " ".join([texts[0], *following]), texts[1]
    assert letters(sent + rest_of(text, sent)) == letters(text)


@given(spellings(), WORDS, MARKS)
def test_after_the_rest_nothing_is_left(
    texts: tuple[str, str], following: list[str], mark: str
) -> None:
    """Who was sent the rest gets no second one of the same text."""
    text, sent = " ".join([texts[0], *following]) + mark, texts[1]
    assert rest_of(text, sent + rest_of(text, sent)) == ""


@pytest.mark.parametrize("text", ["Quoi donc ?", "Oui » ?", "Well — no -"])
def test_a_mark_behind_a_space_is_sent_once(text: str) -> None:
    """French sets a space before a question mark, which belongs to what was sent all the same."""
    sent = text.rstrip(" ?»-").lower()
    assert rest_of(text, sent + rest_of(text, sent)) == ""


@given(WORDS, WORDS)
def test_other_words_add_nothing(said: list[str], heard: list[str]) -> None:
    """If the text has other words in place of those sent, it is left to the transcript."""
    text, sent = " ".join(said), " ".join([*heard, "elsewhere"])
    assert rest_of(text, sent) == ""


# ---------------------------------------------------------------- deltas of an item


def said(*parts: Part) -> Item:
    """An item of these utterances."""
    return Item("item_1", 0.0, list(parts))


@few(50)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_deltas_of_partials_that_only_grow_make_the_transcript(
    utterances: list[list[list[str]]],
) -> None:
    """Utterance by utterance, the deltas in a row are what was heard by then."""
    item, client = said(), ""
    for number, steps in enumerate(utterances):
        part = Part(f"u{number}")
        item.parts.append(part)
        for step in steps:
            part.text = " ".join([part.text, *step]).strip()
            client += item.next_delta()
            assert client == item.transcript
        part.is_final = True
        assert item.next_delta() == ""


@few(50)
@given(st.lists(spellings(), min_size=1, max_size=4))
def test_a_final_in_another_spelling_is_told_once(texts: list[tuple[str, str]]) -> None:
    """However often a delta is asked for, each word of each utterance reaches the client once."""
    item, client = said(), ""
    for number, (final, committed) in enumerate(texts):
        part = Part(f"u{number}", committed)
        item.parts.append(part)
        client += item.next_delta()
        part.text, part.is_final = final, True
        client += item.next_delta()
        assert item.next_delta() == ""
    assert letters(client) == letters(item.transcript)


def test_an_utterance_waits_for_the_final_of_the_one_before() -> None:
    """Text is only appended, so the second utterance is told after all of the first."""
    first, second = Part("u1", "I went"), Part("u2", "and slept")
    item = said(first, second)
    assert item.next_delta() == "I went"
    assert item.next_delta() == ""
    first.text, first.is_final = "I went home", True
    assert item.next_delta() == " home and slept"


def test_an_utterance_in_which_nothing_was_heard_leaves_no_gap() -> None:
    """The utterances beside it are joined by one space, as if it had not been there."""
    nothing = Part("u2", is_final=True)
    item = said(Part("u1", "One.", is_final=True), nothing, Part("u3", "Two.", is_final=True))
    assert item.transcript == item.next_delta() == "One. Two."


def test_a_language_without_spaces_is_joined_without_any() -> None:
    """The first of two utterances says how they are joined."""
    item = said(Part("u1", "我去学校。", "", is_final=True, joint=""), Part("u2", "你呢？"))
    assert item.transcript == item.next_delta() == "我去学校。你呢？"


def test_an_item_is_final_with_the_last_of_its_utterances() -> None:
    """One final that is missing keeps the item open, whichever it is."""
    first, second = Part("u1"), Part("u2", is_final=True)
    item = said(first, second)
    assert not item.is_final
    first.is_final = True
    assert item.is_final


def test_a_failure_takes_back_no_delta() -> None:
    """An utterance that fails after its partials adds nothing to what the client has."""
    part = Part("u1", "I went")
    item = said(part)
    assert item.next_delta() == "I went"
    part.text, part.is_final = "", True
    item.failure = Error("recognition_failed", "", fatal=False, utterance="u1")
    assert item.next_delta() == ""
    assert item.is_final

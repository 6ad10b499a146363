import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tests.support.readers import read, said
from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.reading.passages import ways_said
from tutor.core.text.spoken.ways import ways_of
from tutor.core.text.wording import split_words


def shown(passage: Passage) -> str:
    """The words that did not match, and how."""
    return " ".join(f"{w.text}/{w.status}" for w in passage.words if w.status != "matched")


def chosen(text: str, heard: str, language: str = "en") -> dict[str, str]:
    """What was said for the spans of a text that were not said in their likeliest way."""
    words = split_words(text, language)
    found = ways_said(words, 0, said(heard), language)
    return {
        " ".join(words[span.start : span.end]): " ".join(span.ways[found[span.start]])
        for span in ways_of(words, language)
        if span.start in found
    }


def test_each_span_is_said_in_its_own_way() -> None:
    """One text may have the same figures twice."""
    text = "At 7:30 he came and at 7:30 he left."
    assert chosen(text, "at half past seven he came and at seven thirty he left")["7:30"] == (
        "half past seven"
    )
    assert not shown(read(text, 0, "at half past seven he came and at seven thirty he left"))
    assert not shown(read(text, 0, "at seven thirty he came and at half past seven he left"))


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        (
            "We met at half past seven on the twenty-first of March.",
            "We met at 7:30 on March 21st.",
        ),
        ("He paid one dollar fifty for three and a half pounds.", "He paid $1.50 for 3.5 pounds."),
        ("It is for example sixty kilometres an hour.", "It's e.g. 60 km/h."),
        ("She was the one hundred and first.", "She was the 101st."),
    ],
)
def test_a_recogniser_writes_what_a_text_has_in_words(text: str, heard: str) -> None:
    """The other way round it is the same reading."""
    assert not shown(read(text, 0, heard))


@pytest.mark.parametrize(
    ("heard", "wrong"),
    [
        ("we met at half past eight in May", "7:30/substituted"),
        ("we met at seven thirty in", ""),
        ("we met in May", "7:30/omitted"),
        ("we met at seven in May", "7:30/substituted"),
        ("7:30", ""),
        ("half past seven", ""),
        ("well half past seven", ""),
    ],
)
def test_another_time_is_not_the_one_that_is_written(heard: str, wrong: str) -> None:
    """A part of a way is not the whole, and what is left out is left out."""
    passage = read("We met at 7:30 in May.", 0, heard)
    assert " ".join(
        f"{w.text}/{w.status}" for w in passage.words
        if w.status != "matched" and any(map(str.isdigit, w.text))
    ) == wrong  # fmt: skip


def test_words_behind_signs_and_figures_are_words() -> None:
    """None of them is left out, and each matches."""
    text = '100% sure, 3.5% last, 12" long, Prof. Brown, 2 + 2 = 4 and #1 here'
    heard = (
        "a hundred percent sure three point five percent last twelve inches long professor brown "
        "two plus two is four and number one here"
    )
    passage = read(text, 0, heard)
    assert not shown(passage)
    assert [w.text for w in passage.words if w.text in ("sure,", "last,", "long,", "Brown,")] == [
        "sure,", "last,", "long,", "Brown,"]  # fmt: skip


@few(50)
@given(
    st.lists(
        st.sampled_from("7:30 21 March $5 million 1/2 US 3.5 e.g. No. 5 we at the km/h".split()),
        max_size=8,
    ),
    st.lists(st.sampled_from("half past seven 7:30 21st of March five dollars we at".split())),
)
def test_whatever_is_heard_a_way_that_is_chosen_is_one_of_the_spans(
    text: list[str], heard: list[str]
) -> None:
    """For any text and any words."""
    spans = {span.start: span for span in ways_of(text, "en")}
    found = ways_said(text, 0, said(" ".join(heard)), "en")
    assert all(way < len(spans[start].ways) for start, way in found.items())

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.spoken.tidying import tidy
from tutor.core.text.spoken.ways import (
    MOST_HELD,
    MOST_WAYS,
    PACKS,
    said_words,
    say,
    spell,
    ways_of,
)

LANGUAGE = st.sampled_from(sorted(PACKS))
PIECES = st.lists(
    st.sampled_from(
        'a 7:30 21 March 21. März 3,5 3.5 % € $5 million No. St. Smith 1/2 1 10 h 15 12" VIII US '
        "e.g. z. B. #1 -5 °C km/h 60 '80s 1984 google.com x@y.de 10-15 2+2=4 марта т. е. (ok) "
        "\u2014".split()
    )
    | st.text(max_size=5),
    max_size=8,
)


def test_a_plain_text_has_one_way() -> None:
    """No span where nothing but words is written."""
    assert ways_of("We went home, and they slept.".split(), "en") == ()


@pytest.mark.parametrize("language", ["zh", "pt", "xx"])
def test_a_language_without_rules_is_said_as_it_is_written(language: str) -> None:
    """It has no spans, and the voice gets its text as it stands."""
    assert ways_of(["7:30", "21"], language) == ()
    assert say(["7:30", "21"], language) == ["7:30", "21"]


@given(PIECES, LANGUAGE)
def test_spans_are_in_order_and_each_word_is_in_one(pieces: list[str], language: str) -> None:
    """Whatever is written: each way has a text for each word, or one for all of them."""
    end = 0
    for span in ways_of(pieces, language):
        assert end <= span.start < span.end <= len(pieces)
        assert 0 < len(span.ways) <= MOST_WAYS
        assert all(len(way) in (1, span.end - span.start) and all(way) for way in span.ways)
        end = span.end


@given(PIECES, LANGUAGE)
def test_what_is_said_has_no_figures(pieces: list[str], language: str) -> None:
    """Where a span is known, the voice gets words."""
    for span in ways_of(pieces, language):
        spoken = spell(" ".join(span.ways[0]), language)
        assert not any(c.isdecimal() and c.isascii() for c in spoken)


@pytest.mark.parametrize(
    ("written", "language", "spoken"),
    [
        ("At 7:30, please.", "en", "At seven thirty, please."),
        ("It is 5 p.m. We go.", "en", "It is five P M. We go."),
        ("Prof. Brown came.", "en", "professor Brown came."),
        ("Well\u2014no.", "en", "Well, no."),
        ("Il a 21 ans.", "fr", "Il a vingt et un ans."),
        ("Он дал 5 кг.", "ru", "Он дал пять килограммов."),
        ("L\u2019eau\u00ad, n\u00b0 5 !", "fr", "L'eau, numéro cinq"),
    ],
)
def test_the_marks_of_a_sentence_stay(written: str, language: str, spoken: str) -> None:
    """A voice makes its pauses by them; a short form's full stop is none."""
    words = written.replace("\u2014", "\u2014 ").split()
    words = [word for word in words if any(map(str.isalnum, word))]
    assert " ".join(say(words, language)) == spoken


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("\u201cIt\u2019s\u201d,", "It's"),
        ("(7:30)", "7:30"),
        ("1\u00bd", "1 1/2"),
        ("\u22125", "-5"),
        ("12\u2033", '12"'),
        ("1\u202f000", "1 000"),
        ("inter\u00adnational!", "international"),
        ("m\u00b2", "m2"),
    ],
)
def test_a_word_is_tidied(word: str, plain: str) -> None:
    """Marks around it go, and what a word processor made of it is plain again."""
    assert tidy(word) == plain


def test_each_word_of_a_span_has_something_to_say() -> None:
    """In the order of speech, also where that is not the order of writing."""
    words = "on March 21 we left at 7:30".split()
    assert said_words(words, "en", {})[1][0] == "March"
    assert said_words(words, "en", {})[2][0] == "twenty first"
    spans = {span.start: span for span in ways_of(words, "en")}
    other = spans[1].ways.index(("the twenty first of March",))
    assert [said_words(words, "en", {1: other})[n][0] for n in (1, 2)] == [
        "the", "twenty first of March"]  # fmt: skip
    assert said_words(words, "en", {6: 1})[6][:2] == ("half past seven", "seven thirty")


@given(PIECES, LANGUAGE)
def test_few_ways_are_held_against_sounds(pieces: list[str], language: str) -> None:
    """Each costs time; the figures of all are in words."""
    for ways in said_words(pieces, language, {}).values():
        assert 0 < len(ways) <= MOST_HELD
        assert not any(c.isdecimal() and c.isascii() for way in ways for c in way)

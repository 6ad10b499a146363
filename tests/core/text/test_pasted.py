import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.pasted import SIGNS_APART, UNITS_APART, pieces_of


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("The dog\u2014a big one\u2014barked.", "The|dog\u2014|a|big|one\u2014|barked."),
        ("one--two", "one--|two"),
        ("Red/green/blue", "Red/|green/|blue"),
        ("and/or", "and/|or"),
        ("km/h w/o 1/2 24/7 n/a", "km/h|w/o|1/2|24/7|n/a"),
        ("google.com/maps http://a.b/c", "google.com/maps|http://a.b/c"),
        ("1914\u20131918 London\u2013Paris", "1914\u20131918|London\u2013|Paris"),
        ("well-known e-mail", "well-known|e-mail"),
        ("Well...what? Wait\u2026no", "Well...|what?|Wait\u2026|no"),
        ("<p>Hi <b>you</b>,<br/>there</p>", "Hi|you|,|there"),
        ("I <3 you, 2 < 3 > 1", "I|<3|you,|2|<|3|>|1"),
        ("a &amp; b&nbsp;c &#39;d&#x27;", "a|&|b|c|'d'"),
        ("&unknownthing; AT&T; R&B", "&unknownthing;|AT&T;|R&B"),
        ("an exam-\nple", "an|example"),
        ("an exam-  \r\n  ple", "an|example"),
        ("Anglo-\nSaxon", "Anglo-Saxon"),
        ("a soft\u00ad\nware", "a|software"),
        ("5-\n6", "5-|6"),
        ("1. Get up\n2. Wash", "1. Get|up|2. Wash"),
        ("a) Get up\nb) Wash", "a) Get|up|b) Wash"),
        ("He said 1. Get up", "He|said|1.|Get|up"),
        ("1. Only one", "1.|Only|one"),
        ("1\u202f000 km, 5\u00a0km", "1 000|km,|5|km"),
        ("", ""),
    ],
)
def test_a_text_is_parted_where_a_reader_parts_it(text: str, pieces: str) -> None:
    """At spaces, at dashes and slashes between words; what only a page needs is gone."""
    assert pieces_of(text) == (pieces.split("|") if pieces else [])


@given(st.text(max_size=80))
def test_any_text_has_pieces(text: str) -> None:
    """None of them is empty, or begins or ends with a space."""
    assert all(piece and piece == piece.strip() for piece in pieces_of(text))


@given(st.lists(st.text("abc", min_size=1), max_size=8))
def test_plain_words_are_their_own_pieces(words: list[str]) -> None:
    """Nothing happens to a plain text."""
    assert pieces_of(" ".join(words)) == words


def test_units_are_signs() -> None:
    """What belongs to the number before it is spoken, too."""
    assert UNITS_APART < SIGNS_APART

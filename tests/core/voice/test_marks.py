"""When the words of a clause are said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.voice.made import Mark
from tutor.core.voice.marks import marks_of
from tutor.core.voice.spoken import said


def test_a_word_begins_where_the_voice_says_it() -> None:
    """Positions count from the beginning of the speech."""
    assert marks_of("Good morning.", "Good morning.", [10, 500], 1_000, "en", 7_000) == (
        Mark("Good", 7_010),
        Mark("morning.", 7_500),
    )


def test_what_is_said_in_several_words_begins_with_the_first_of_them() -> None:
    """The reader wants to know about "$5", not about "dollars"."""
    marks = marks_of("It costs $5 today.", "It costs five dollars today.", [0, 1, 2, 3, 4], 9, "en")
    assert marks == (Mark("It", 0), Mark("costs", 1), Mark("$5", 2), Mark("today.", 4))


def test_a_voice_that_tells_nothing_shares_time_by_letters() -> None:
    """Longer words last longer."""
    marks = marks_of("A longer word.", "A longer word.", [], 1_500, "en")
    assert [mark.at for mark in marks] == [0, 200, 900]


@pytest.mark.parametrize("language", ["en-US", "de", "ja"])
@few(50)
@given(text=st.text("ab $57:30.%&", min_size=1, max_size=40), count=st.integers(0, 9))
def test_every_word_has_its_time_in_order_within_the_clause(
    language: str, text: str, count: int
) -> None:
    """Whatever the voice tells, and whatever a text is said as."""
    starts = [n * 100 for n in range(count)]
    marks = marks_of(text, said(text, language), starts, 1_000, language)
    times = [mark.at for mark in marks]
    assert [mark.text for mark in marks] == text.split()
    assert times == sorted(times)
    assert all(0 <= at <= 1_000 for at in times)

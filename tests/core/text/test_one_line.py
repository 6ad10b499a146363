"""Errors that are told in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.text.one_line import OneLineError


@given(st.text())
def test_an_error_is_one_line(quoted: str) -> None:
    """Whatever it quotes: each sign of it shows, and what shows by itself stands as it is."""
    told = str(OneLineError(quoted))
    assert told.isprintable()
    assert not quoted.isprintable() or told == quoted


@pytest.mark.parametrize(
    ("quoted", "told"),
    [
        ("two\nlines", "two\\nlines"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("naïve – 中文", "naïve – 中文"),
    ],
)
def test_what_would_break_the_line_stands_escaped(quoted: str, told: str) -> None:
    """As Python writes it."""
    assert str(OneLineError(quoted)) == told

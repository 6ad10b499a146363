"""A sentence that is read in pieces: whether one is still open, and whether speech goes on with it.

A reader who hesitates has not finished the sentence, and one who begins again has not gone back in
the text. Pieces of one sentence are judged together; here it is decided which ones those are, from
the words that were recognised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.reading.passages import locate
from tutor.core.feedback.reading.reading import is_of_text
from tutor.core.text.marks import ends_sentence


@dataclass(frozen=True)
class Place:
    """Where speech lies in a text; places are indices of words."""

    begin: int
    """The first word that was read; where the reader is, if none was."""
    end: int
    """Just past the last word that was read."""
    is_open: bool = False
    """Whether it stops within a sentence of the text."""

    @property
    def is_on_text(self) -> bool:
        """Whether any of the text was read."""
        return self.end > self.begin


def place(
    text: Sequence[str], expected: int, heard: Sequence[RecognisedWord], language: str
) -> Place:
    """Where in a text what was heard was read; `expected`: the index of the word expected next."""
    passage = locate(text, expected, heard, language)
    if not is_of_text(passage):
        return Place(expected, expected)
    return Place(passage.start, passage.end, is_within_sentence(text, passage))


def goes_on(text: Sequence[str], before: Place, after: Place) -> bool:
    """Whether what was said after an open sentence belongs to it.

    It does where the reader goes on, begins the sentence or a part of it again, or says what is not
    in the text; not where another sentence is read.
    """
    return not after.is_on_text or before.begin <= after.begin < _sentence_end(text, before.end)


def is_within_sentence(text: Sequence[str], passage: Passage) -> bool:
    """Whether a passage of a text stops within a sentence of it."""
    if passage.end == len(text):
        return False
    # What was heard in the place of the last words stands behind the passage's last word.
    extra = 0
    for word in reversed(passage.words):
        if word.status != "inserted":
            break
        extra += 1
    return extra < _sentence_end(text, passage.end) - passage.end


def _sentence_end(text: Sequence[str], at: int) -> int:
    """Just past the last word of the sentence that is open before the word `at`, or `at`."""
    while at < len(text) and not (at and ends_sentence(text[at - 1])):
        at += 1
    return at

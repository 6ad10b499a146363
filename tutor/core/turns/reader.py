"""How a turn of reading stands, by where in the text it was read."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.reading.reading import is_of_text
from tutor.core.feedback.reading.sentences import is_within_sentence
from tutor.core.text.wording import split_words
from tutor.core.turns.waits import Standing, standing_of

OTHER_WORDS = 4
"""Words that are not the text's from which on something else was said, and not misheard."""


def standing_in(text: Sequence[str], passage: Passage, heard: str, language: str) -> Standing:
    """How a turn stands after a passage of a text, given as its words; `heard`: all that was said.

    Who said something else speaks freely; a few words that are not the text were misheard. A
    sentence's end within the text is the end of a turn, but not the end of all that is to be read;
    nor is it sure where another word was heard in the last one's place.
    """
    if not is_of_text(passage):
        is_little = len(split_words(heard, language)) < OTHER_WORDS
        return Standing.IN_SENTENCE if is_little else standing_of(heard, language)
    if is_within_sentence(text, passage):
        return Standing.IN_SENTENCE
    last = next((one for one in reversed(passage.words) if one.status != "inserted"), None)
    is_sure = last is not None and last.status == "matched"
    return Standing.AT_THE_END if passage.end == len(text) and is_sure else Standing.FINISHED

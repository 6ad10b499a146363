"""A text, and a transcript of its reading, for tests."""

from hypothesis import strategies as st

from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.reading.passages import locate
from tutor.core.text.wording import split_words

PETS = (
    "I like cats. I like dogs. My sister doesn't like birds, but she has twenty-five fish. "
    "They don't go to school."
)


def said(text: str, word_s: float = 0.3) -> list[RecognisedWord]:
    """Words as a recogniser gives them, one after the other."""
    return [
        RecognisedWord(word, n * word_s, (n + 1) * word_s, 0.9)
        for n, word in enumerate(text.split())
    ]


def read(text: str, position: int, heard: str, language: str = "en") -> Passage:
    """The passage of a text that some words read."""
    return locate(split_words(text, language), position, said(heard), language)


WORDS = (
    "apple river seven mountain garden yellow winter kitchen doctor orange window summer tiger "
    "paper silver music monday forest bottle sugar rabbit castle danger eleven finger guitar "
    "hammer island jacket ladder magnet needle"
).split()

DISTINCT = st.lists(st.sampled_from(WORDS), min_size=4, max_size=25, unique=True)

"""What the words of a passage are held against, by what was recognised in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tutor.adapters.feedback.phones import spoken_words
from tutor.core.audio.recognition import Recognition
from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.pronunciation.rivals import (
    EVEN,
    Heard,
    Rival,
    is_figure_for_word,
    rivals_of,
)
from tutor.core.feedback.reading.passages import confidences
from tutor.core.feedback.reading.reading import (
    added,
    cleanly_left_out,
    heard_instead,
    heard_together,
    perhaps_left_out,
    perhaps_supplied,
)


def rivals_in(
    passage: Passage,
    words: Sequence[str],
    heard: Recognition,
    pairs: Iterable[Sequence[str]],
) -> dict[int, list[Rival]]:
    """What the words of a passage are held against: what was recognised there, and pairs.

    `words`: the text's, from the passage's first on.
    """
    sure = confidences(passage, heard.words, "substituted")
    single = heard_instead(passage)
    for at, text in heard_together(passage):  # "$15" for "fifty dollars"
        said = spoken_words(text)
        single |= dict(zip(at, said, strict=True)) if len(said) == len(at) else {}
    # Of two words for one ("And Lisa" for "Alisa") nobody is sure that either stands for it.
    most = {n: EVEN for place in added(passage) for n in (place - 1, place)}
    instead = {
        n: Heard(_in_words(text, words[n]), min(sure.get(passage.start + n, 0.0), most.get(n, 1.0)))
        for n, text in single.items()
        if not is_figure_for_word(words[n], text)
    }
    missed = perhaps_left_out(passage, heard.language)
    supplied = perhaps_supplied(passage, heard.language)
    return rivals_of(words, instead, missed, pairs, cleanly_left_out(passage), supplied)


def _in_words(text: str, word: str) -> str:
    """What was recognised as it was said, where the text's word has no figures: it is told as
    heard ("thirteen" for "thirty", not "13")."""
    if any(map(str.isdigit, text)) and not any(map(str.isdigit, word)):
        return " ".join(spoken_words(text))
    return text

"""Words beside a text are asked for at its edges, too, with the sounds that were judged."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import pytest

from tutor.adapters.feedback.additions import Additions
from tutor.adapters.feedback.aligner import Aligner, Encoded
from tutor.adapters.feedback.phones import CLASS_OF, PHONES
from tutor.core.feedback.pronunciation.laying import Floats
from tutor.core.feedback.pronunciation.spans import Span

FRAMES = 60
HEARD = Encoded(None, np.zeros((FRAMES, 1), np.float32), FRAMES)
WORDS = ["we", "go"]
SOUNDS = [("W", "IY"), ("G", "OW")]


class Recogniser:
    """Finds each word as likely as it is told to: natural logarithms, by the word before."""

    def __init__(
        self, likely: Mapping[tuple[str, str], float], places: Mapping[str, Span] = {}
    ) -> None:
        self._likely = likely
        self._places = places
        self.asked: list[list[str]] = []

    def tokens(self, words: Sequence[str], _language: str) -> list[list[str]]:
        """A word is its own token."""
        return [[word.lower()] for word in words]

    def mark_tokens(self, mark: str) -> list[str]:
        """So is a mark."""
        return [mark]

    def align_likeliest(self, _heard: Encoded, ways: Any, _language: str) -> list[Span]:
        """Each word, by the token before it; it lies in all of the audio, or in its place."""
        self.asked.append([token for word in ways[0] for token in word])
        found, before = [], ""
        for word in ways[0]:
            pairs = zip([before, *word], word, strict=False)
            place = self._places.get(word[-1], Span(0, FRAMES, ()))
            logs = tuple(self._likely.get(pair, -1.0) for pair in pairs)
            found.append(Span(place.start, place.end, logs))
            before = word[-1]
        return found


def sounding(*phones: tuple[str, int]) -> Floats:
    """Frames that hold these phones, each for so many frames, then silence."""
    scores = np.full((FRAMES, len(PHONES) + 1), -20.0, np.float32)
    at = 5
    scores[:, 0] = 0.0
    for phone, count in phones:
        scores[at : at + count, 0] = -20.0
        scores[at : at + count, CLASS_OF[phone]] = 0.0
        at += count
    return scores


READ = ("W", 4), ("IY", 6), ("G", 4), ("OW", 6)
NOW = ("N", 6), ("AW", 10)


def find(
    recogniser: Recogniser,
    scores: Floats,
    added: Mapping[int, Sequence[str]],
    sounds: Sequence[tuple[str, ...]] = SOUNDS,
) -> tuple[int, ...]:
    """The places at which words were added."""
    spans = recogniser.align_likeliest(HEARD, [recogniser.tokens(WORDS, "en")], "en")
    additions = Additions(cast("Aligner", recogniser), lambda _: scores)
    return tuple(additions.find(HEARD, WORDS, sounds, spans, added, "en"))


def test_words_behind_the_end_are_told_of() -> None:
    """Where the text ends, the sentence does not: its mark is as unlikely there as a word would be
    that comes too late."""
    recogniser = Recogniser({("go", "."): -9.0})
    assert find(recogniser, sounding(*READ, *NOW), {2: ["now."]}) == (2,)
    assert recogniser.asked[1:] == [
        ["we", "go", "."],
        ["we", "go", "now", "."],
        ["we", "go", ",", "now", "."],
        ["we", "go", ".", "now", "."],
    ]


def test_what_was_added_may_be_parted_by_commas() -> None:
    """A recogniser expects "we go, now", and finds it less likely without the comma."""
    recogniser = Recogniser({("go", "now"): -9.0, ("go", "."): -6.0})
    assert find(recogniser, sounding(*READ, *NOW), {2: ["now."]}) == (2,)


def test_where_a_word_that_was_added_lies_something_sounds() -> None:
    """What was not said finds no place but a silence, in languages whose sounds are not known,
    too."""
    quiet = Span(50, FRAMES, ())
    for sounds in (SOUNDS, [(), ()]):
        for places in ({}, {"now": quiet, ",": quiet}):
            recogniser = Recogniser({("go", "."): -9.0}, places)
            found = find(recogniser, sounding(*READ, *NOW), {2: ["now."]}, sounds)
            assert found == (() if places else (2,))


@pytest.mark.parametrize(
    ("end", "sounds"),
    [
        (-2.0, (*READ, *NOW)),  # the sentence may well end there
        (-9.0, READ),  # nothing sounds behind the text
    ],
)
def test_what_one_ear_alone_hears_behind_the_end_was_not_said(
    end: float, sounds: Sequence[tuple[str, int]]
) -> None:
    """As everywhere: the sounds and the recogniser must both say so."""
    likely = {("go", "."): end, (".", "now"): -9.0}
    assert find(Recogniser(likely), sounding(*sounds), {2: ["now."]}) == ()


def test_a_sentence_of_its_own_may_stand_behind_the_text() -> None:
    """ "We go. Now!": the text ends where it ends, and what follows is likely all the same."""
    recogniser = Recogniser({("go", "now"): -9.0, ("go", ","): -9.0, ("now", "!"): -0.5})
    assert find(recogniser, sounding(*READ, *NOW), {2: ["Now!"]}) == (2,)
    assert find(recogniser, sounding(*READ), {2: ["Now!"]}) == ()


def test_the_mark_is_the_one_that_was_heard() -> None:
    """A question ends with its own."""
    recogniser = Recogniser({("go", "?"): -9.0})
    assert find(recogniser, sounding(*READ, *NOW), {2: ["now?"]}) == (2,)


def test_words_before_the_beginning_are_told_of() -> None:
    """There the text's first word comes too late."""
    recogniser = Recogniser({("", "we"): -9.0})
    assert find(recogniser, sounding(*NOW, *READ), {0: ["Now"]}) == (0,)


def test_what_is_left_over_is_left_by_the_sounds_that_were_judged() -> None:
    """A word that is said in two ways leaves nothing over if it was said in the other one."""
    recogniser = Recogniser({("go", "."): -9.0})
    judged = [SOUNDS[0], ("G", "OW", "N", "AW")]
    assert find(recogniser, sounding(*READ, *NOW), {2: ["now."]}, judged) == ()

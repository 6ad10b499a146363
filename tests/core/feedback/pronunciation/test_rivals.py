import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.feedback.pronunciation.features import Span
from tutor.core.feedback.pronunciation.laying import Floats, lay_phones, preference
from tutor.core.feedback.pronunciation.rivals import (
    LIKELIER,
    LIKELIER_OF_PAIR,
    Rival,
    is_one_apart,
    is_proven,
    likelihood_ratio,
    rivals_of,
    with_rival,
)

SHIP, SHEEP = Rival("ship", of_pair=True), Rival("sheep", of_pair=True)
CLASSES = 6


def frames(*classes: int, sure: float = 0.9) -> Floats:
    """Log posteriors of three frames for each class."""
    rest = (1 - sure) / (CLASSES - 1)
    rows = np.full((3 * len(classes), CLASSES), rest, np.float32)
    rows[np.arange(len(rows)), np.repeat(classes, 3)] = sure
    return np.log(rows)


def prefers(heard: Floats, words: list[list[int]], at: int, other: list[int]) -> float:
    """How much a recording prefers another word, its phones laid as the product lays them."""
    segments = lay_phones(heard, words)
    assert segments is not None
    return preference(heard, words, segments, at, other)


def test_frames_prefer_the_word_that_was_said() -> None:
    """What was said is likelier by what its own sound's frames say, whichever the text has."""
    said = frames(0, 1, 2, 3, 4, 0)
    gain = 3 * (np.log(0.9) - np.log(0.02))
    assert prefers(said, [[1], [2, 5], [4]], 1, [2, 3]) == pytest.approx(gain, rel=1e-3)
    assert prefers(said, [[1], [2, 3], [4]], 1, [2, 5]) == pytest.approx(-gain, rel=1e-3)


def test_words_far_away_do_not_decide() -> None:
    """Only a word's neighbours are laid anew: unclear sounds elsewhere change nothing."""
    clear, unclear = frames(1, 2, 3, 4, 5, 1), frames(1, 2, 3, 4, 5, 1)
    unclear[-3:] = np.log(1 / CLASSES)
    words = [[1], [2], [3], [4], [5], [1]]
    assert prefers(clear, words, 1, [4]) == prefers(unclear, words, 1, [4])


def test_a_word_that_needs_more_frames_than_there_are() -> None:
    """It is never preferred."""
    assert prefers(frames(1), [[1]], 0, [1, 2, 3, 4]) == -np.inf


@pytest.mark.parametrize(
    ("sounds", "others", "apart"),
    [
        ("SH IH P", "SH IY P", True),
        ("R EY N", "TR EY N", True),
        ("W AO K", "W AO K S", True),
        ("AX B AW T", "B AW T", True),
        ("B AR", "B IH L", False),
        ("SH IH P", "SH IH P", False),
        ("S P IH N", "P IH N S", False),
        ("AX", "", False),
    ],
)
def test_words_one_sound_apart(sounds: str, others: str, apart: bool) -> None:
    """One sound is changed, added or left out; words that sound alike are no rivals."""
    assert is_one_apart(sounds.split(), others.split()) == apart
    assert is_one_apart(others.split(), sounds.split()) == apart


@given(st.lists(st.sampled_from("abc"), min_size=1), st.data())
def test_one_change_is_one_apart(sounds: list[str], data: st.DataObject) -> None:
    """Any sound may be another, and one more may stand anywhere."""
    at = data.draw(st.integers(0, len(sounds) - 1))
    assert is_one_apart(sounds, [*sounds[:at], "x", *sounds[at + 1 :]])
    assert is_one_apart(sounds, [*sounds[:at], "x", *sounds[at:]])


def test_the_word_behind_counts_too() -> None:
    """What the recogniser thinks of a word and the next one makes the ratio, and no other."""
    own = [Span(0, 1, (-1.0, -1.0)), Span(1, 2, (-9.0,)), Span(2, 3, (-4.0,)), Span(3, 4, (-8.0,))]
    others = [
        Span(0, 1, (-7.0,)),
        Span(1, 2, (-1.0, -1.0)),
        Span(2, 3, (-1.0,)),
        Span(3, 4, (0.0,)),
    ]
    assert likelihood_ratio(own, others, 1) == 10
    assert likelihood_ratio(own, others, 3) == 8


def test_a_rival_is_asked_for_as_the_text_is() -> None:
    """In capitals where the whole text is: more spellings would be more chances."""
    assert with_rival(["A", "SHIP"], 1, SHEEP) == ["A", "SHEEP"]
    assert with_rival(["A", "ship"], 1, SHEEP) == ["A", "sheep"]


def test_what_the_recogniser_brought_up_needs_more_proof() -> None:
    """It chose the word as the likeliest; one that was named beforehand was not chosen."""
    between = (LIKELIER + LIKELIER_OF_PAIR) / 2
    assert is_proven(SHIP, between)
    assert not is_proven(Rival("ship", of_pair=False), between)
    assert is_proven(Rival("ship", of_pair=False), LIKELIER + 0.1)
    assert not is_proven(SHIP, LIKELIER_OF_PAIR)


def test_the_rivals_of_a_text() -> None:
    """The other members of a word's pairs, and what was recognised in its place."""
    words = ["Ship,", "sheep.", "A", "tin"]
    pairs = [("ship", "sheep"), ("thin", "tin", "fin")]
    assert rivals_of(words, {}, pairs) == {
        0: [SHEEP],
        1: [SHIP],
        3: [Rival("thin", of_pair=True), Rival("fin", of_pair=True)],
    }
    heard = {0: "Sheep!", 2: "the"}
    assert rivals_of(words, heard, pairs)[0] == [SHEEP]  # as a member of the pair, not twice
    assert rivals_of(words, heard) == {
        0: [Rival("Sheep!", of_pair=False)],
        2: [Rival("the", of_pair=False)],
    }

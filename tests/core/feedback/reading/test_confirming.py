"""What is told of a passage once the audio was asked."""

import pytest

from tests.support.readers import read
from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.assessment import (
    Passage,
    PronouncedWord,
    Pronunciation,
    ReadWord,
    WordStatus,
)
from tutor.core.feedback.reading.confirming import confirm, confirmed, unasked

MISREAD = Passage(
    4,
    7,
    (
        ReadWord("the", "matched", "the", 0, 100),
        ReadWord("old", "inserted", "old", 100, 200),
        ReadWord("cat", "omitted"),
        ReadWord("sat", "substituted", "set", 200, 300),
    ),
)


@pytest.mark.parametrize(
    ("said", "statuses"),
    [
        ({4: False, 5: False, 6: False}, ["omitted", "substituted"]),
        ({4: True, 5: True, 6: False}, ["matched", "substituted"]),
        ({5: False, 6: True}, ["omitted", "matched"]),
        ({}, ["matched", "matched"]),
    ],
)
def test_only_the_audio_accuses(said: dict[int, bool], statuses: list[str]) -> None:
    """A word stays omitted or substituted only when the audio does not hold it."""
    words = confirm(MISREAD, said).words
    assert [word.status for word in words[2:]] == statuses


def test_nobody_is_accused_by_a_transcript_alone() -> None:
    """Where the audio was not asked, what was not recognised is to be said again, and was not
    wrong; the place in the text is known all the same."""
    words = unasked(MISREAD).words
    assert [(word.text, word.status) for word in words] == [
        ("the", "matched"),
        ("cat", "doubtful"),
        ("sat", "doubtful"),
    ]
    assert (unasked(MISREAD).start, unasked(MISREAD).end) == (4, 7)


def test_what_is_not_proven_is_doubtful() -> None:
    """Neither a mistake nor right; what the audio does not hold at all stays a mistake."""
    words = confirm(MISREAD, {4: True, 5: True, 6: True}, doubtful={4: "a", 6: "set"}).words
    assert [word.status for word in words] == ["doubtful", "inserted", "matched", "doubtful"]
    assert words[3].heard == "set"
    words = confirm(MISREAD, {6: False}, doubtful={6: "set"}).words
    assert words[3].status == "substituted"


def test_a_word_that_was_proven_left_out_is_omitted() -> None:
    """Whatever was recognised in its place; another word in its place is told as heard."""
    words = confirm(MISREAD, {}, {4: "", 6: "sits"}, {6: "set"}).words
    assert [(word.status, word.heard) for word in words[:1]] == [("omitted", None)]
    assert (words[3].status, words[3].heard) == ("substituted", "sits")


def test_matches_and_insertions_need_no_confirmation() -> None:
    """They are left as they are."""
    assert confirm(MISREAD, {4: False}).words[:2] == MISREAD.words[:2]


def test_a_proven_word_stands_in_anothers_place() -> None:
    """What was said for certain is shown, even where the recogniser heard the text's word."""
    words = confirm(read("A ship sailed.", 0, "a ship sailed"), {1: False}, {1: "sheep"}).words
    assert [(word.status, word.heard) for word in words] == [
        ("matched", "a"),
        ("substituted", "sheep"),
        ("matched", "sailed"),
    ]


def told(
    found: Pronunciation, heard: str = "set", sure: float = 0.9
) -> tuple[WordStatus, str | None]:
    """What is told of "sat", in whose place something was recognised."""
    passage = Passage(0, 1, (ReadWord("sat", "substituted", heard, 0, 200),))
    (word,) = confirmed(passage, found, [RecognisedWord(heard, 0, 0.2, sure)]).words
    return word.status, word.heard


def judged(
    score: float | None, *, calibrated: bool = True, **more: tuple[tuple[int, str | None], ...]
) -> Pronunciation:
    """How "sat" sounded."""
    words = (PronouncedWord("sat", 0, 200, score, 0.1),)
    return Pronunciation(50, 50, 50, 50, calibrated, words, **more)  # type: ignore[arg-type]


def test_only_what_the_sounds_bear_out_is_quoted() -> None:
    """A recogniser writes what people say ("played" of "play" for "plays"): that the text's word
    was not said does not prove what was."""
    assert told(judged(None)) == ("substituted", None)
    assert told(judged(None, doubtful=((0, "Set!"),))) == ("substituted", "set")
    assert told(judged(None, doubtful=((0, "sit"),))) == ("substituted", None)
    assert told(judged(None, replaced=((0, "sit"),))) == ("substituted", "sit")
    assert told(judged(None, replaced=((0, None),))) == ("substituted", None)
    assert told(judged(None, replaced=((0, ""),))) == ("omitted", None)
    assert told(judged(90)) == ("matched", "set")


def test_where_no_sounds_are_known_a_sure_recogniser_is_quoted() -> None:
    """In languages without a trained judge nothing else can bear it out."""
    assert told(judged(None, calibrated=False), sure=0.8) == ("substituted", "set")
    assert told(judged(None, calibrated=False), sure=0.6) == ("substituted", None)

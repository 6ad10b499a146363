"""What the finished pieces of a recording say about the next one, and make in the end."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.file_work import PIECE_S, finished, heard, piece, read
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import RATE
from tutor.core.feedback.assessment import Assessment, Pronunciation, Reason
from tutor.core.feedback.reading.reading import MAX_TEXT_WORDS
from tutor.core.feedback.report import REASONS
from tutor.core.files.findings import Findings
from tutor.core.files.pieces import FinishedPiece
from tutor.core.text.languages import AUTO

TEXT = "one two three four five six"

SILENT = Recognition("", "ru")
"""What a recogniser makes of silence: a guess at its language, and no text."""


def told(*pieces: FinishedPiece, language: str = "en", text: str | None = None) -> Findings:
    """The findings of these pieces."""
    found = Findings(language, text)
    for each in pieces:
        found.receive_piece(each)
    return found


def read_piece(findings: Findings, index: int, count: int = 2) -> FinishedPiece:
    """A piece in which the next words of the text were read."""
    return FinishedPiece(piece(index), heard(index), read(findings.window(), count))


def refused(reason: Reason) -> Assessment:
    """An assessment that can score nothing."""
    return Assessment(None, Pronunciation(None, None, None, None, False, (), reason))


def assessment(findings: Findings) -> dict[str, Any]:
    """The assessment as callers get it."""
    found: dict[str, Any] = findings.result(60.0, None).as_json()["assessment"]
    return found


# ---------------------------------------------------------------- the transcript


@given(st.permutations(range(6)))
def test_pieces_may_come_back_in_any_order(order: list[int]) -> None:
    """The transcript has them in the recording's order, whichever worker was faster."""
    result = told(*(finished(index) for index in order)).result(60.0, None)
    assert result == told(*(finished(index) for index in range(6))).result(60.0, None)
    assert result.transcript.text == "word0 word1 word2 word3 word4 word5"


@given(st.lists(st.integers(0, 20), min_size=1))
def test_a_piece_counts_once(indices: list[int]) -> None:
    """What was kept by an earlier run and came again is in the transcript one time."""
    found = told(*(finished(index) for index in indices)).result(60.0, None)
    assert found.transcript.text.split() == [f"word{index}" for index in sorted(set(indices))]


@given(st.lists(st.integers(0, 20), max_size=20))
def test_the_end_is_that_of_the_piece_that_lies_furthest(indices: list[int]) -> None:
    """Progress never goes back when a piece in the middle is the last to finish."""
    findings, ends = told(), [0]
    for index in indices:
        findings.receive_piece(finished(index))
        ends.append(findings.end)
    assert ends == sorted(ends)
    assert ends[-1] == max(((index + 1) * PIECE_S * RATE for index in indices), default=0)


def test_a_damaged_recording_gives_what_could_be_read() -> None:
    """The damage stands beside the text, and the length is a number of milliseconds."""
    transcript = told(finished(0)).result(12.345678, "the file ends early").transcript
    assert (transcript.text, transcript.warning) == ("word0", "the file ends early")
    assert transcript.duration_s == 12.346


# ---------------------------------------------------------------- the language


@given(st.lists(st.sampled_from(["en", "de", None]), max_size=8))
def test_the_first_words_decide_the_language(languages: list[str | None]) -> None:
    """Silence decides nothing, and what comes after the first words changes nothing."""
    findings = told(language=AUTO)
    for index, language in enumerate(languages):
        known = language is not None
        heard_now = heard(index, language) if language is not None else SILENT
        findings.receive_piece(FinishedPiece(piece(index), heard_now))
        assert known <= (findings.language != AUTO)
    spoken = [language for language in languages if language is not None]
    assert findings.language == (spoken[0] if spoken else AUTO)


def test_a_language_that_was_given_is_not_overruled() -> None:
    """A recogniser that was told the language does not find another."""
    assert told(finished(0, "de"), language="en").language == "en"


@pytest.mark.parametrize(
    ("language", "text", "is_sequential"),
    [("en", None, False), (AUTO, None, True), ("en", TEXT, True)],
)
def test_pieces_wait_for_each_other_where_one_needs_the_other(
    language: str, text: str | None, is_sequential: bool
) -> None:
    """The next piece needs the language, or the reader's place, or neither."""
    assert told(language=language, text=text).is_sequential == is_sequential


def test_pieces_no_longer_wait_when_the_language_is_found() -> None:
    """One piece with words is enough, one of silence is not."""
    findings = told(FinishedPiece(piece(0), SILENT), language=AUTO)
    assert findings.is_sequential
    findings.receive_piece(finished(1))
    assert not findings.is_sequential


# ---------------------------------------------------------------- a text that is read


@pytest.mark.parametrize("text", [" ", "...", "word " * (MAX_TEXT_WORDS + 1)])
def test_a_text_that_cannot_be_read_is_refused_before_anything_is_heard(text: str) -> None:
    """Marks alone are no text, and a novel is too long."""
    with pytest.raises(ValueError, match="words"):
        Findings("en", text)


@pytest.mark.parametrize("text", [None, ""])
def test_without_a_text_nothing_is_assessed(text: str | None) -> None:
    """There are no words to look for, and the result says nothing about a reading."""
    findings = told(finished(0), text=text)
    assert not findings.is_read
    assert findings.window().words == ()
    assert findings.result(10.0, None).as_json()["assessment"] is None


@given(st.lists(st.integers(1, 3), max_size=2))
def test_the_window_follows_the_reader(counts: list[int]) -> None:
    """The next piece is looked for where the one before it ended."""
    findings = told(text=TEXT)
    for index, count in enumerate(counts):
        findings.receive_piece(read_piece(findings, index, count))
    assert findings.window().position == sum(counts)
    assert findings.window().words == tuple(TEXT.split())


def test_a_word_has_its_place_in_the_recording() -> None:
    """Times of the second piece count from the recording's start, not from the piece's."""
    findings = told(text=TEXT)
    for index in range(2):
        findings.receive_piece(read_piece(findings, index))
    starts = [word["start_ms"] for word in assessment(findings)["words"]]
    assert starts == [0, 0, 10_000, 10_000, None, None]


def test_what_was_not_read_is_missing_from_the_whole_text() -> None:
    """Two words of six are a third, however well they were said."""
    findings = told(text=TEXT)
    findings.receive_piece(read_piece(findings, 0))
    found = assessment(findings)
    assert found["completeness"] == 33.3
    assert [word["error"] for word in found["words"]] == [None, None] + ["omission"] * 4


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reading_without_scores_says_why_in_words(reason: Reason) -> None:
    """A program gets the reason's code, a person the sentence for it."""
    done = FinishedPiece(piece(0), heard(0), refused(reason))
    found = assessment(told(done, text=TEXT))
    assert (found["reason"], found["reason_text"]) == (reason, REASONS[reason])
    assert found["accuracy"] is None


def test_one_piece_that_can_be_judged_is_enough() -> None:
    """Noise before the reading takes no score away, and there is no reason to tell."""
    findings = told(FinishedPiece(piece(0), heard(0), refused("no_speech")), text=TEXT)
    findings.receive_piece(read_piece(findings, 1))
    found = assessment(findings)
    assert found["reason"] is None
    assert "reason_text" not in found
    assert found["accuracy"] is not None


def test_a_reading_of_which_nothing_was_understood_has_no_speech() -> None:
    """Pieces without an assessment leave the reason, not scores of nothing."""
    assert assessment(told(FinishedPiece(piece(0), SILENT), text=TEXT))["reason"] == "no_speech"


# ---------------------------------------------------------------- the result as JSON


@given(st.lists(st.integers(1, 3), max_size=2), st.none() | st.text(max_size=20))
def test_a_result_survives_json(counts: list[int], damage: str | None) -> None:
    """What is kept of a job is what callers were shown: plain objects, lists and numbers."""
    findings = told(text=TEXT)
    for index, count in enumerate(counts):
        findings.receive_piece(read_piece(findings, index, count))
    shown = findings.result(20.0, damage).as_json()
    again = json.loads(json.dumps(shown))
    assert json.dumps(again) == json.dumps(shown)
    assert again["transcript"]["warning"] == damage


def test_asking_for_the_result_changes_nothing() -> None:
    """A result that is made early is made again with what came later."""
    findings = told(text=TEXT)
    findings.receive_piece(read_piece(findings, 0))
    early = findings.result(20.0, None)
    assert findings.result(20.0, None) == early
    findings.receive_piece(read_piece(findings, 1))
    late = findings.result(20.0, None)
    assert late != early
    assert asdict(replace(late.transcript, text="", segments=())) == asdict(
        replace(early.transcript, text="", segments=())
    )

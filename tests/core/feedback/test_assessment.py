from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tutor.core.feedback.assessment import (
    Assessment,
    Finding,
    Fluency,
    Grammar,
    Passage,
    Pause,
    Phone,
    PronouncedWord,
    Pronunciation,
    ReadWord,
    delayed,
)

SMOOTH = Fluency(80, 3.0, 4.0, 120, 1, 0.2, 4.0, 8)

READ = Assessment(
    passage=Passage(
        4,
        7,
        (
            ReadWord("the", "matched", "the", 0, 100),
            ReadWord("old", "omitted"),
            ReadWord("cat", "substituted", "hat", 300, 500),
        ),
    ),
    pronunciation=Pronunciation(
        90,
        80,
        70,
        85,
        calibrated=True,
        words=(
            PronouncedWord("the", 0, 110, 90, 0.9, (Phone("ð", 70), Phone("ə", 99))),
            PronouncedWord("old", 110, 110, None, 0.0),
        ),
    ),
    fluency=replace(SMOOTH, all_pause_list=(Pause(100, 300, expected=False),)),
    grammar=Grammar((Finding(0, 3, "Say “a”.", "a", "article"),)),
)
"""An utterance of which every part was measured."""

MS = st.integers(0, 10_000)
read_words = st.one_of(
    st.builds(ReadWord, st.just("tea"), st.just("omitted")),
    st.builds(ReadWord, st.just("tea"), st.just("matched"), st.just("tea"), MS, MS),
)
said_words = st.builds(PronouncedWord, st.just("tea"), MS, MS, st.just(50.0), st.just(0.5))
pauses = st.builds(Pause, MS, MS, st.booleans())
assessments = st.builds(
    Assessment,
    st.none()
    | st.builds(Passage, st.just(0), st.just(9), st.lists(read_words, max_size=4).map(tuple)),
    st.none()
    | st.lists(said_words, max_size=4).map(
        lambda words: Pronunciation(1, 2, 3, 4, calibrated=False, words=tuple(words))
    ),
    st.none()
    | st.lists(pauses, max_size=4).map(lambda all_: replace(SMOOTH, all_pause_list=tuple(all_))),
    st.none() | st.just(Grammar()),
)


def times(assessment: Assessment) -> list[tuple[int | None, int | None]]:
    """All times of an assessment, in order."""
    passage, heard, fluency = assessment.passage, assessment.pronunciation, assessment.fluency
    return [
        *((word.start_ms, word.end_ms) for word in (passage.words if passage else ())),
        *((word.start_ms, word.end_ms) for word in (heard.words if heard else ())),
        *((pause.start_ms, pause.end_ms) for pause in (fluency.all_pause_list if fluency else ())),
    ]


def test_words_and_pauses_are_delayed_alike() -> None:
    """Each part's times move by as much; a word that was not heard has none to move."""
    assert times(delayed(READ, 2_000)) == [
        (2_000, 2_100),
        (None, None),
        (2_300, 2_500),
        (2_000, 2_110),
        (2_110, 2_110),
        (2_100, 2_300),
    ]


def test_a_delay_moves_times_and_nothing_else() -> None:
    """Scores, statuses, places in the text and grammar's characters are no times."""
    late = delayed(READ, 2_000)
    assert late.passage is not None
    assert READ.passage is not None
    assert (late.passage.start, late.passage.end) == (4, 7)
    assert [(w.text, w.status, w.heard) for w in late.passage.words] == [
        ("the", "matched", "the"),
        ("old", "omitted", None),
        ("cat", "substituted", "hat"),
    ]
    assert late.grammar == READ.grammar
    assert delayed(late, -2_000) == READ


def test_what_was_not_measured_stays_so() -> None:
    """A delay makes no part of an assessment that lacks it."""
    assert delayed(Assessment(), 500) == Assessment()
    alone = Assessment(fluency=READ.fluency)
    assert delayed(alone, 500).passage is None
    assert delayed(alone, 500).fluency != alone.fluency


def test_the_assessment_itself_is_not_changed() -> None:
    """The delayed assessment is another one: who holds the first still reads its own times."""
    before = times(READ)
    delayed(READ, 2_000)
    assert times(READ) == before


@given(assessments, MS, MS)
def test_delays_add_up(assessment: Assessment, one: int, other: int) -> None:
    """Two delays are one of their sum, in any order, and no delay changes nothing."""
    twice = delayed(delayed(assessment, one), other)
    assert twice == delayed(assessment, one + other) == delayed(delayed(assessment, other), one)
    assert delayed(assessment, 0) == assessment


@given(assessments, MS)
def test_a_delay_keeps_lengths(assessment: Assessment, by: int) -> None:
    """Every word and pause lasts as long as before, and begins later by the delay."""
    for before, after in zip(times(assessment), times(delayed(assessment, by)), strict=True):
        if before[0] is None or before[1] is None:
            assert after == before
        else:
            assert after == (before[0] + by, before[1] + by)

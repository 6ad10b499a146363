from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.feedback.assessment import (
    Assessment,
    Finding,
    Fluency,
    Grammar,
    Phone,
    PronouncedWord,
    Pronunciation,
    Reason,
)
from tutor.core.feedback.free_talk import believed, weigh

FLOW = Fluency(90, 4, 5, 150, 0, 0, 9, 9)


def talk(
    *words: tuple[str, float, float | None],
    findings: tuple[Finding, ...] = (),
    trained: bool = True,
) -> tuple[Recognition, Assessment]:
    """Words that were recognised, each with the recogniser's probability and its score."""
    text = " ".join(word for word, _, _ in words)
    heard = Recognition(
        text, "en", tuple(RecognisedWord(w, n, n + 1, p) for n, (w, p, _) in enumerate(words))
    )
    sounds = tuple(
        PronouncedWord(word, 0, 1, score, 0.5, (Phone("x", score or 0),))
        for word, _, score in words
    )
    pronunciation = Pronunciation(85, 85, 85, 85, calibrated=trained, words=sounds)
    return heard, Assessment(None, pronunciation, FLOW, Grammar(findings, level="B1"))


def scores(found: Assessment) -> list[float | None]:
    """The words' scores."""
    assert found.pronunciation is not None
    return [word.score for word in found.pronunciation.words]


SURE = ("I", 0.98, 95.0), ("went", 0.97, 96.0), ("to", 0.99, 97.0), ("town", 0.96, 95.0)


def test_what_was_heard_for_certain_is_told_whole() -> None:
    """Nothing is taken away where no word is in doubt."""
    heard, found = talk(*SURE)
    assert believed(heard, found) == found


def test_a_misheard_word_has_no_score_however_well_its_sounds_fit() -> None:
    """ "Betty needs a new skirt" was recognised with "squad": its sounds got 97."""
    heard, found = talk(*SURE, ("squad.", 0.41, 97.0))
    told = believed(heard, found)
    assert scores(told) == [95.0, 96.0, 97.0, 95.0, None]
    assert told.pronunciation is not None
    assert told.pronunciation.words[4].phones == ()
    assert told.fluency == FLOW


def test_in_a_wrong_transcript_only_the_right_words_are_scored() -> None:
    """A learner's "Betty needs new skirt" as it was recognised: all its sounds got 96 to 99."""
    heard, found = talk(
        ("And", 0.22, 98.1),
        ("BT", 0.38, 97.0),
        ("needs", 0.94, 97.1),
        ("a", 0.49, 98.5),
        ("new", 0.92, 98.0),
        ("squad.", 0.41, 96.0),
    )
    assert scores(believed(heard, found)) == [None, None, 97.1, None, 98.0, None]


def test_of_what_was_not_understood_only_that_is_told() -> None:
    """No score, no pace, no correction, where most of the words are guesses."""
    heard, found = talk(("Any", 0.3, 96.0), ("bees", 0.4, 97.0), ("sue", 0.2, 95.0))
    assert believed(heard, found) == Assessment(
        pronunciation=Pronunciation(
            None, None, None, None, calibrated=False, reason="not_understood"
        )
    )


def test_what_may_have_been_misheard_is_not_corrected() -> None:
    """Neither the doubtful word nor one beside it, which was corrected for its sake."""
    findings = (
        Finding(2, 6, "a", "go", "at-went"),
        Finding(7, 9, "b", "at", "beside-squad"),
        Finding(10, 15, "c", "town", "at-squad"),
    )
    heard, found = talk(*SURE[:3], ("squad", 0.3, 97.0), SURE[3], SURE[3], findings=findings)
    told = believed(heard, found)
    assert told.grammar is not None
    assert [finding.rule for finding in told.grammar.findings] == ["at-went"]


def test_a_word_whose_sounds_were_poor_needs_a_surer_recogniser() -> None:
    """A low score may be a bad sound, or another word."""
    heard, found = talk(*SURE, ("market", 0.75, 95.0), ("market", 0.75, 50.0))
    assert scores(believed(heard, found))[4:] == [95.0, None]


def test_without_a_trained_judge_the_recogniser_decides_alone() -> None:
    """The scores of other languages know no sounds."""
    heard, found = talk(
        ("Je", 0.98, 30.0), ("vais", 0.98, 30.0), ("bien.", 0.3, 90.0), trained=False
    )
    assert scores(believed(heard, found)) == [30.0, 30.0, None]


def test_a_word_in_parts_is_as_sure_as_its_least_sure_part() -> None:
    """The recogniser writes "o" and "'clock", the judge hears one word."""
    words = ("At", 0.98), ("seven", 0.98), ("o", 0.97), ("'clock.", 0.2)
    heard = Recognition(
        "At seven o'clock.", "en", tuple(RecognisedWord(w, 0, 1, p) for w, p in words)
    )
    sounds = tuple(PronouncedWord(w, 0, 1, 95, 0.9) for w in ("At", "seven", "o'clock."))
    weighed = weigh(heard, Pronunciation(90, 90, 90, 90, calibrated=True, words=sounds))
    assert [word.is_proven for word in weighed] == [True, True, False]
    assert [heard.text[word.start : word.end] for word in weighed] == ["At", "seven", "o'clock."]


@pytest.mark.parametrize("reason", get_args(Reason))
def test_without_a_score_only_the_reason_is_told_and_it_blames_no_text(reason: Reason) -> None:
    """What was recognised is no text that the learner was to read: then they were not understood;
    nothing is corrected in words, nor a pace told, that nobody has proven."""
    heard, found = talk(*SURE, findings=(Finding(0, 1, "", "You", "r"),))
    nothing = Pronunciation(None, None, None, None, calibrated=False, reason=reason)
    told = believed(heard, replace(found, pronunciation=nothing))
    of_audio = {"no_speech", "too_short", "too_long", "too_loud"}
    expected = reason if reason in of_audio else "not_understood"
    assert told == Assessment(pronunciation=replace(nothing, reason=expected))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "o'clock", "Ünited", "3.5%", "—", "no", "No"]),
            st.floats(0, 1),
            st.none() | st.floats(0, 100),
        ),
        min_size=1,
        max_size=8,
    ),
    st.booleans(),
)
def test_no_score_is_made_up(words: list[tuple[str, float, float | None]], trained: bool) -> None:
    """Whatever was recognised: a score stays as it was or goes."""
    heard, found = talk(*words, trained=trained)
    told = believed(heard, found)
    assert told.pronunciation is not None
    if told.pronunciation.reason is None:
        assert all(
            after in (None, before)
            for after, before in zip(scores(told), scores(found), strict=True)
        )

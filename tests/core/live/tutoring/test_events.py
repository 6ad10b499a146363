"""An assessment as the events that tell it."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.feedback.assessment import (
    Assessment,
    Finding,
    Fluency,
    Grammar,
    Passage,
    Pause,
    PronouncedWord,
    Pronunciation,
    ReadWord,
    WordStatus,
)
from tutor.core.feedback.reading.reading import Reading
from tutor.core.live.tutoring.events import feedback_events
from tutor.core.protocol.messages import (
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
)

STATUSES: tuple[WordStatus, ...] = ("matched", "doubtful", "substituted", "omitted", "inserted")
WHOLE = Assessment(
    Passage(3, 5, (ReadWord("The", "matched"), ReadWord("ship", "substituted", "sheep"))),
    Pronunciation(
        61, 62, 63, 64, True, (PronouncedWord("ship", 0, 400, 55, 0.9),), replaced=((0, "sheep"),)
    ),
    Fluency(71, 3.5, 4.5, 110, 2, 0.75, 5.5, 9, (Pause(0, 300, expected=False),), ("um",), ("I",)),
    Grammar((Finding(0, 3, "Better so.", "An", "article"),), checked=True, level="B1"),
)
NOTHING_YET = Reading("A text of more words.", "en")
PARTS = [field.name for field in fields(Assessment)]


@given(st.sets(st.sampled_from(PARTS)))
def test_each_part_that_was_measured_is_told_once(missing: set[str]) -> None:
    """An assessment gives as many events as it has parts, always in the same order."""
    some = replace(WHOLE, **dict.fromkeys(missing))
    told = [
        event.type.removeprefix("feedback.")
        for event in feedback_events("u1", some, "text", NOTHING_YET)
    ]
    names = [name.replace("passage", "accuracy") for name in PARTS if name not in missing]
    assert told == names


def test_all_events_name_their_utterance() -> None:
    """Feedback comes after later utterances have begun, so each event says whose it is."""
    events = feedback_events("u7", WHOLE, "text", NOTHING_YET)
    assert [getattr(event, "utterance", None) for event in events] == ["u7"] * 4


def test_a_passage_is_told_with_its_place_and_the_texts_completeness() -> None:
    """The accuracy is that of this utterance, the completeness that of the whole text so far, which
    has as many words as a reader hears, whatever tags it was pasted with."""
    reading = Reading("<p>At sea we saw. The ship, R&amp;D!</p>", "en")
    reading.resume_from(5, (0, 1, 4))
    (event, *_) = feedback_events("u1", WHOLE, "text", reading)
    assert isinstance(event, FeedbackAccuracy)
    assert event.accuracy == 50
    assert event.completeness == pytest.approx(300 / 7)
    assert (event.start, event.end, event.text_words) == (3, 5, 7)
    assert event.words[1].heard == "sheep"


@given(st.lists(st.sampled_from(STATUSES), max_size=8))
def test_only_a_faultless_passage_is_fully_accurate(statuses: list[WordStatus]) -> None:
    """Every word that is wrong, missing or added takes from the accuracy, within 0 and 100."""
    words = tuple(ReadWord("word", status) for status in statuses)
    found = Assessment(Passage(0, len(words), words))
    (event,) = feedback_events("u1", found, "text", NOTHING_YET)
    assert isinstance(event, FeedbackAccuracy)
    assert 0 <= event.accuracy <= 100
    assert (event.accuracy == 100) == (set(statuses) == {"matched"})


@pytest.mark.parametrize("basis", ["text", "transcript"])
def test_sounds_are_told_with_what_they_were_compared_with(basis: str) -> None:
    """Each score keeps its name on the way, and the basis stands beside them."""
    found = replace(WHOLE, passage=None, fluency=None, grammar=None)
    (event,) = feedback_events("u1", found, "text" if basis == "text" else "transcript", None)
    assert isinstance(event, FeedbackPronunciation)
    assert (event.accuracy, event.fluency, event.prosodic, event.total) == (61, 62, 63, 64)
    assert (event.basis, event.calibrated, event.reason) == (basis, True, None)


def test_without_scores_the_reason_is_told() -> None:
    """Where no number is honest the learner is told why there is none."""
    unscored = Pronunciation(None, None, None, None, calibrated=False, reason="too_loud")
    (event,) = feedback_events("u1", Assessment(pronunciation=unscored), "transcript", None)
    assert isinstance(event, FeedbackPronunciation)
    assert (event.reason, event.total, event.words) == ("too_loud", None, ())


def test_every_measure_of_flow_and_grammar_keeps_its_name() -> None:
    """A measure is told under the name it was measured by: none is lost, none is swapped."""
    flow, grammar = feedback_events("u1", WHOLE, "text", NOTHING_YET)[2:]
    assert isinstance(flow, FeedbackFluency)
    assert isinstance(grammar, FeedbackGrammar)
    for event, measured in ((flow, WHOLE.fluency), (grammar, WHOLE.grammar)):
        assert measured is not None
        names = {field.name for field in fields(event)} - {"utterance"}
        assert names == {field.name for field in fields(measured)}
        assert all(getattr(event, name) == getattr(measured, name) for name in names)

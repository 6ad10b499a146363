"""The events that tell a learner what a feedback worker measured."""

from __future__ import annotations

from dataclasses import replace

from tutor.core.assessment import Assessment, Fluency, Passage, Pronunciation
from tutor.core.protocol import (
    Basis,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    ServerEvent,
)
from tutor.core.reading import accuracy


def feedback_events(
    utterance: str, assessment: Assessment, basis: Basis, completeness: float
) -> list[ServerEvent]:
    """One event for each part that there is.

    `completeness`: 0 to 100, of the exercise's text with this utterance.
    """
    events: list[ServerEvent] = []
    if (passage := assessment.passage) is not None:
        events.append(
            FeedbackAccuracy(
                utterance,
                accuracy(passage),
                completeness,
                passage.start,
                passage.end,
                passage.words,
            )
        )
    if (heard := assessment.pronunciation) is not None:
        events.append(
            FeedbackPronunciation(
                utterance,
                heard.calibrated,
                basis,
                heard.words,
                heard.accuracy,
                heard.fluency,
                heard.prosodic,
                heard.total,
                heard.reason,
            )
        )
    if (fluency := assessment.fluency) is not None:
        events.append(FeedbackFluency(utterance, **vars(fluency)))
    if (grammar := assessment.grammar) is not None:
        events.append(FeedbackGrammar(utterance, **vars(grammar)))
    return events


def delayed(assessment: Assessment, by_ms: int) -> Assessment:
    """The assessment with its times on a clock that had started `by_ms` earlier."""
    return replace(
        assessment,
        passage=assessment.passage and _delayed_passage(assessment.passage, by_ms),
        pronunciation=assessment.pronunciation and _delayed_words(assessment.pronunciation, by_ms),
        fluency=assessment.fluency and _delayed_pauses(assessment.fluency, by_ms),
    )


def shifted(passage: Passage, by: int) -> Passage:
    """The passage in a text of which it saw only what follows `by` words."""
    return replace(passage, start=passage.start + by, end=passage.end + by)


def _delayed_passage(passage: Passage, by_ms: int) -> Passage:
    return replace(
        passage,
        words=tuple(
            word
            if word.start_ms is None or word.end_ms is None
            else replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms)
            for word in passage.words
        ),
    )


def _delayed_words(heard: Pronunciation, by_ms: int) -> Pronunciation:
    return replace(
        heard,
        words=tuple(
            replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms)
            for word in heard.words
        ),
    )


def _delayed_pauses(fluency: Fluency, by_ms: int) -> Fluency:
    return replace(
        fluency,
        all_pause_list=tuple(
            replace(pause, start_ms=pause.start_ms + by_ms, end_ms=pause.end_ms + by_ms)
            for pause in fluency.all_pause_list
        ),
    )

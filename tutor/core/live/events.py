"""The events that tell a learner what a feedback worker measured."""

from __future__ import annotations

from tutor.core.feedback.assessment import Assessment
from tutor.core.feedback.reading.reading import accuracy
from tutor.core.protocol.messages import (
    Basis,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    ServerEvent,
)


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

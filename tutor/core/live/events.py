"""The events that carry a feedback worker's assessment to the learner."""

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
    """One event for each part that an assessment has.

    `completeness`: how much of the exercise's text has been said with this utterance, 0 to 100.
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

"""The events that carry a feedback worker's assessment to the learner."""

from __future__ import annotations

from tutor.core.feedback.assessment import Assessment
from tutor.core.feedback.reading.reading import Reading, accuracy
from tutor.core.protocol.messages import (
    Basis,
    FeedbackAccuracy,
    FeedbackFluency,
    FeedbackGrammar,
    FeedbackPronunciation,
    ServerEvent,
)


def feedback_events(
    utterance: str, assessment: Assessment, basis: Basis, reading: Reading | None
) -> list[ServerEvent]:
    """One event for each part that an assessment has.

    `reading`: of the exercise's text, with this utterance; None in free talk.
    """
    events: list[ServerEvent] = []
    if (passage := assessment.passage) is not None:
        events.append(
            FeedbackAccuracy(
                utterance,
                accuracy(passage),
                reading.completeness if reading else 0.0,
                passage.start,
                passage.end,
                passage.words,
                len(reading.words) if reading else 0,
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

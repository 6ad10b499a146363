"""Settings: the assessment of utterances."""

from __future__ import annotations

from pydantic import BaseModel, Field

from tutor.adapters.settings.cores import usable_cores

MOST_ASSESSMENTS = 4
"""The most assessments at once by default."""

MOST_LATE_S = 100.0
"""Seconds that scores may be late: an utterance's audio is kept for 120."""


class FeedbackSettings(BaseModel):
    """Assessment of utterances."""

    feedback: bool = Field(True, description="assess and answer utterances after their final")
    feedback_threads: int = Field(
        0, ge=0, description="assessments of one feedback worker at once; 0: one a core, 4 at most"
    )
    feedback_pool: int = Field(
        16, ge=1, description="threads of a feedback worker; most of them wait for replies"
    )
    sentence_wait_s: float = Field(
        6, ge=0, description="a reader who pauses within a sentence may take so long to go on"
    )
    feedback_retry_s: float = Field(
        6, gt=0, description="an assessment whose worker may be gone is dispatched again after it"
    )
    feedback_deadline_s: float = Field(
        20,
        gt=0,
        description="an utterance whose assessment was lost twice gets its error after it",
    )
    feedback_patience_s: float = Field(
        5,
        ge=0,
        description="an assessment that waited so long behind recognitions goes beside them",
    )
    feedback_shed_s: float = Field(
        8,
        gt=0,
        description="after scores that came so late the coach answers at once, no language model",
    )
    feedback_late_s: float = Field(
        60,
        gt=0,
        le=MOST_LATE_S,
        description="an utterance that could not be assessed for so long gets its error",
    )
    feedback_time_limit_s: float = Field(
        60,
        gt=0,
        description="an assessment that takes longer ends its worker, which starts again: longer "
        "than any takes on a busy machine, where starting again takes longer still",
    )

    @property
    def assessments_at_once(self) -> int:
        """Assessments that a feedback worker runs at the same time, a thread each."""
        return self.feedback_threads or min(MOST_ASSESSMENTS, usable_cores())

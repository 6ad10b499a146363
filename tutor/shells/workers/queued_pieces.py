"""What a recording's work asks of the workers, as jobs of their queues."""

from __future__ import annotations

from tutor.adapters.coach.exercises import ExerciseLibrary
from tutor.core.coach.exercises import pairs_with
from tutor.core.files.effects import (
    Assess,
    Recognise,
)
from tutor.core.queue.jobs import AssessmentJob, Job, RecognitionJob
from tutor.core.text.expected import Expected


def job_of(
    session: str, effect: Recognise | Assess, library: ExerciseLibrary, expected: Expected
) -> Job:
    """The job for the queue that has a piece recognised or assessed; `expected`: what `auto`
    chooses from."""
    name, attempt, size = effect.utterance, effect.attempt, len(effect.pcm)
    if isinstance(effect, Recognise):
        language, prompt = effect.language, effect.prompt
        return RecognitionJob(
            session,
            name,
            "final",
            1,
            attempt,
            size,
            language,
            batch=True,
            prompt=prompt,
            expected=expected,
        )
    window = effect.window
    return AssessmentJob(
        session,
        name,
        attempt,
        size,
        effect.heard,
        window.words,
        window.position,
        pairs=pairs_with(library.find(effect.heard.language), window.words),
        batch=True,
        is_all=effect.is_all,
    )

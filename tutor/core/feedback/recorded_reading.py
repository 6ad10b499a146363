"""A recorded reading of a text, from the recording's utterances to its report."""

from __future__ import annotations

from dataclasses import replace

from tutor.core.audio.samples import to_ms
from tutor.core.feedback.assessment import Assessment, delayed
from tutor.core.feedback.reading.reading import Reading, Window
from tutor.core.feedback.report import Part, Report, report


class RecordedReading:
    """A text, and what the utterances of a recording have read of it by now.

    Raises:
        TextError: the text has no words or too many.
    """

    def __init__(self, text: str, language: str) -> None:
        self._reading = Reading(text, language)
        self._assessments: list[Assessment] = []
        self._parts: list[Part] = []

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the text."""
        return self._reading.words

    def window(self) -> Window:
        """The words of the text in which the next utterance is looked for."""
        return self._reading.window()

    def receive_assessment(self, found: Assessment, start: int) -> None:
        """Take what was measured on the next utterance; `start`: its first sample's position."""
        self._assessments.append(delayed(found, to_ms(start)))
        if found.pronunciation is None:
            return
        passage = found.passage and self.window().restore(found.passage)
        first = 0 if passage is None else passage.start
        self._parts.append(Part(first, to_ms(start), found.pronunciation, passage))
        if passage is not None:
            self._reading.receive_passage(passage)

    def report(self) -> Report:
        """The report of all utterances; rates and pauses are given for a single one only."""
        found = report(self._reading.words, self._parts)
        if found.reason is None and any(part.passage is not None for part in self._parts):
            found = replace(found, completeness=round(self._reading.completeness, 1))
        if len(self._assessments) == 1:
            found = replace(found, details=self._assessments[0].fluency)
        return found

"""The findings on a recording: its finished pieces, and the result that they make."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tutor.core.feedback.reading.reading import Window
from tutor.core.feedback.recorded_reading import RecordedReading
from tutor.core.feedback.report import REASONS, Report
from tutor.core.files.pieces import FinishedPiece
from tutor.core.files.transcript import Transcript, assemble
from tutor.core.text.languages import AUTO


@dataclass(frozen=True)
class FileResult:
    """What a job makes of its recording."""

    transcript: Transcript
    assessment: Report | None
    """How the text was read; None: there was no text to read."""

    def as_json(self) -> dict[str, Any]:
        """The result as it is kept and shown."""
        found = self.assessment
        return {
            "transcript": asdict(self.transcript),
            "assessment": None if found is None else _report_as_json(found),
        }


class Findings:
    """The finished pieces of a recording, and what they say about the pieces that follow.

    Raises:
        TextError: the text to read has no words, or too many.
    """

    def __init__(self, language: str, text: str | None) -> None:
        self.language = language
        """The language as given or found, `auto` until then."""
        self._reading = RecordedReading(text, language) if text else None
        self._finished: dict[int, FinishedPiece] = {}

    @property
    def is_read(self) -> bool:
        """Whether the recording is the reading of a text, which is assessed."""
        return self._reading is not None

    @property
    def is_sequential(self) -> bool:
        """Whether a piece needs what the one before it gives: its language, its place in a text."""
        return self.language == AUTO or self.is_read

    @property
    def end(self) -> int:
        """Just past the last sample of the finished pieces."""
        return max((done.piece.end for done in self._finished.values()), default=0)

    def window(self) -> Window:
        """The words of the text in which the next piece is looked for."""
        return Window() if self._reading is None else self._reading.window()

    def receive_piece(self, finished: FinishedPiece) -> None:
        """Take a finished piece; pieces that follow each other come in order."""
        self._finished[finished.piece.index] = finished
        if self.language == AUTO and finished.recognition.text:
            self.language = finished.recognition.language
        if self._reading is not None and finished.assessment is not None:
            self._reading.receive_assessment(finished.assessment, finished.piece.start)

    def result(self, duration_s: float, damage: str | None) -> FileResult:
        """The result of all pieces together; `damage`: what was wrong with the recording."""
        pieces = [self._finished[index] for index in sorted(self._finished)]
        heard = [(done.piece, done.recognition) for done in pieces]
        transcript = assemble(heard, self.language, round(duration_s, 3), damage)
        found = None if self._reading is None else self._reading.report()
        return FileResult(transcript, found)


def _report_as_json(found: Report) -> dict[str, Any]:
    data = asdict(found)
    if found.reason is not None:
        data["reason_text"] = REASONS[found.reason]
    return data

"""What the work on an uploaded file is told beforehand, from its row and the settings."""

from __future__ import annotations

from tutor.adapters.coach.exercises import ExerciseLibrary
from tutor.adapters.settings import Settings
from tutor.adapters.speech.decoder import Confinement
from tutor.adapters.sql.job_tables import JobRow
from tutor.core.files.assignment import Assignment, Limits
from tutor.core.text.expected import Expected, language_of


def assignment_of(row: JobRow) -> Assignment:
    """What a job asks for."""
    given = row.parameters
    return Assignment(
        language=row.language or given["language"],
        prompt=given.get("prompt") or "",
        text=given.get("reference_text"),
        is_charged=row.owner is not None,
    )


def expected_of(row: JobRow, settings: Settings, library: ExerciseLibrary) -> Expected:
    """What `auto` chooses from: a text to read shows what is likely."""
    taught = library.languages()
    target = language_of(row.parameters.get("reference_text") or "", taught)
    return Expected.named(settings.auto_languages, taught).practised(target)


def limits_of(settings: Settings) -> Limits:
    """What the work on any job may take."""
    return Limits(
        max_audio_s=settings.max_audio_s,
        pieces_in_flight=settings.pieces_in_flight,
        piece_attempts=settings.piece_attempts,
        batch_timeout_s=settings.batch_timeout_s,
        batch_lease_s=settings.batch_lease_s,
    )


def confinement_of(settings: Settings) -> Confinement:
    """What a decoder of a stranger's file may take."""
    return Confinement(
        settings.max_decoder_bytes, settings.decoder_timeout_s, settings.readable_files
    )

"""Error codes of file jobs, for programs to act on."""

from __future__ import annotations

JOB_ERRORS: dict[str, tuple[int, str]] = {
    "not_audio": (422, "the file is not audio that can be read"),
    "no_audio": (422, "the file holds no sound at all"),
    "audio_too_long": (413, "the recording is longer than this server takes"),
    "no_text": (422, "the reference text has no words"),
    "quota_exhausted": (429, "the day's audio is used up"),
    "recognition_failed": (500, "a part of the recording could not be recognised"),
    "assessment_failed": (500, "a part of the recording could not be assessed"),
    "internal": (500, "the server made a mistake"),
}
"""Error codes, each with the HTTP status it has where a caller waits for the answer, and its
meaning."""

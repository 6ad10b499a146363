"""One utterance as whoever watches a session sees it."""

from dataclasses import replace

from tutor.core.audio.recognition import Recognition
from tutor.core.protocol.messages import (
    TranscriptFinal,
    TranscriptPartial,
    Word,
)
from tutor.core.queue.jobs import RecognitionJob, RecognitionResult

PARTIAL = RecognitionJob("s", "u1", "partial", 1, 1, 640, "en")

FINAL = replace(PARTIAL, kind="final", revision=2)

HEARD = RecognitionResult("s", "u1", "partial", 1, 1, "ok", 640, Recognition("I went", "en"), 0.1)

SHOWN = TranscriptPartial("u1", 1, "", "I went", 300)

WORDS = (Word("I", 0, 90, 1.0), Word("went.", 90, 200, 1.0))

SAID = TranscriptFinal("u1", "I went.", "en", WORDS, 0, 200)

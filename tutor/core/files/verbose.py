"""A transcript as OpenAI's `verbose_json`: their types, and no field that is not known."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

from tutor.core.audio.guards import compression
from tutor.core.files.transcript import Segment, Transcript
from tutor.core.text.languages import language_name

LEAST_CONFIDENCE = 1e-6
"""Of a word, so that its logarithm is a number."""


def as_verbose(transcript: Transcript, granularities: Collection[str]) -> dict[str, Any]:
    """A transcript with as much detail as is asked for: `segment`, `word`."""
    answer: dict[str, Any] = {
        "task": "transcribe",
        "language": language_name(transcript.language),
        "duration": transcript.duration_s,
        "text": transcript.text,
        "usage": usage(transcript),
    }
    if "segment" in granularities:
        answer["segments"] = [_segment(n, s) for n, s in enumerate(transcript.segments)]
    if "word" in granularities:
        answer["words"] = [
            {"word": word.text, "start": word.start_s, "end": word.end_s}
            for word in transcript.words
        ]
    return answer


def usage(transcript: Transcript) -> dict[str, object]:
    """What OpenAI would charge for."""
    return {"type": "duration", "seconds": math.ceil(transcript.duration_s)}


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    """A segment with what is known of it: `no_speech_prob` is not, and no token."""
    fields: dict[str, Any] = {
        "id": number,
        "seek": round(segment.piece_s * 100),  # frames of 10 ms
        "start": segment.start_s,
        "end": segment.end_s,
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "compression_ratio": round(compression(segment.text), 3),
    }
    if segment.words:
        logs = [math.log(max(LEAST_CONFIDENCE, word.confidence)) for word in segment.words]
        fields["avg_logprob"] = round(sum(logs) / len(logs), 4)
    return fields

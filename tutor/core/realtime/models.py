"""The names of models by which OpenAI's clients ask; this server has one recogniser for all."""

from __future__ import annotations

import re
from collections.abc import Sequence

TRANSCRIBERS = (
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-transcribe",
    "gpt-live-transcribe",
    "gpt-realtime-whisper",
)
"""Models that transcribe. One that tells speakers apart is not among them: nothing here does."""

SPEAKERS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
"""Models that speak; the voice decides what speaks."""

CONVERSING = (
    "gpt-realtime",
    "gpt-realtime-mini",
    "gpt-4o-realtime-preview",
    "gpt-4o-mini-realtime-preview",
)
"""Models of Realtime connections, within which others transcribe."""

_VERSION = re.compile(r"-(\d{4}-\d\d-\d\d|\d{4}|\d+(\.\d+)?|latest)(?=-|$)")
"""A version in a name: a day, an old month and day, a number."""


def is_one_of(name: str, models: Sequence[str]) -> bool:
    """Whether a name is that of one of the models, in whichever version."""
    versions = (f"{name[: one.start()]}{name[one.end() :]}" for one in _VERSION.finditer(name))
    return name in models or any(known in models for known in versions)


def transcribers(own: str) -> tuple[str, ...]:
    """The names by which the recogniser is asked for; `own`: its own name, empty if it has none."""
    return (*TRANSCRIBERS[:1], *filter(None, [own]), *TRANSCRIBERS[1:])

"""What is known of a voice, and how a voice is found by the name that a client gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.core.text.languages import primary

OPENAI_VOICES = frozenset(
    "alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split()
)
"""Voices that OpenAI's clients ask for: here each is the voice that speaks first."""


@dataclass(frozen=True)
class VoiceFacts:
    """A voice, for those who choose one and those who have to know where it is from."""

    id: str
    language: str
    """BCP-47 (`en-US`); empty: it speaks what it is given."""
    engine: str
    """What makes its sound: `piper`, `kokoro` or `openai`."""
    licence: str
    source: str
    """Where it is from: a package and its version, a file, a server's name."""


def voice_for(voices: Sequence[VoiceFacts], language: str) -> VoiceFacts | None:
    """The first voice of a language (BCP-47 or Whisper's code), else the first that speaks what it
    is given; None: there is none."""
    speaks = [
        voice for voice in voices if voice.language and primary(voice.language) == primary(language)
    ]
    return next(iter([*speaks, *(voice for voice in voices if not voice.language)]), None)


def find_voice(voices: Sequence[VoiceFacts], asked: str) -> VoiceFacts | None:
    """The voice of a name; for an empty one, or one of OpenAI's, the first; None: there is none."""
    for voice in voices:
        if voice.id == asked:
            return voice
    if voices and (not asked or asked.lower() in OPENAI_VOICES):
        return voices[0]
    return None

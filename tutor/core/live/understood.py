"""An utterance whose words are known, as it goes to the tutor."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.recognition import Recognition


@dataclass(frozen=True)
class Understood:
    """An utterance that has its final."""

    utterance: str
    start_ms: int
    """Where the utterance's audio begins on the session's clock."""
    audio_bytes: int
    """Bytes of the utterance's audio, PCM16 at 16 kHz."""
    recognition: Recognition

"""What a recogniser is asked, and what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tutor.core.audio.recognition import Kind, Recognition
from tutor.core.audio.samples import RATE, Audio


@dataclass(frozen=True)
class Request:
    """Some audio to recognise."""

    audio: Audio
    """float32 at 16 kHz, at most 30 s."""
    language: str
    """Whisper's code, or `auto`."""
    kind: Kind
    """A final gets word times and the larger beam."""
    batch: bool = False
    """A piece of a file: whoever speaks now goes first."""
    prompt: str = ""
    """Words that are likely to come, in their spelling."""

    @property
    def seconds(self) -> float:
        """How long the audio is."""
        return len(self.audio) / RATE


class Recogniser(Protocol):
    """Anything that turns utterances' audio into text."""

    device: str
    compute_type: str

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Recognise one or several utterances, together where that is cheaper."""

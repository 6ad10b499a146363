"""A request to a recogniser, and the protocol that every recogniser follows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tutor.core.audio.recognition import Kind, Recognition
from tutor.core.audio.samples import RATE, Audio
from tutor.core.text.expected import Expected
from tutor.core.text.languages import AUTO


@dataclass(frozen=True)
class Request:
    """Some audio to recognise."""

    audio: Audio
    """float32 at 16 kHz, at most 30 s."""
    language: str
    """Whisper's code, or `auto`."""
    kind: Kind
    """Whether the request is a partial or a final, which has the larger beam."""
    batch: bool = False
    """Whether the audio is a piece of a file: live requests go first."""
    prompt: str = ""
    """Words that are likely to come, in their spelling."""
    vocabulary: tuple[str, ...] = ()
    """Names and words that may be what doubtful words of a final are; each may be several words."""
    speech_s: float | None = None
    """Seconds after which nobody speaks any more, by voice activity; None: it was not asked."""
    expected: Expected = Expected()
    """What `auto` chooses from."""
    is_rest: bool = False
    """Whether the audio is what another request's words lack: who asked for it looks further."""
    is_timed: bool = False
    """Whether a partial's words are wanted with their times, as a final's always are."""

    @property
    def has_times(self) -> bool:
        """Whether words come with their times."""
        return self.is_timed or self.kind == "final"

    def rest(self, from_s: float, language: str) -> Request:
        """The request for the audio from `from_s` seconds on, in the language that was heard."""
        audio = self.audio[round(from_s * RATE) :]
        return replace(self, audio=audio, language=language, speech_s=0.0, is_rest=True)

    def likeliest(self, special: Collection[str]) -> str:
        """The language in which it is heard first: where that is not known the practised one, or
        else one of the `special` languages that are expected; empty: any other.

        What proves to be of another model's language is encoded twice, and those languages are
        spoken most.
        """
        if self.language != AUTO:
            return self.language
        expected = self.expected
        return expected.target or next((one for one in expected.languages if one in special), "")

    @property
    def seconds(self) -> float:
        """Seconds of audio."""
        return len(self.audio) / RATE


class Recogniser(Protocol):
    """Anything that turns utterances' audio into text."""

    device: str
    compute_type: str

    def recognise(self, requests: Sequence[Request]) -> list[Recognition]:
        """Recognise one or several utterances, together where that is cheaper."""

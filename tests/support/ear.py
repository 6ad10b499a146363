"""A judge of pronunciation that hears each recording once, whatever it is asked of it."""

from collections.abc import Sequence

from safetensors.numpy import load_file

from tutor.adapters.feedback.aligner import Aligner, Encoded
from tutor.adapters.feedback.phones import ASSETS, English
from tutor.adapters.feedback.pronouncer import WEIGHTS, Pronouncer
from tutor.adapters.feedback.trained import Trained
from tutor.adapters.settings import Settings
from tutor.adapters.speech.models.weights import resolve_model
from tutor.core.audio.samples import Audio
from tutor.core.feedback.pronunciation.spans import Span

Words = tuple[tuple[int, ...], ...]


class Remembering(Aligner):
    """The real Whisper: what it has made of a recording it does not make again.

    It makes the same of the same, so nothing that is asked of it tells the difference.
    """

    def __init__(self) -> None:
        super().__init__(resolve_model("base", Settings.load().cache_dir), threads=1)
        self._encoded: dict[bytes, Encoded] = {}
        self._aligned: dict[tuple[int, Words, str], list[Span]] = {}

    def encode(self, audio: Audio) -> Encoded:
        """Encode a recording, the first time."""
        name = audio.tobytes()
        if name not in self._encoded:
            self._encoded[name] = super().encode(audio)
        return self._encoded[name]

    def align(self, heard: Encoded, tokens: Sequence[Sequence[int]], language: str) -> list[Span]:
        """Find words in a recording, the first time."""
        # What was encoded is kept, so its address is nobody else's.
        name = (id(heard), tuple(map(tuple, tokens)), language)
        if name not in self._aligned:
            self._aligned[name] = super().align(heard, tokens, language)
        return list(self._aligned[name])


def remembering_pronouncer() -> Pronouncer:
    """What `Pronouncer.load` loads, with such an ear."""
    return Pronouncer(Remembering(), English.load(), Trained(load_file(ASSETS / WEIGHTS)))

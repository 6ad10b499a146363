"""An utterance whose words are known, as it goes to the tutor; several pieces of one sentence make
one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import BYTES_PER_SAMPLE, to_samples
from tutor.core.queue.jobs import Piece
from tutor.core.text.normal import joint


@dataclass(frozen=True)
class Understood:
    """An utterance that has its final; or several, joined, under the last one's name."""

    utterance: str
    start_ms: int
    """Where the audio of the first piece begins on the session's clock."""
    audio_bytes: int
    """Bytes of the last piece's audio, PCM16 at 16 kHz."""
    recognition: Recognition
    """The words of all pieces; their times count from the start of the first one."""
    before: tuple[Piece, ...] = ()
    """The pieces before the last one."""
    offset_bytes: int = 0
    """Bytes of audio from the start of the first piece to that of the last one."""
    is_committed: bool = False
    """Whether the client ended the utterance: what follows is another."""

    @property
    def utterances(self) -> tuple[str, ...]:
        """The names of all pieces, in order."""
        return *(piece.utterance for piece in self.before), self.utterance

    @property
    def span_bytes(self) -> int:
        """Bytes of audio from the start of the first piece to the end of the last one."""
        return self.offset_bytes + self.audio_bytes

    def joined_with(self, later: Understood) -> Understood:
        """This and a later utterance as one, the silence between them included."""
        by_ms = later.start_ms - self.start_ms
        own = Piece(self.utterance, self.offset_bytes, self.audio_bytes)
        return replace(
            later,
            start_ms=self.start_ms,
            recognition=_joined(self.recognition, later.recognition, by_ms / 1000),
            before=(*self.before, own),
            offset_bytes=max(self.span_bytes, to_samples(by_ms) * BYTES_PER_SAMPLE),
        )


def _joined(first: Recognition, second: Recognition, by_s: float) -> Recognition:
    """What was heard in two pieces of audio; the second begins `by_s` seconds after the first."""
    words = (
        replace(word, start_s=word.start_s + by_s, end_s=word.end_s + by_s) for word in second.words
    )
    text = joint(first.language).join(filter(None, (first.text, second.text)))
    return replace(first, text=text, words=(*first.words, *words))

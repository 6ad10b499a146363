"""The transcript of a recording: its pieces put together, and divided into sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import RATE
from tutor.core.text.marks import ends_sentence

LONG_PAUSE_S = 0.8
"""Seconds of silence between two words that begin a new segment."""

SEGMENT_CHARS = 84
"""Characters of two lines of a subtitle; a longer segment ends before the next word."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a recording that was recognised by itself."""

    index: int
    start: int
    """First sample at 16 kHz, from the start of the recording."""
    end: int
    """Just past the piece's last sample."""


@dataclass(frozen=True)
class Segment:
    """A sentence, or as much of one as a subtitle shows; times are seconds of the recording."""

    text: str
    start_s: float
    end_s: float
    words: tuple[RecognisedWord, ...] = ()
    piece_s: float = 0.0
    """Where the piece begins in which the segment was recognised."""


@dataclass(frozen=True)
class Transcript:
    """All that was said in a recording; times are seconds from its start."""

    text: str
    language: str
    """Whisper's code; `auto` when nothing was understood."""
    duration_s: float
    segments: tuple[Segment, ...] = ()
    warning: str | None = None
    """What was wrong with the recording, if it was read in part only."""

    @property
    def words(self) -> tuple[RecognisedWord, ...]:
        """All words of the transcript, in order."""
        return tuple(word for segment in self.segments for word in segment.words)


def assemble(
    pieces: Sequence[tuple[Piece, Recognition]],
    language: str,
    duration_s: float,
    warning: str | None = None,
) -> Transcript:
    """The transcript of a recording's pieces, which come in their order."""
    segments = [found for piece, heard in pieces for found in _segments(piece, heard)]
    text = " ".join(heard.text for _, heard in pieces if heard.text)
    return Transcript(text, language, duration_s, tuple(segments), warning)


def _segments(piece: Piece, heard: Recognition) -> Iterator[Segment]:
    begin_s, end_s = piece.start / RATE, piece.end / RATE
    if not heard.text:
        return
    if not heard.words:
        yield Segment(heard.text, begin_s, end_s, (), begin_s)
        return
    words = [_moved(word, begin_s, end_s) for word in heard.words]
    texts = _cut_before_words(heard.text, [word.text for word in words])
    first = 0
    for n in range(1, len(words) + 1):
        if n == len(words) or _breaks(words[first:n], words[n]):
            text = "".join(texts[first:n]).strip()
            said = words[first:n]
            yield Segment(text, said[0].start_s, said[-1].end_s, tuple(said), begin_s)
            first = n


def _moved(word: RecognisedWord, begin_s: float, end_s: float) -> RecognisedWord:
    """A word on the recording's clock, never outside its piece."""
    start, end = (min(begin_s + at, end_s) for at in (word.start_s, word.end_s))
    return replace(word, start_s=round(start, 3), end_s=round(end, 3))


def _cut_before_words(text: str, words: Sequence[str]) -> list[str]:
    """The text cut before each word, so that scripts without spaces get none."""
    starts, at = [], 0
    for word in words:
        found = text.find(word, at)
        starts.append(at if found < 0 else found)
        at = starts[-1] + (len(word) if found >= 0 else 0)
    starts[0] = 0
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _breaks(said: Sequence[RecognisedWord], following: RecognisedWord) -> bool:
    """Whether a segment ends between the words of `said` and the following one."""
    last = said[-1]
    return (
        ends_sentence(last.text)
        or following.start_s - last.end_s >= LONG_PAUSE_S
        or sum(len(word.text) + 1 for word in said) + len(following.text) > SEGMENT_CHARS
    )

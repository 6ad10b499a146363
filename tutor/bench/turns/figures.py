"""What became of recordings that should have been one turn each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from tutor.bench.turns.stage import Told
from tutor.core.audio.recognition import RecognisedWord
from tutor.core.feedback.reading.passages import locate
from tutor.core.protocol.messages import (
    ReadingProgress,
    SpeechStopped,
    TranscriptFinal,
    TurnEnded,
)


@dataclass(frozen=True)
class Ended:
    """How the turn of one recording ended."""

    is_cut: bool
    """Whether a turn ended while words were still to come."""
    dead_air_s: float
    """Seconds of silence after its last speech until the turn was over."""


@dataclass(frozen=True)
class EndFigures:
    """The turns of all recordings, ended in one way."""

    recordings: int
    cut: int
    dead_air_mean_s: float
    dead_air_p95_s: float


@dataclass(frozen=True)
class Followed:
    """How one reading was followed."""

    delays_s: tuple[float, ...]
    """For each word that was told as read and whose time is known: seconds from its end."""
    words: int
    """Words of the text that were said."""
    skipped: int
    """Of those, how many were told as skipped."""


@dataclass(frozen=True)
class FollowFigures:
    """All readings that were followed."""

    words: int
    told: int
    delay_p50_s: float
    delay_p95_s: float
    skipped: int
    """Words that were said and told as skipped."""
    left_out: int
    """Words that were cut out of the audio."""
    left_out_read: int
    """Of those, how many were told as read."""


def ending_of(told: Sequence[Told], last_speech_s: float) -> Ended | None:
    """How a recording's turn ended; None: nobody was heard in it.

    `told`: all that was told of the recording, its silence behind included; `last_speech_s`: when
    the last window of speech in it began.
    """
    ends = [one.event for one in told if isinstance(one.event, TurnEnded)]
    stops = [one.event for one in told if isinstance(one.event, SpeechStopped)]
    if not ends or not stops:
        return None
    is_cut = ends[0].at_ms / 1000 <= last_speech_s
    return Ended(is_cut, (ends[-1].at_ms - stops[-1].at_ms) / 1000)


def summed_ends(ends: Sequence[Ended]) -> EndFigures:
    """The figures of all recordings."""
    waits = [end.dead_air_s for end in ends]
    return EndFigures(
        len(ends),
        sum(end.is_cut for end in ends),
        sum(waits) / max(1, len(waits)),
        percentile(waits, 0.95),
    )


def followed(told: Sequence[Told], text: Sequence[str]) -> Followed:
    """How a reading was followed; when a word was said the final's own word times tell, where it
    has the text's word."""
    said = _said_at(told, text)
    fates = {
        word.index: (word.status, one.at_s)
        for one in told
        if isinstance(one.event, ReadingProgress)
        for word in one.event.words
    }
    delays = [
        at_s - said[index]
        for index, (status, at_s) in fates.items()
        if status == "read" and index in said
    ]
    skipped = sum(status == "skipped" for status, _ in fates.values())
    return Followed(tuple(delays), len(text), skipped)


def was_read(told: Sequence[Told], index: int) -> bool:
    """Whether a word of the text was told as read."""
    return any(
        word.index == index and word.status == "read"
        for one in told
        if isinstance(one.event, ReadingProgress)
        for word in one.event.words
    )


def summed_following(readings: Sequence[Followed], left_out: Sequence[bool]) -> FollowFigures:
    """The figures of all readings; `left_out`: whether each word that was cut out was told as
    read."""
    delays = [delay for reading in readings for delay in reading.delays_s]
    return FollowFigures(
        sum(reading.words for reading in readings),
        len(delays),
        percentile(delays, 0.5),
        percentile(delays, 0.95),
        sum(reading.skipped for reading in readings),
        len(left_out),
        sum(left_out),
    )


def _said_at(told: Sequence[Told], text: Sequence[str]) -> dict[int, float]:
    """When each word of a text was over, in seconds of the audio's clock."""
    finals = [one.event for one in told if isinstance(one.event, TranscriptFinal)]
    words = [
        RecognisedWord(word.text, word.start_ms / 1000, word.end_ms / 1000, word.confidence)
        for final in finals
        for word in final.words
    ]
    if not words:
        return {}
    passage = locate(text, 0, words, finals[0].language)
    read = [word for word in passage.words if word.status != "inserted"]
    return {
        n: word.end_ms / 1000
        for n, word in enumerate(read, passage.start)
        if word.status == "matched" and word.end_ms is not None
    }


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share lies; 0 if there is none."""
    ranked = sorted(values)
    return ranked[max(0, ceil(share * len(ranked)) - 1)] if ranked else 0.0

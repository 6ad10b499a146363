"""Plays each speaker's recordings three ways: a plain timer, speaking, and reading."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from rich.console import Console
from rich.table import Table

from tutor.adapters.settings import Settings, SettingsError
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.vad import Vad
from tutor.bench.corpus import Recording, clean_recordings, noise, read_manifest, read_recording
from tutor.bench.options import BenchError, Progress, TurnOptions
from tutor.bench.turns.figures import (
    Ended,
    EndFigures,
    Followed,
    FollowFigures,
    ending_of,
    followed,
    summed_ends,
    summed_following,
    was_read,
)
from tutor.bench.turns.stage import Ears, Stage, Told, events_between
from tutor.core.audio.recognition import RecognisedWord
from tutor.core.audio.samples import RATE, Samples, to_samples
from tutor.core.feedback.reading.passages import locate
from tutor.core.live.config import SessionConfig
from tutor.core.protocol.messages import Exercise, ServerEvent, TranscriptFinal, Word
from tutor.core.text.wording import split_words

EventT = TypeVar("EventT", bound=ServerEvent | Word)

WAYS = ("timer", "speaking", "reading")

ROOM_LEVEL = 10
"""Level of the room between two recordings, in units of int16."""

LEAD_MS, GAP_MS = 500, 3_500
"""Milliseconds of it before a recording, and behind it: longer than any silence that is waited."""

EDGE = to_samples(10)
"""Samples over which audio is faded where a word was cut out."""


@dataclass(frozen=True)
class TurnReport:
    """How turns ended, and how readers were followed."""

    timer_ms: int
    timer: EndFigures
    speaking: EndFigures
    reading: EndFigures
    following: FollowFigures | None

    def to_json(self) -> str:
        """The report as JSON."""
        return json.dumps(asdict(self), indent=1)


@dataclass
class Player:
    """Plays recordings into sessions of one configuration."""

    config: SessionConfig
    vad: Vad
    ears: Ears
    language: str
    follow: bool

    def play(
        self, recordings: Sequence[Recording], *, by_words: bool = True, reads: bool = False
    ) -> list[list[Told]]:
        """What is told of each recording; one learner speaks them all in a session."""
        turns = replace(self.config.turns, by_words=by_words)
        stage = Stage(
            replace(self.config, turns=turns),
            self.vad,
            self.ears if by_words else None,
            partials=reads and self.follow,
        )
        told = []
        for number, recording in enumerate(recordings):
            exercise = Exercise("read_aloud", recording.text) if reads else Exercise("free")
            if number:
                stage.practise(exercise)
            else:
                stage.start(self.language, exercise)
            began_s = stage.now
            stage.play(_with_room(recording.samples))
            told.append(_on_own_clock(events_between(stage.told, began_s, stage.now), began_s))
        return told


@dataclass
class Tally:
    """What became of the recordings so far."""

    ends: dict[str, list[Ended]] = field(default_factory=lambda: {way: [] for way in WAYS})
    readings: list[Followed] = field(default_factory=list)
    left_out: list[bool] = field(default_factory=list)
    """Whether each word that was cut out was told as read."""

    def play(self, player: Player, recordings: Sequence[Recording]) -> None:
        """Play one learner's recordings in each way."""
        plays = {
            "timer": player.play(recordings, by_words=False),
            "speaking": player.play(recordings),
            "reading": player.play(recordings, reads=True),
        }
        for way in WAYS:
            for told, recording in zip(plays[way], recordings, strict=True):
                if (end := ending_of(told, _last_s(recording))) is not None:
                    self.ends[way].append(end)
        if player.follow:
            for told, recording in zip(plays["reading"], recordings, strict=True):
                self.readings.append(followed(told, split_words(recording.text, player.language)))
                self.left_out += _left_out(player, recording, told)

    def report(self, timer_ms: int) -> TurnReport:
        """The figures of all."""
        return TurnReport(
            timer_ms,
            summed_ends(self.ends["timer"]),
            summed_ends(self.ends["speaking"]),
            summed_ends(self.ends["reading"]),
            summed_following(self.readings, self.left_out) if self.readings else None,
        )


def new_player(options: TurnOptions) -> tuple[Player, Settings]:
    """A player with the recogniser that the settings name.

    Raises:
        BenchError: a setting is wrong.
    """
    try:
        settings = Settings.load(**options.settings)
    except SettingsError as error:
        raise BenchError(str(error)) from error
    ears = Ears(load_recogniser(settings, resolve_model(settings.model, settings.cache_dir)))
    return Player(_config(settings), Vad(), ears, options.language, options.follow), settings


def run(options: TurnOptions, progress: Progress) -> TurnReport:
    """Measure."""
    player, settings = new_player(options)
    tally, speakers = Tally(), list(recordings_of(options, player.vad))
    for number, recordings in enumerate(speakers):
        progress("playing", number / len(speakers))
        tally.play(player, recordings)
    return tally.report(settings.endpoint_silence_ms)


def show(report: TurnReport, console: Console) -> None:
    """Show the report."""
    table = Table(title="Turns")
    for column in ("", "recordings", "cut", "dead air, mean", "p95"):
        table.add_column(column, justify="left" if not column else "right")
    ways = {
        f"plain timer, {report.timer_ms} ms": report.timer,
        "speaking": report.speaking,
        "reading": report.reading,
    }
    for name, ended in ways.items():
        cut = f"{ended.cut} ({100 * ended.cut / max(1, ended.recordings):.1f} %)"
        waits = (ended.dead_air_mean_s, ended.dead_air_p95_s)
        table.add_row(name, str(ended.recordings), cut, *(f"{1000 * s:.0f} ms" for s in waits))
    console.print(table)
    if (found := report.following) is not None:
        console.print(
            f"{found.told} of {found.words} words told as read, "
            f"{found.delay_p50_s:.2f} s after they were said (p95 {found.delay_p95_s:.2f} s); "
            f"{found.skipped} of {found.words} said and told as skipped; "
            f"{found.left_out_read} of {found.left_out} cut out and told as read"
        )


def _config(settings: Settings) -> SessionConfig:
    base = SessionConfig()
    segmenter = replace(
        base.segmenter,
        endpoint_silence=to_samples(settings.endpoint_silence_ms),
        pause=to_samples(settings.pause_ms),
    )
    return replace(base, segmenter=segmenter, turns=settings.turns)


def recordings_of(options: TurnOptions, vad: Vad) -> Iterator[list[Recording]]:
    """Each speaker's recordings."""
    if options.data is None:
        yield list(clean_recordings()[: options.utterances])
        return
    entries = read_manifest(Path(options.data))
    for speaker, theirs in groupby(
        sorted(entries, key=lambda one: one.speaker), key=lambda one: one.speaker
    ):
        if options.speakers and speaker not in options.speakers:
            continue
        chosen = list(theirs)
        random.Random(speaker).shuffle(chosen)  # noqa: S311 - a sample, no secret
        yield [read_recording(entry, vad) for entry in islice(chosen, options.utterances)]


def _with_room(samples: Samples) -> Samples:
    lead = noise(to_samples(LEAD_MS), ROOM_LEVEL, 0)
    return np.concatenate((lead, samples, noise(to_samples(GAP_MS), ROOM_LEVEL, 1)))


def _last_s(recording: Recording) -> float:
    """When the last window of speech of a recording begins, its lead counted."""
    return LEAD_MS / 1000 + (recording.speech[-1] / RATE if recording.speech else 0.0)


def _on_own_clock(told: Sequence[Told], began_s: float) -> list[Told]:
    """Events whose times count from a recording's beginning."""
    began_ms = round(1000 * began_s)
    return [Told(one.at_s - began_s, _earlier(one.event, began_ms)) for one in told]


def _earlier(event: EventT, by_ms: int) -> EventT:
    """An event, or a word of one, whose times are so much earlier."""
    changes: dict[str, Any] = {
        name: getattr(event, name) - by_ms
        for name in ("at_ms", "start_ms", "end_ms")
        if getattr(event, name, None) is not None
    }
    if isinstance(event, TranscriptFinal):
        changes["words"] = tuple(_earlier(word, by_ms) for word in event.words)
    return cast("EventT", replace(cast("Any", event), **changes)) if changes else event


def _left_out(player: Player, recording: Recording, told: Sequence[Told]) -> list[bool]:
    """Whether a word that is cut out of a recording is told as read; empty: none can be."""
    cut = _without_a_word(recording, told, player.language)
    if cut is None:
        return []
    index, shorter = cut
    (again,) = player.play([replace(recording, samples=shorter)], reads=True)
    return [was_read(again, index)]


def _without_a_word(
    recording: Recording, told: Sequence[Told], language: str
) -> tuple[int, Samples] | None:
    """A recording without one of its longer words in the middle, and that word's index."""
    finals = [one.event for one in told if isinstance(one.event, TranscriptFinal)]
    words = [
        RecognisedWord(word.text, word.start_ms / 1000, word.end_ms / 1000, word.confidence)
        for final in finals
        for word in final.words
    ]
    text = split_words(recording.text, language)
    passage = locate(text, 0, words, language) if words else None
    if passage is None:
        return None
    read = [word for word in passage.words if word.status != "inserted"]
    inner = [
        (n, word)
        for n, word in enumerate(read)
        if word.status == "matched" and len(word.text) >= 4 and 0 < n < len(read) - 2
    ]
    if not inner:
        return None
    n, word = inner[len(inner) // 2]
    begin, end = (to_samples((ms or 0) - LEAD_MS) for ms in (word.start_ms, word.end_ms))
    return passage.start + n, _spliced(recording.samples, max(0, begin), max(0, end))


def _spliced(samples: Samples, begin: int, end: int) -> Samples:
    """Samples without a stretch, faded where they meet."""
    before, after = samples[:begin].astype(np.float32), samples[end:].astype(np.float32)
    edge = min(EDGE, len(before), len(after))
    if edge:
        ramp = np.linspace(1.0, 0.0, edge, dtype=np.float32)
        before[-edge:] = before[-edge:] * ramp + after[:edge] * ramp[::-1]
        after = after[edge:]
    return np.concatenate((before, after)).astype(np.int16)

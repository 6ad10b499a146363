"""Recordings with their texts: found by a manifest, sampled, and searched for speech offline."""

from __future__ import annotations

import gzip
import io
import json
import random
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from tutor.adapters.speech.media import MediaError, read_audio_file
from tutor.adapters.speech.vad import Vad
from tutor.bench.options import BenchError
from tutor.core.audio.samples import RATE, WINDOW, Samples, from_pcm16

SPEECH_PROBABILITY = 0.5
"""The probability from which on a Silero window holds speech."""

LONGEST_S = 28.0
"""Seconds of the longest recording: a longer one would run into the forced endpoint at 30 s."""

SPEECH = Path(str(files("tutor") / "bench" / "speech"))
"""The test speech (tests/data/speech): an installed wheel measures with what a checkout does."""

PROBE_TEXT = "Hello, can you hear me clearly?"

NOISES_DB = (None, 25.0, 15.0)
"""Signal to noise of the synthetic mix: clean, a quiet room, a fan."""


@dataclass(frozen=True)
class Entry:
    """A recording in a manifest, with its text."""

    path: Path
    text: str
    speaker: str = ""
    """Who speaks, where the manifest says so."""


@dataclass(frozen=True)
class Recording:
    """A recording with its text, and where in it there is speech."""

    name: str
    text: str
    samples: Samples
    """Mono, 16 kHz."""
    speech: tuple[int, ...]
    """Positions (samples) of the windows of 512 samples that hold speech, found by Silero on the
    clean recording itself."""


def sample_recordings(data: str | None, count: int, seed: int) -> tuple[Recording, ...]:
    """At most `count` recordings in a seeded order; fewer where the folder has no more.

    Raises:
        BenchError: there is no manifest, it is wrong, or no recording holds speech.
    """
    source = _shipped() if data is None else _of_folder(Path(data), seed)
    found = []
    for recording in source:
        if recording.speech and len(recording.samples) <= LONGEST_S * RATE:
            found.append(recording)
        if len(found) == count:
            break
    if not found:
        raise BenchError(f"{data or 'the product'}: no recording in it holds speech")
    if data is None:
        random.Random(seed).shuffle(found)  # noqa: S311 - a sample, no secret
    return tuple(found)


def read_manifest(folder: Path) -> list[Entry]:
    """The recordings of a folder: `manifest.json`, or `labels.jsonl(.gz)` beside `flac/`.

    Raises:
        BenchError: there is no manifest, it cannot be read, or it names no recording.
    """
    readers = {
        "manifest.json": _read_json,
        "labels.jsonl": _read_lines,
        "labels.jsonl.gz": _read_lines,
    }
    manifest = next((folder / name for name in readers if (folder / name).is_file()), None)
    if manifest is None:
        raise BenchError(f"{folder}: there is no manifest.json and no labels.jsonl(.gz) in it")
    try:
        entries = readers[manifest.name](manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        kind = type(error).__name__
        raise BenchError(f"{manifest}: not a manifest ({kind}: {error})") from error
    if not entries:
        raise BenchError(f"{manifest}: it names no recording")
    return entries


def find_speech(samples: Samples, vad: Vad) -> tuple[int, ...]:
    """Positions of the windows of 512 samples whose speech probability is 0.5 or more."""
    padded = np.concatenate((samples, np.zeros(-len(samples) % WINDOW, np.int16)))
    windows = list(padded.reshape(-1, WINDOW))
    probabilities = vad.stream().probabilities(windows)
    return tuple(
        index * WINDOW
        for index, probability in enumerate(probabilities)
        if probability >= SPEECH_PROBABILITY
    )


def noise(samples: int, level: float, seed: int) -> Samples:
    """Room-like noise: white, a little smoothed; `level` is its RMS in units of int16."""
    white = np.random.default_rng(seed).standard_normal(samples + 8)
    smooth = np.convolve(white, np.ones(8) / np.sqrt(8), "same")[:samples]
    return np.clip(smooth * level, -32768, 32767).astype(np.int16)


def read_probe() -> Samples:
    """The spoken sentence that ships with the product."""
    data = (files("tutor") / "assets" / "probe.wav").read_bytes()
    with wave.open(io.BytesIO(data)) as wav:
        return from_pcm16(wav.readframes(wav.getnframes()))


def _read_json(manifest: Path) -> list[Entry]:
    entries: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
    return [
        Entry(manifest.parent / name, str(e["text"]), str(e.get("speaker", "")))
        for name, e in sorted(entries.items())
    ]


def _read_lines(manifest: Path) -> list[Entry]:
    opened = gzip.open if manifest.suffix == ".gz" else open
    with opened(manifest, "rt", encoding="utf-8") as lines:
        labels = [json.loads(line) for line in lines if line.strip()]
    folder = manifest.parent / "flac"
    return [
        Entry(
            folder / f"{label['utterance']}.flac",
            str(label["text"]),
            str(label.get("speaker", "")),
        )
        for label in labels
    ]


def _of_folder(folder: Path, seed: int) -> Iterator[Recording]:
    entries = read_manifest(folder)
    random.Random(seed).shuffle(entries)  # noqa: S311 - a sample, no secret
    vad = Vad()
    return (read_recording(entry, vad) for entry in entries)


def read_recording(entry: Entry, vad: Vad) -> Recording:
    """Decode a recording of a manifest, and find the speech in it.

    Raises:
        BenchError: it cannot be read.
    """
    try:
        samples = read_audio_file(entry.path)
    except MediaError as error:
        raise BenchError(str(error)) from error
    return Recording(entry.path.stem, entry.text, samples, find_speech(samples, vad))


def clean_recordings() -> tuple[Recording, ...]:
    """The probe and the test speech as they are."""
    vad = Vad()
    probe = read_probe()
    clean = [Recording("probe", PROBE_TEXT, probe, find_speech(probe, vad))]
    if SPEECH.is_dir():  # the images do without
        clean += [read_recording(entry, vad) for entry in read_manifest(SPEECH)]
    return tuple(clean)


def _shipped() -> Iterator[Recording]:
    """The synthetic mix: the probe and the test speech, each with three noises."""
    for seed, recording in enumerate(clean_recordings()):
        yield from (_with_noise(recording, ratio, seed) for ratio in NOISES_DB)


def _with_noise(recording: Recording, ratio_db: float | None, seed: int) -> Recording:
    if ratio_db is None:
        return recording
    voice = float(np.sqrt(np.mean(recording.samples.astype(np.float64) ** 2)))
    hiss = noise(len(recording.samples), voice / 10 ** (ratio_db / 20), seed)
    mixed = np.clip(recording.samples.astype(np.int32) + hiss, -32768, 32767).astype(np.int16)
    return replace(recording, name=f"{recording.name}+{ratio_db:g}dB", samples=mixed)

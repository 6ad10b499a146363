"""`tutor assess`: a recording, or many, against the text that was to be read."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from tutor.adapters.coach.exercises import open_library
from tutor.adapters.feedback.assessor import SCORING_MODEL, assess_reading, assess_sounds
from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.settings import Settings
from tutor.adapters.settings.cores import usable_cores
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.cutter import MAX_UTTERANCE, Cutter, cut_reading
from tutor.adapters.speech.media import MediaError, read_audio_file
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.vad import Vad
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import Samples, to_float
from tutor.core.coach.exercises import pairs_with
from tutor.core.feedback.assessment import Assessment
from tutor.core.feedback.reading.reading import TextError
from tutor.core.feedback.recorded_reading import RecordedReading
from tutor.core.feedback.report import Report
from tutor.shells.cli.show import as_json


@dataclass(frozen=True)
class Entry:
    """One line of a manifest."""

    audio: str
    text: str
    path: Path


class ManifestError(Exception):
    """The manifest cannot be read; the message is one line."""


class FileAssessor:
    """Assesses recordings of any length as the product does, without a server.

    Without `transcribe` recordings of up to 30 s are judged by their sounds alone: that is faster,
    but finds neither added words nor pauses, and counts more words as not said. Where the text is
    longer than anybody could say in the recording, they are transcribed all the same.
    """

    def __init__(self, settings: Settings, language: str, *, transcribe: bool) -> None:
        # A reading is judged by what the unadapted recogniser hears, as in a session.
        one_thread = settings.model_copy(update={"asr_threads": 1, "adaptation": "off"})
        self._language = language
        self._vad = Vad()
        self._pronouncer = Pronouncer.load(resolve_model(SCORING_MODEL, settings.cache_dir))
        self._library = open_library(settings.exercises_dir).find(language)
        self._settings = one_thread
        self._recogniser: Recogniser | None = None
        self._transcribe = transcribe

    def assess(self, audio: Samples, text: str) -> Report:
        """Assess a recording, int16 at 16 kHz, against its text."""
        try:
            reading = RecordedReading(text, self._language)
        except TextError as error:
            return Report(reason=error.reason)
        if not self._transcribe and len(audio) <= MAX_UTTERANCE:
            found = self._assess_sounds(audio, reading.words)
            if found.pronunciation and found.pronunciation.reason != "text_too_long":
                reading.receive_assessment(found, 0)
                return reading.report()
            # Only a part of the text can have been read: the recogniser tells which.
        return self._assess_heard(audio, reading)

    def _assess_sounds(self, audio: Samples, words: Sequence[str]) -> Assessment:
        pairs = pairs_with(self._library, words)
        return assess_sounds(self._pronouncer, to_float(audio), words, self._language, pairs)

    def _assess_heard(self, audio: Samples, reading: RecordedReading) -> Report:
        """Assess a recording utterance by utterance, each at its place in the text."""
        utterances = list(cut_reading([audio], Cutter(self._vad)))
        said = []
        for start, part in utterances:
            heard = self._hear(part)
            said.append(heard.text)
            window = reading.window()
            found = assess_reading(
                self._pronouncer,
                to_float(part),
                heard,
                window,
                pairs_with(self._library, window.words),
                is_all=len(utterances) == 1,
            )
            reading.receive_assessment(found, start)
        return replace(reading.report(), transcript=" ".join(said))

    def _hear(self, audio: Samples) -> Recognition:
        if self._recogniser is None:
            model = resolve_model(self._settings.model, self._settings.cache_dir)
            self._recogniser = load_recogniser(self._settings, model)
        return self._recogniser.recognise([Request(to_float(audio), self._language, "final")])[0]


def assess_file(
    settings: Settings, audio: Path, text: str, language: str, *, transcribe: bool
) -> Report:
    """Assess one recording.

    Raises:
        MediaError: the recording cannot be read.
    """
    samples = read_audio_file(audio)
    return FileAssessor(settings, language, transcribe=transcribe).assess(samples, text)


# ---------------------------------------------------------------- many


def assess_manifest(
    settings: Settings, source: Path, out: Path, language: str, *, transcribe: bool
) -> int:
    """Assess every line of a manifest on all cores; return how many could not be scored.

    Raises:
        ManifestError: a line is not {"audio": …, "text": …}, or a file cannot be read or written.
    """
    entries = read_manifest(source)
    unscored = 0
    try:
        with (
            # Each line is there once it is done. JSON may hold half a character, UTF-8 may not: its
            # escape is JSON again.
            out.open("w", buffering=1, encoding="utf-8", errors="backslashreplace") as file,
            _workers(settings, language, transcribe) as pool,
            Progress(console=Console(stderr=True)) as progress,
        ):
            results = pool.map(_assess_entry, entries, chunksize=4)
            for result in progress.track(results, total=len(entries), description="assessing"):
                unscored += result.get("total") is None
                file.write(json.dumps(result, ensure_ascii=False) + "\n")
    except OSError as error:
        raise ManifestError(f"{out}: {error.strerror or error}") from error
    return unscored


def read_manifest(source: Path) -> list[Entry]:
    """The lines of a manifest; a path counts from its folder, or else from the working folder.

    Raises:
        ManifestError: the manifest cannot be read, or a line is wrong.
    """
    try:
        lines = source.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{source}: {error}") from error
    return [
        _entry(line, f"{source}:{n}", source.parent)
        for n, line in enumerate(lines, 1)
        if line.strip()
    ]


def _entry(line: str, where: str, folder: Path) -> Entry:
    try:
        data = json.loads(line)
        audio, text = data["audio"], data["text"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ManifestError(f'{where}: not {{"audio": …, "text": …}}: {error}') from error
    if not isinstance(audio, str) or not isinstance(text, str):
        raise ManifestError(f"{where}: audio and text must be strings")
    beside = folder / audio
    return Entry(audio, text, beside if os.path.exists(beside) else Path(audio))  # noqa: PTH110 - never raises


_resident: dict[str, FileAssessor] = {}


@contextmanager
def _workers(settings: Settings, language: str, transcribe: bool) -> Iterator[Executor]:
    """A pool of one process for each core: one thread of Whisper is the fastest use of a core."""
    pool = ProcessPoolExecutor(
        max_workers=usable_cores(),
        mp_context=get_context("spawn"),  # OpenMP does not survive a fork
        initializer=_load,
        initargs=(settings, language, transcribe),
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupt does not wait for all


def _load(settings: Settings, language: str, transcribe: bool) -> None:
    _resident["assessor"] = FileAssessor(settings, language, transcribe=transcribe)


def _assess_entry(entry: Entry) -> dict[str, Any]:
    """One line of the output; a recording that cannot be read gives a line too."""
    asked = {"audio": entry.audio, "text": entry.text}
    try:
        return asked | as_json(
            _resident["assessor"].assess(read_audio_file(entry.path), entry.text)
        )
    except MediaError as error:
        return asked | {"error": str(error)}
    except Exception as error:  # ours; it shall not cost the hours of the other lines
        traceback.print_exc()
        return asked | {"error": f"a fault of this program: {error!r}"}

"""`tutor assess`: a recording, or many, against the text that was to be read."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tutor.adapters.feedback.assessor import SCORING_MODEL
from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.settings import Settings
from tutor.adapters.speech.cutter import cut
from tutor.adapters.speech.media import MediaError, read_audio_file
from tutor.adapters.speech.recogniser import load_recogniser
from tutor.adapters.speech.request import Recogniser, Request
from tutor.adapters.speech.vad import Vad
from tutor.adapters.speech.weights import resolve_model
from tutor.core.audio.recognition import Recognition
from tutor.core.audio.samples import RATE, Samples, to_float, to_ms
from tutor.core.feedback.assessment import Passage, Pronunciation
from tutor.core.feedback.fluency import measure_fluency
from tutor.core.feedback.pronunciation.judgeable import LONGEST_S, reference_words
from tutor.core.feedback.pronunciation.rivals import rivals_of
from tutor.core.feedback.reading.passages import confidences, locate
from tutor.core.feedback.reading.reading import Reading, check_text, heard_instead
from tutor.core.feedback.report import REASONS, Part, Report, report
from tutor.core.feedback.silence import cut_silence


@dataclass(frozen=True)
class Entry:
    """One line of a manifest."""

    audio: str
    text: str
    path: Path


class ManifestError(Exception):
    """The manifest cannot be read; the message is one line."""


class FileAssessor:
    """Assesses recordings of any length; with `transcribe` also what was added, and pauses."""

    def __init__(self, settings: Settings, language: str, *, transcribe: bool) -> None:
        one_thread = settings.model_copy(update={"asr_threads": 1})
        self._language = language
        self._vad = Vad()
        self._pronouncer = Pronouncer.load(resolve_model(SCORING_MODEL, settings.cache_dir))
        self._settings = one_thread
        self._recogniser: Recogniser | None = None
        self._transcribe = transcribe

    def assess(self, audio: Samples, text: str) -> Report:
        """Assess a recording, int16 at 16 kHz, against its text."""
        words = reference_words(text)
        try:
            check_text(text, self._language)
        except ValueError:
            return Report(reason="text_too_long" if words else "no_text")
        if len(audio) > LONGEST_S * RATE:
            return self._assess_long(audio, Reading(text, self._language))
        found = self._pronouncer.assess(to_float(audio), text, self._language)
        if found.reason is not None or not self._transcribe:
            return report(words, [Part(0, 0, found)])
        heard = self._hear(audio)
        passage = locate(words, 0, heard.words, self._language)
        found = self._judged(audio, words, 0, passage, heard)
        return self._described(report(words, [Part(0, 0, found, passage)]), heard, audio, text)

    def _judged(
        self,
        audio: Samples,
        words: Sequence[str],
        start: int,
        passage: Passage,
        heard: Recognition,
    ) -> Pronunciation:
        """Judge words, of which the first is the text's of this index, by what was recognised."""
        rivals = rivals_of(words, heard_instead(passage, passage.start - start))
        sure = confidences(passage, heard.words)
        recognised = {n - start: share for n, share in sure.items()}
        return self._pronouncer.assess(
            to_float(audio), " ".join(words), self._language, rivals, recognised
        )

    def _assess_long(self, audio: Samples, reading: Reading) -> Report:
        """More than Whisper's window: utterance by utterance, each where it stands in the text."""
        parts, said = [], []
        for start, end in cut(audio, self._vad):
            heard = self._hear(audio[start:end])
            said.append(heard.text)
            passage = locate(reading.words, reading.position, heard.words, self._language)
            reading.receive_passage(passage)
            words = reading.words[passage.start : passage.end]
            found = self._judged(audio[start:end], words, passage.start, passage, heard)
            parts.append(Part(passage.start, to_ms(start), found, passage))
        return replace(report(reading.words, parts), transcript=" ".join(said))

    def _described(self, found: Report, heard: Recognition, audio: Samples, text: str) -> Report:
        words = cut_silence(heard.words, to_float(audio))
        details = measure_fluency(words, self._language, text)
        return replace(found, transcript=heard.text, details=details)

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
        MediaError: it cannot be read.
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
    """The lines of a manifest; a path counts from its folder, or else from where one is.

    Raises:
        ManifestError: it cannot be read, or a line is wrong.
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
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestError(f'{where}: not {{"audio": …, "text": …}}: {error}') from error
    if not isinstance(audio, str) or not isinstance(text, str):
        raise ManifestError(f"{where}: audio and text must be strings")
    beside = folder / audio
    return Entry(audio, text, beside if os.path.exists(beside) else Path(audio))  # noqa: PTH110 - never raises


_resident: dict[str, FileAssessor] = {}


@contextmanager
def _workers(settings: Settings, language: str, transcribe: bool) -> Iterator[Executor]:
    """A process a core: one thread of Whisper is the fastest use of a core."""
    pool = ProcessPoolExecutor(
        max_workers=os.cpu_count() or 1,
        mp_context=get_context("spawn"),  # OpenMP does not survive a fork
        initializer=_load,
        initargs=(settings, language, transcribe),
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)  # whoever interrupts does not wait for all


def _load(settings: Settings, language: str, transcribe: bool) -> None:
    _resident["assessor"] = FileAssessor(settings, language, transcribe=transcribe)


def _assess_entry(entry: Entry) -> dict[str, Any]:
    """One line of the output; a recording that cannot be read is a line too."""
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


# ---------------------------------------------------------------- shown


def as_json(found: Report) -> dict[str, Any]:
    """A report as plain data; `error` says why there are no scores."""
    data = asdict(found)
    if found.reason is not None:
        data["error"] = REASONS[found.reason]
    return data


def print_report(found: Report, as_plain_json: bool) -> None:
    """Print a report for a program or for a person."""
    if as_plain_json:
        print(json.dumps(as_json(found), ensure_ascii=False))  # noqa: T201 - what was asked for
    else:
        show(found, Console())


def show(found: Report, console: Console) -> None:
    """Show scores, words and rates as tables."""
    if found.reason is not None:
        console.print(f"[red]not scored: {REASONS[found.reason]}")
        return
    scores = Table(box=None, pad_edge=False)
    for name in ("accuracy", "fluency", "prosodic", "completeness", "total"):
        scores.add_column(name, justify="right")
    scores.add_row(
        *(
            "-" if value is None else f"{value:.0f}"
            for value in (
                found.accuracy,
                found.fluency,
                found.prosodic,
                found.completeness,
                found.total,
            )
        )
    )
    console.print(scores)
    if not found.calibrated:
        console.print("[dim]not calibrated: these scores only rank")
    console.print(_word_table(found))
    if found.insertions:
        console.print(f"added: {' '.join(found.insertions)}")
    if found.details is not None:
        details = found.details
        console.print(
            f"{details.words_per_minute:.0f} words a minute, "
            f"{details.articulation_rate:.1f} syllables a second, "
            f"{details.all_pause_count} pauses ({details.all_pause_duration:.1f} s)"
        )


def _word_table(found: Report) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("word", "score", "", "from", "to", "sounds"):
        table.add_column(name, justify="right" if name in ("score", "from", "to") else "left")
    for word in found.words:
        table.add_row(
            word.text,
            f"{word.score:.0f}",
            word.error or "",
            "" if word.start_ms is None else f"{word.start_ms / 1000:.2f}",
            "" if word.end_ms is None else f"{word.end_ms / 1000:.2f}",
            " ".join(f"{phone.ipa} {phone.score:.0f}" for phone in word.phones),
        )
    return table

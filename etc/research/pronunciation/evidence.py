"""Ask the product once for what it makes of many readings, and keep it for `caught.py`.

    python etc/research/pronunciation/say.py --kokoro package/voices --out RECORDINGS
    python etc/research/pronunciation/evidence.py --keep FOLDER --recordings RECORDINGS
    python etc/research/pronunciation/evidence.py --keep FOLDER --sounds SOUNDS --language es
    python etc/research/pronunciation/evidence.py --keep FOLDER --data CORPUS

The three sources: what was said wrong (`said_wrong.txt`), prompts of native speakers (`native.py`),
learners. The recipe is that of `tutor assess --transcribe` and of an uploaded file. What Whisper
made of the audio is kept, too: the next run costs a fraction. `--seconds` ends a run, the next one
goes on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from corpus import speaker_folds
from listen import labels
from native import SENTENCE, convert, texts_of
from remembered import Memory, RememberingAligner, RememberingRecogniser
from safetensors.numpy import load_file
from said_wrong import FIRST, shuffled, trials
from spliced import Splicer
from stillness import quiet_ms

from tutor.adapters.coach.exercises import open_library
from tutor.adapters.coach.phrases import load_phrases
from tutor.adapters.feedback.aligner import Aligner
from tutor.adapters.feedback.assessor import assess_reading
from tutor.adapters.feedback.choosing import Chooser, Hearing, Held
from tutor.adapters.feedback.listened import Listened
from tutor.adapters.feedback.phones import ASSETS, English
from tutor.adapters.feedback.pronouncer import WEIGHTS, Pronouncer
from tutor.adapters.feedback.trained import Trained
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.cutter import Cutter, cut_reading
from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.speech.models.weights import resolve_model
from tutor.adapters.speech.vad import Vad
from tutor.core.audio.samples import Audio, Samples, to_float
from tutor.core.coach.coach import coach
from tutor.core.coach.exercises import pairs_with
from tutor.core.feedback.assessment import Assessment, Pronunciation
from tutor.core.feedback.pronunciation import rivals
from tutor.core.feedback.pronunciation.bounds import BOUNDS, Bounds
from tutor.core.feedback.pronunciation.judgeable import reference_words
from tutor.core.feedback.pronunciation.rivals import Weighed
from tutor.core.feedback.recorded_reading import RecordedReading
from tutor.core.protocol.messages import Exercise

FLOOR = 0.0
"""Evidence from which on a rival is heard three times, so that lower bounds can be tried."""

ASKED = -15.0
"""Preference of the frames from which on the recogniser is asked about a rival, for the same."""

CHOSEN_FOLDS = (0, 1)
"""Learners of these folds are for choosing, the others' readings are measured."""

LEAST_ACCURACY = 7
"""The experts' median under which a learner's reading tells nothing of right ones."""


LEARNERS = "learners"


@dataclass(frozen=True)
class Case:
    """A recording that is held against a text."""

    source: str
    name: str
    half: str
    """`choose`: thresholds may look at it; `measure`."""
    kind: str
    """What is wrong in it, or `right`."""
    text: str
    at: int = -1
    """Index of the word that is wrong."""
    fault: str = ""
    """The sentence as it was said, where something is wrong."""
    experts: tuple[float, ...] = ()
    """The experts' score of each word, where they heard it."""
    worst: tuple[float, ...] = ()
    """The score of the expert who liked each word least."""
    group: str = ""
    """What sort of words are taken for each other."""

    @property
    def is_cut(self) -> bool:
        """Whether the silence around it is cut off first. Learners' recordings are one utterance
        each, as they are for `wrong_texts.py`, whose memory serves here, too."""
        return LEARNERS not in self.source


Part = tuple[int, str, str, float, float | None]
"""A rival in one hearing: the word's index, the rival, why it is one, and how much likelier it is
to the frames and to the recogniser (None: not asked)."""


@dataclass
class Told:
    """What the product's judges made of one utterance, in their own words."""

    words: int
    start: int = 0
    weighed: list[Weighed] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    unsaid: list[int] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)


class TellingChooser(Chooser):
    """A chooser that tells what frames and recogniser made of each rival."""

    parts: list[Part]

    def weigh(self, hearing: Hearing, words: Sequence[str], held: Sequence[Held]) -> list[Weighed]:
        """The product's."""
        self._ratios: dict[tuple[int, str], float] = {}
        found = super().weigh(hearing, words, held)
        for one, preference in zip(held, hearing.preferences, strict=True):
            ratio = self._ratios.get((one.at, one.rival.text))
            rounded = None if ratio is None else round(ratio, 2)
            name = one.rival.origin.name
            self.parts.append((one.at, one.rival.text, name, round(preference, 2), rounded))
        return found

    def _ratio(self, hearing: Hearing, words: Sequence[str], one: Held) -> float:
        ratio = super()._ratio(hearing, words, one)
        self._ratios[one.at, one.rival.text] = ratio
        return ratio


class Telling(Pronouncer):
    """A pronouncer that tells what it weighed."""

    told: list[Told]

    def __init__(
        self, aligner: Aligner, english: English, trained: Trained, *, as_shipped: bool
    ) -> None:
        """`as_shipped`: ask no more than the product does; no other bounds can be tried then."""
        super().__init__(aligner, english, trained)
        self._as_shipped = as_shipped
        self._chooser = self._teller = TellingChooser(aligner, english)
        self._weighed: list[Weighed] = []

    def assess(
        self, audio: Audio | Listened, text: Any, language: str, *more: Any
    ) -> Pronunciation:
        """The product's, and beside it what counts as not said whatever stands against it."""
        self._teller.parts, self._weighed = [], []
        found = super().assess(audio, text, language, *more)
        told = Told(len(text), 0, self._weighed, self._teller.parts)
        plain = found
        if not self._as_shipped:
            plain = super().assess(audio, text, language, None, None, None, *more[3:])
        told.chosen = [n for n, _ in (*found.replaced, *found.doubtful)]
        chosen = set(told.chosen) if self._as_shipped else set[int]()
        unsaid = (n for n, word in enumerate(plain.words) if word.score is None)
        told.unsaid = [n for n in unsaid if n not in chosen]
        self.told.append(told)
        return found

    def _weigh(self, listened: Listened, heard: Any) -> list[Weighed]:
        shipped, ruled_out = dict(BOUNDS), rivals.RULED_OUT
        if not self._as_shipped:
            rivals.RULED_OUT = ASKED
            low = {kind: Bounds(min(FLOOR, b.doubtful), b.proven) for kind, b in shipped.items()}
            BOUNDS.update(low)
        try:
            found = super()._weigh(listened, heard)
        finally:
            BOUNDS.update(shipped)
            rivals.RULED_OUT = ruled_out
        places = {n: at for at, n in enumerate(heard.asked.own)}
        self._weighed = [replace(one, at=places[one.at]) for one in found if one.at in places]
        return found


class Bench:
    """Judges readings as `tutor assess` does, with a memory."""

    def __init__(self, keep: Path, *, as_shipped: bool = False) -> None:
        # A reading is judged by what the unadapted recogniser hears.
        settings = Settings.load().model_copy(update={"asr_threads": 1, "adaptation": "off"})
        model = resolve_model("base", settings.cache_dir)
        memory = Memory(keep / "whisper")
        self.recogniser = RememberingRecogniser(lambda: load_recogniser(settings, model), memory)
        self._trained = Trained(load_file(ASSETS / WEIGHTS))
        self._aligner, self._english = RememberingAligner(model, memory), English.load()
        self.pronouncer = Telling(
            self._aligner, self._english, self._trained, as_shipped=as_shipped
        )
        self._vad = Vad()
        self._folder = settings.exercises_dir
        self._phrases = load_phrases()

    def splicer(self, data: Path) -> Splicer:
        """Cuts and joins recordings, by the same ears."""
        return Splicer(self._aligner, self._english, self._trained, data)

    def ask(self, case: Case, audio: Samples, language: str) -> dict[str, Any]:
        """Everything that the product says and knows of a reading."""
        reading = RecordedReading(case.text, language)
        library = open_library(self._folder).find(language)
        parts = list(cut_reading([audio], Cutter(self._vad))) if case.is_cut else [(0, audio)]
        told: list[Told] = []
        written: list[list[tuple[str, float]]] = []
        pauses: list[tuple[int, int, int]] = []
        repeated: list[str] = []
        replies: list[str] = []
        for start, part in parts:
            window = reading.window()
            heard = self.recogniser.hear(to_float(part), language)
            written.append([(word.text, word.confidence) for word in heard.words])
            self.pronouncer.told = []
            found = assess_reading(
                self.pronouncer,
                to_float(part),
                heard,
                window,
                pairs_with(library, window.words),
                is_all=len(parts) == 1,
            )
            told += self._of(found, window.offset)
            replies.append(self._reply(found, heard.text, case.text))
            if found.fluency is not None:
                repeated += [str(one) for one in found.fluency.repetitions]
                pauses += [
                    (one.start_ms, one.end_ms, quiet_ms(to_float(part), one.start_ms, one.end_ms))
                    for one in found.fluency.all_pause_list
                ]
            reading.receive_assessment(found, start)
        report = reading.report()
        return {
            **asdict(case),
            "written": written,
            "reason": report.reason,
            "total": report.total,
            "insertions": report.insertions,
            "words": [(word.text, word.score, word.error) for word in report.words],
            "pauses": pauses,
            "replies": replies,
            "repeated": repeated,
            "unsaid": [n + one.start for one in told for n in one.unsaid],
            "chosen": [n + one.start for one in told for n in one.chosen],
            "weighed": [
                (w.at + one.start, w.rival.text, w.rival.origin.name, round(w.rival.sure, 2),
                 round(w.sounds, 2), round(w.recogniser, 2), w.beside)
                for one in told
                for w in one.weighed
            ],
            "parts": [(at + one.start, *part) for one in told for at, *part in one.parts],
        }  # fmt: skip

    def _reply(self, found: Assessment, heard: str, text: str) -> str:
        """What the built-in coach says of it."""
        exercise = Exercise("read_aloud", text, "A2")
        return coach(
            found,
            heard,
            exercise=exercise,
            native_language="en",
            next_prompt=None,
            practise=(),
            phrases=self._phrases,
        )

    def _of(self, found: Assessment, offset: int) -> Iterator[Told]:
        """What was weighed when the passage was asked for that it was in the end."""
        passage = found.passage
        if passage is not None and found.pronunciation is not None:
            for one in reversed(self.pronouncer.told):
                if one.words == passage.end - passage.start:
                    yield replace(one, start=offset + passage.start)
                    return


# ---------------------------------------------------------------- where it comes from


def said_wrong(recordings: Path, path: Path = FIRST) -> Iterator[tuple[Case, Samples]]:
    """What voices say wrong, and right."""
    for trial in shuffled(trials(path), lambda trial: trial.recording.name):
        file = recordings / f"{trial.recording.name}.npy"
        if file.exists():
            kind = "right" if trial.is_right else trial.sentence.kind
            at = -1 if trial.is_right else trial.sentence.at
            fault = "" if trial.is_right else trial.sentence.fault
            name = f"{trial.recording.name} / {trial.text}"
            group = "" if trial.is_right else trial.sentence.group
            yield (
                Case("said", name, trial.half, kind, trial.text, at, fault, group=group),
                np.load(file),
            )


def natives(sounds: Path, language: str) -> Iterator[tuple[Case, Samples]]:
    """Prompts of a native speaker that are sentences: every second one is for choosing."""
    found = {
        path.relative_to(root).with_suffix("").as_posix(): path
        for root in sounds.rglob(f"{language}_*")
        if root.is_dir() and not root.is_symlink()
        for path in root.rglob("*.g722")
    }
    texts = {name: text for name, text in texts_of(sounds, language).items() if name in found}
    long = {n: text for n, text in texts.items() if len(reference_words(text)) >= SENTENCE}
    with TemporaryDirectory() as folder:
        halves = {name: "measure" if n % 2 else "choose" for n, name in enumerate(long)}
        for name, text in shuffled(long.items(), lambda pair: pair[0]):
            half = halves[name]
            convert(found[name], target := Path(folder) / "prompt.wav")
            yield (
                Case(f"native {language}", name, half, "right", text),
                read_audio_file(target),
            )


def learners(data: Path, every: int) -> Iterator[tuple[Case, Samples]]:
    """Every so many readings of the corpus that experts called accurate."""
    rows = labels(data)
    fold_of = speaker_folds(rows)
    for row in shuffled(rows[::every], lambda row: str(row["utterance"])):
        if float(np.median(row["accuracy"])) >= LEAST_ACCURACY:
            half = "choose" if fold_of[row["speaker"]] in CHOSEN_FOLDS else "measure"
            experts = tuple(float(np.median(word["accuracy"])) for word in row["words"])
            worst = tuple(float(min(word["accuracy"])) for word in row["words"])
            case = Case(
                LEARNERS,
                row["utterance"],
                half,
                "right",
                row["text"],
                experts=experts,
                worst=worst,
            )
            yield case, read_audio_file(data / "flac" / f"{row['utterance']}.flac")


def spliced(
    bench: Bench, data: Path, most: int, only: str | None
) -> Iterator[tuple[Case, Samples]]:
    """What was cut and joined of learners' recordings, so many of each speaker's."""
    rows = labels(data)
    fold_of = speaker_folds(rows)
    of_speaker: dict[str, list[dict[str, Any]]] = {}
    for row in shuffled(rows, lambda row: str(row["utterance"])):
        of_speaker.setdefault(row["speaker"], []).append(row)
    splicer = bench.splicer(data)
    for speaker in shuffled(of_speaker, lambda name: name):
        half = "choose" if fold_of[speaker] in CHOSEN_FOLDS else "measure"
        if only not in (None, half):
            continue
        for one in splicer.of(of_speaker[speaker][:most]):
            name = f"{one.row['utterance']} {one.group} / {one.fault} / {one.text}"
            scores = [word["accuracy"] for word in one.row["words"]]
            yield (
                Case(
                    f"{LEARNERS}, {one.group}",
                    name,
                    half,
                    one.kind,
                    one.text,
                    -1 if one.kind == "right" else one.at,
                    one.fault,
                    tuple(float(np.median(each)) for each in scores),
                    tuple(float(min(each)) for each in scores),
                    one.group,
                ),
                (np.clip(one.audio, -1, 1) * 32767).round().astype(np.int16),
            )


def gather(
    bench: Bench, cases: Iterable[tuple[Case, Samples]], language: str, path: Path, until: float
) -> None:
    """Ask for every case that the file lacks; a line each."""
    done: set[str] = set()
    if path.exists():
        done = {json.loads(line)["name"] for line in path.read_text("utf-8").splitlines()}
    left = 0
    with path.open("a", encoding="utf-8", buffering=1) as file:
        for case, audio in cases:
            if case.name in done:
                continue
            if time.monotonic() > until:
                left += 1
                if LEARNERS in case.source:
                    break  # to cut and join costs as much as to ask
                continue
            found = bench.ask(case, audio, language)
            file.write(json.dumps(found, ensure_ascii=False) + "\n")
    print(f"{path.name}: {left} are still to be asked for")


def main(arguments: Sequence[str] | None = None) -> None:
    """Gather the evidence of one source."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--recordings", type=Path, help="what say.py made")
    source.add_argument("--sounds", type=Path, help="where packages of prompts were unpacked")
    source.add_argument("--data", type=Path, help="folder of speechocean762")
    parser.add_argument("--language", default="en", help="of the prompts")
    parser.add_argument("--every", type=int, default=8, help="one learners' reading in so many")
    parser.add_argument("--half", choices=("choose", "measure"), help="only this half")
    parser.add_argument("--list", type=Path, default=FIRST, help="of sentences")
    parser.add_argument("--spliced", type=int, help="cut and join so many of each learner's")
    parser.add_argument("--keep", type=Path, required=True, help="folder for what is found")
    parser.add_argument("--as-shipped", action="store_true", help="no evidence for other bounds")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args(arguments)
    options.keep.mkdir(parents=True, exist_ok=True)
    bench = Bench(options.keep, as_shipped=options.as_shipped)
    if options.recordings:
        cases, name = said_wrong(options.recordings, options.list), options.list.stem
    elif options.sounds:
        cases, name = natives(options.sounds, options.language), f"native-{options.language}"
    elif options.spliced:
        cases, name = spliced(bench, options.data, options.spliced, options.half), "spliced"
    else:
        cases, name = learners(options.data, options.every), "learners"
    language = options.language if options.sounds else "en"
    cases = (pair for pair in cases if options.half in (None, pair[0].half))
    until = time.monotonic() + options.seconds
    gather(bench, cases, language, options.keep / f"{name}.jsonl", until)


if __name__ == "__main__":
    main()

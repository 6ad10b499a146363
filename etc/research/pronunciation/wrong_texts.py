"""Measure what is said of texts that were not read, of half of them, and of words that were added.

    python etc/research/pronunciation/wrong_texts.py --data CORPUS
    python etc/research/pronunciation/wrong_texts.py --sounds FOLDER --language ru
    python etc/research/pronunciation/wrong_texts.py --recordings RECORDINGS

FOLDER is that of `native.py`, RECORDINGS what `say.py` made of the large list. The product's own
recipe judges (`assess_reading`), as in a session and as in an upload. Thresholds were chosen on
speakers of all folds but those that are measured. What Whisper said is kept in `--cache`, so that a
second run costs little; `--seconds` ends a run after so many, and the next one comes further.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from corpus import Floats, speaker_folds
from listen import audio_of, labels
from native import SENTENCE, convert, texts_of
from remembered import Memory, RememberingAligner, RememberingRecogniser
from safetensors.numpy import load_file
from said_wrong import HERE, LARGE, shuffled, trials
from stillness import quiet_ms

from tutor.adapters.feedback.assessor import assess_reading
from tutor.adapters.feedback.phones import ASSETS, English
from tutor.adapters.feedback.pronouncer import WEIGHTS, Pronouncer
from tutor.adapters.feedback.trained import Trained
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.media import read_audio_file
from tutor.adapters.speech.models.weights import resolve_model
from tutor.core.audio.samples import RATE, to_float
from tutor.core.feedback.assessment import NOT_THE_TEXT, Assessment
from tutor.core.feedback.pronunciation.judgeable import reference_words
from tutor.core.feedback.reading.reading import Window
from tutor.core.feedback.silence import sounding
from tutor.core.text.wording import split_words

MEASURED_FOLDS = (2, 3)
LITTLE_SHARED, SHARED = 0.34, 0.5
"""Shares of the shorter text's words: another text has fewer than the first of them in common, one
that is alike up to the second."""

LONG_TEXTS = 14
NEAR_POINTS = 10
SILENT_MS = 200
"""A pause should hold so many milliseconds of silence."""
HALVES_EVERY = 4
"""Two recordings that are joined must be listened to anew: so many recordings give one pair."""
GAP = np.zeros(4_800, np.float32)
"""0.3 s between two recordings that are joined."""


@dataclass(frozen=True)
class Recording:
    """Some speech, and what is said in it."""

    name: str
    speaker: str
    audio: Floats
    text: str


class Bench:
    """Judges readings, and counts."""

    def __init__(self, cache: Path, language: str) -> None:
        settings = Settings.load().model_copy(update={"asr_threads": 1, "adaptation": "off"})
        model = resolve_model("base", settings.cache_dir)
        memory = Memory(cache)
        self._recogniser = RememberingRecogniser(lambda: load_recogniser(settings, model), memory)
        trained = Trained(load_file(ASSETS / WEIGHTS))
        self._pronouncer = Pronouncer(RememberingAligner(model, memory), English.load(), trained)
        self._language = language
        self.counts: Counter[tuple[str, str]] = Counter()

    def judge(self, audio: Floats, text: str, *, is_all: bool, place: int = 0) -> Assessment:
        """What the product says of a reading."""
        heard = self._recogniser.hear(audio, self._language)
        window = Window(split_words(text, self._language), place)
        return assess_reading(self._pronouncer, audio, heard, window, (), is_all=is_all)

    def tell(self, row: str, found: Assessment, audio: Floats, text: str) -> None:
        """Print a case that is to be read."""
        print(f"  {row}: {show(found, text, self._recogniser.hear(audio, self._language).text)}")

    def count(self, row: str, **columns: bool) -> None:
        """Count one case, and the columns that are true of it."""
        self.counts[row, "n"] += 1
        self.counts.update({(row, name): int(is_true) for name, is_true in columns.items()})

    def print(self) -> None:
        """Print a table of what was counted."""
        names = list(dict.fromkeys(name for _, name in self.counts))
        print("| what |", " | ".join(names), "|")
        print("| --- |" + " --- |" * len(names))
        for row in dict.fromkeys(row for row, _ in self.counts):
            cells = [self._cell(row, name) for name in names]
            print(f"| {row} |", " | ".join(cells), "|")

    def _cell(self, row: str, name: str) -> str:
        found = self.counts.get((row, name))
        if found is None or name == "n":
            return "" if found is None else str(found)
        return f"{100 * found / self.counts[row, 'n']:.1f} %"


def shared(one: str, other: str) -> float:
    """The share of the shorter text's words that the other one has, too."""
    left, right = ({word.lower().strip(".,?!") for word in text.split()} for text in (one, other))
    return len(left & right) / max(1, min(len(left), len(right)))


def show(found: Assessment, text: str, heard: str) -> str:
    """What was made of a reading, to be read."""
    words = found.passage.words if found.passage else ()
    sounds = found.pronunciation
    marked = " ".join(f"{word.status[0]}:{word.text}" for word in words)
    return f"{text!r}, heard {heard!r}: {sounds and (sounds.reason or sounds.total)} {marked}"


def is_other(found: Assessment) -> bool:
    """Whether the learner is told that it was not the text."""
    heard = found.pronunciation
    return heard is not None and (heard.reason in NOT_THE_TEXT or heard.reason == "text_too_long")


def completeness(found: Assessment, text: str) -> float:
    """The share of the text that counts as said, per cent."""
    words = found.passage.words if found.passage else ()
    said = sum(word.status in ("matched", "substituted") for word in words)
    return 100 * said / len(text.split())


def has_added(found: Assessment) -> bool:
    """Whether a word counts as added."""
    words = found.passage.words if found.passage else ()
    return any(word.status == "inserted" for word in words)


# ---------------------------------------------------------------- what is tried


def try_right(bench: Bench, one: Recording, chance: Random, texts: Sequence[str]) -> None:
    """The text that was read: alone, within a long one, as a part of it."""
    for mode, is_all in (("session", False), ("upload", True)):
        found = bench.judge(one.audio, one.text, is_all=is_all)
        if is_other(found) or has_added(found):
            bench.tell(f"right, {mode}", found, one.audio, one.text)
        bench.count(f"right text, {mode}", other=is_other(found), added=has_added(found))
        for pause in found.fluency.all_pause_list if found.fluency else ():
            is_silent = quiet_ms(one.audio, pause.start_ms, pause.end_ms) >= SILENT_MS
            bench.count(f"pause, {mode}", silent=is_silent)
    before = [text for text in chance.sample(texts, 4) if text != one.text]
    place = len(" ".join(before).split())
    text = " ".join([*before, one.text, *chance.sample(texts, 4)])
    bench.count(
        "right text in a long one",
        other=is_other(bench.judge(one.audio, text, is_all=False, place=place)),
    )


def try_wrong(bench: Bench, one: Recording, chance: Random, texts: Sequence[str]) -> None:
    """Texts that were not read."""
    size = len(one.text.split())
    sample = chance.sample(texts, min(len(texts), 1_500))
    strange = [text for text in sample if shared(text, one.text) < LITTLE_SHARED]
    tries = {
        "another text as long": [t for t in strange if abs(len(t.split()) - size) <= 1][:1],
        "another text of any length": strange[:1],
        "another text, a third to half shared": [
            text
            for text in sample
            if LITTLE_SHARED <= shared(text, one.text) <= SHARED and len(text.split()) >= SENTENCE
        ][:1],
        "another long text": [" ".join(strange[:LONG_TEXTS])],
    }
    for row, found in tries.items():
        for text in found:
            for mode, is_all in (("session", False), ("upload", True)):
                judged = bench.judge(one.audio, text, is_all=is_all)
                if not is_other(judged):
                    bench.tell(f"{row}, {mode}", judged, one.audio, text)
                bench.count(f"{row}, {mode}", other=is_other(judged))


def try_added(bench: Bench, one: Recording, chance: Random) -> None:
    """A text of which one word was taken out, so that it was added."""
    words = one.text.split()
    at = chance.randrange(1, len(words) - 1)
    text = " ".join([*words[:at], *words[at + 1 :]])
    bench.count("a word really added", added=has_added(bench.judge(one.audio, text, is_all=True)))


def try_edges(bench: Bench, one: Recording) -> None:
    """A text that ends before the speech does, or begins after it."""
    words = one.text.split()
    for count in (1, 2):
        for row, text in (
            ("behind the end", words[:-count]),
            ("before the beginning", words[count:]),
        ):
            found = bench.judge(one.audio, " ".join(text), is_all=True)
            bench.count(f"{count} more said {row}", added=has_added(found), other=is_other(found))


def without_edges(audio: Floats) -> Floats:
    """A recording from its first sound to its last one, as one utterance holds it."""
    sounds = sounding(audio)
    return audio[round(sounds[0][0] * RATE) : round(sounds[-1][1] * RATE)] if sounds else audio


def try_half(
    bench: Bench, one: Recording, other: Recording, chance: Random, texts: Sequence[str]
) -> None:
    """The first sentence read, the second not; the same the other way round; and all of both."""
    size = len(other.text.split())
    instead = next(
        text
        for text in chance.sample(texts, len(texts))
        if shared(text, other.text) < LITTLE_SHARED and abs(len(text.split()) - size) <= 1
    )
    a, b, c = (text.capitalize().rstrip(".") + "." for text in (one.text, other.text, instead))
    read, more = without_edges(one.audio), without_edges(other.audio)
    first = np.concatenate([GAP, read, GAP, more, GAP])
    second = np.concatenate([GAP, more, GAP, read, GAP])
    half = 100 * len(a.split()) / len(f"{a} {c}".split())
    tries = (
        ("the first half only", one.audio, f"{a} {c}", half),
        ("the first half, then something else", first, f"{a} {c}", half),
        ("something else, then the second half", second, f"{c} {a}", half),
        ("both halves", first, f"{a} {b}", 100.0),
    )
    for row, audio, text, truth in tries:
        for mode, is_all in (("session", False), ("upload", True)):
            found = bench.judge(audio, text, is_all=is_all)
            near = abs(completeness(found, text) - truth) <= NEAR_POINTS
            if not near:
                bench.tell(f"{row}, {mode}", found, audio, text)
            bench.count(f"{row}, {mode}", other=is_other(found), near=near)


# ---------------------------------------------------------------- where it comes from


def learners(data: Path, folds: Sequence[int], every: int) -> Iterator[Recording]:
    """Recordings of the speakers of some folds: of each speaker every so many."""
    rows = labels(data)
    fold_of = speaker_folds(rows)
    chosen = [row for row in rows if fold_of[row["speaker"]] in folds][::every]
    Random(1).shuffle(chosen)  # noqa: S311 - reproducible, no secret
    for row in chosen:
        yield Recording(
            row["utterance"], row["speaker"], audio_of(data, row["utterance"]), row["text"]
        )


def natives(sounds: Path, language: str, folder: Path) -> Iterator[Recording]:
    """Prompts of a professional speaker that are sentences."""
    found = {
        path.relative_to(root).with_suffix("").as_posix(): path
        for root in sounds.rglob(f"{language}_*")
        if root.is_dir() and not root.is_symlink()
        for path in root.rglob("*.g722")
    }
    names = [(name, text) for name, text in texts_of(sounds, language).items() if name in found]
    Random(1).shuffle(names)  # noqa: S311 - reproducible, no secret
    for name, text in names:
        if len(reference_words(text)) >= SENTENCE:
            target = folder / "prompt.wav"
            convert(found[name], target)
            yield Recording(name, language, to_float(read_audio_file(target)), text)


def voices(recordings: Path) -> Iterator[Recording]:
    """Sentences of the large list that synthetic voices say as they are written."""
    said = {
        trial.recording.name: trial
        for trial in trials(HERE / f"{LARGE}.txt")
        if trial.is_right and trial.half == "measure"
    }
    for name, trial in shuffled(said.items(), lambda pair: pair[0]):
        path = recordings / f"{name}.npy"
        if path.exists():
            audio = without_edges(to_float(np.load(path)))
            yield Recording(name, trial.recording.voice, np.concatenate([GAP, audio, GAP]),
                            trial.text)  # fmt: skip


def measure(
    bench: Bench,
    recordings: Iterable[Recording],
    texts: Sequence[str],
    until: Callable[[], bool],
) -> None:
    """Try each recording, until the time is over."""
    last: Recording | None = None
    for n, one in enumerate(recordings):
        if until():
            break
        chance = Random(one.name)  # noqa: S311 - reproducible, no secret
        try_right(bench, one, chance, texts)
        try_wrong(bench, one, chance, texts)
        if len(one.text.split()) > SENTENCE:
            try_added(bench, one, chance)
            try_edges(bench, one)
            if last is not None and n % HALVES_EVERY == 0:
                try_half(bench, one, last, chance, texts)
            last = one


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder of speechocean762")
    source.add_argument("--sounds", type=Path, help="where packages of prompts were unpacked")
    source.add_argument("--recordings", type=Path, help="what say.py made of the large list")
    parser.add_argument("--language", default="en")
    parser.add_argument("--folds", type=int, nargs="+", default=MEASURED_FOLDS)
    parser.add_argument("--every", type=int, default=5, help="one utterance in so many is tried")
    parser.add_argument("--skip", type=int, default=0, help="leave out so many at the beginning")
    parser.add_argument("--seconds", type=float, default=1e9, help="end after so many")
    home = Path.home() / ".cache" / "voice-tutor"
    parser.add_argument("--cache", type=Path, default=home / "wrong-texts")
    options = parser.parse_args()
    bench = Bench(options.cache, options.language)
    end = time.monotonic() + options.seconds
    with TemporaryDirectory() as folder:
        if options.data:
            recordings = learners(options.data, options.folds, options.every)
            texts = sorted({row["text"] for row in labels(options.data)})
        elif options.recordings:
            recordings = voices(options.recordings)
            texts = sorted({trial.text for trial in trials(HERE / f"{LARGE}.txt")})
        else:
            recordings = natives(options.sounds, options.language, Path(folder))
            texts = sorted(
                text
                for text in texts_of(options.sounds, options.language).values()
                if len(reference_words(text)) >= SENTENCE
            )
        rest = islice(recordings, options.skip, None)
        measure(bench, rest, texts, lambda: time.monotonic() > end)
    bench.print()


if __name__ == "__main__":
    main()

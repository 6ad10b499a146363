"""Measure whether what was said wrong is caught, and what was said right is left alone.

    python etc/research/pronunciation/say.py --kokoro package/voices --out RECORDINGS
    python etc/research/pronunciation/caught.py --recordings RECORDINGS

The product's own recipe judges each recording against its text (`assess_reading`, with the
library's minimal pairs). Bounds were chosen on the half `choose`; the figures are those of
`measure`: other sentences, other voices but for Joe's.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from said_wrong import Sentence, Trial, trials

from tutor.adapters.coach.exercises import open_library
from tutor.adapters.feedback.assessor import SCORING_MODEL, assess_reading
from tutor.adapters.feedback.pronouncer import Pronouncer
from tutor.adapters.settings import Settings
from tutor.adapters.speech.choice import load_recogniser
from tutor.adapters.speech.request import Request
from tutor.adapters.speech.weights import resolve_model
from tutor.core.audio.recognition import RecognisedWord, Recognition
from tutor.core.audio.samples import Audio, to_float
from tutor.core.coach.exercises import pairs_with
from tutor.core.feedback.assessment import Passage, ReadWord
from tutor.core.feedback.reading.passages import locate
from tutor.core.feedback.reading.reading import Window
from tutor.core.text.wording import split_words

TOGETHER = 16
"""Recordings that the recogniser hears at once."""


class Bench:
    """What judges, and what it has heard."""

    def __init__(self, recordings: Path) -> None:
        settings = Settings.load().model_copy(update={"asr_threads": 1})
        self._recordings = recordings
        self._pronouncer = Pronouncer.load(resolve_model(SCORING_MODEL, settings.cache_dir))
        self._recogniser = load_recogniser(
            settings, resolve_model(settings.model, settings.cache_dir)
        )
        self._library = open_library(settings.exercises_dir).find("en")

    def has(self, trial: Trial) -> bool:
        """Whether the trial's recording was made."""
        return self._sound_path(trial).exists()

    def hear(self, some: Sequence[Trial]) -> None:
        """Recognise the trials' recordings, unless that was done before."""
        new = {self._heard_path(t): t for t in some if not self._heard_path(t).exists()}
        paths = sorted(new, key=lambda path: len(self._audio(new[path])))
        for at in range(0, len(paths), TOGETHER):
            batch = paths[at : at + TOGETHER]
            requests = [Request(self._audio(new[path]), "en", "final") for path in batch]
            for path, heard in zip(batch, self._recogniser.recognise(requests), strict=True):
                words = [(w.text, w.start_s, w.end_s, w.confidence) for w in heard.words]
                path.write_text(json.dumps([heard.text, words]), "utf-8")

    def judge(self, trial: Trial) -> tuple[list[ReadWord], bool]:
        """What became of the text's words; and whether the recogniser wrote what was said."""
        text, words = json.loads(self._heard_path(trial).read_text("utf-8"))
        heard = Recognition(text, "en", tuple(RecognisedWord(*word) for word in words))
        window = Window(tuple(split_words(trial.text, "en")))
        pairs = pairs_with(self._library, window.words)
        found = assess_reading(
            self._pronouncer, self._audio(trial), heard, window, pairs, is_all=True
        )
        return _of_text(found.passage), self._was_recognised(trial.sentence, heard)

    def _was_recognised(self, sentence: Sentence, heard: Recognition) -> bool:
        """Whether the recogniser wrote the fault as it was said."""
        is_omission = sentence.kind == "omissions"
        words = split_words(sentence.text if is_omission else sentence.fault, "en")
        passage = locate(words, 0, heard.words, "en")
        read, at = _of_text(passage), sentence.at - passage.start
        if not 0 <= at < len(read):
            return False
        return read[at].status == ("omitted" if is_omission else "matched")

    def _audio(self, trial: Trial) -> Audio:
        return to_float(np.load(self._sound_path(trial)))

    def _sound_path(self, trial: Trial) -> Path:
        return self._recordings / f"{trial.recording.name}.npy"

    def _heard_path(self, trial: Trial) -> Path:
        return self._recordings / f"{trial.recording.name}.json"


def _of_text(passage: Passage | None) -> list[ReadWord]:
    return [word for word in passage.words if word.status != "inserted"] if passage else []


def main() -> None:
    """Print both sides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--recordings", type=Path, required=True, help="what say.py made")
    parser.add_argument("--half", choices=("choose", "measure"), default="measure")
    parser.add_argument("--only", default="", help="only recordings whose name begins so")
    parser.add_argument("--show", action="store_true", help="print what was missed or accused")
    options = parser.parse_args()
    bench = Bench(options.recordings)
    some = [
        trial
        for trial in trials()
        if trial.half == options.half
        and trial.recording.name.startswith(options.only)
        and bench.has(trial)
    ]
    bench.hear(some)
    counts = Counter[tuple[str, str]]()
    for trial in some:
        words, recognised = bench.judge(trial)
        counts.update(_count_right(words) if trial.is_right else
                      _count_wrong(trial, words, recognised))  # fmt: skip
        if options.show:
            _show(trial, words)
    _print(counts)


def _rows(trial: Trial) -> tuple[str, ...]:
    kind = trial.sentence.kind
    return (kind, "endings") if kind in ("plural", "third", "past") else (kind,)


def _count_wrong(
    trial: Trial, words: Sequence[ReadWord], recognised: bool
) -> Iterator[tuple[str, str]]:
    """What is counted of a recording in which the text's word was not said."""
    status = words[trial.sentence.at].status if words else "omitted"
    for row in _rows(trial):
        yield row, "cases"
        yield row, status
        if recognised:
            yield row, "recognised"
            yield row, f"recognised {status}"


def _count_right(words: Sequence[ReadWord]) -> Iterator[tuple[str, str]]:
    """What is counted of a recording that says its text."""
    accused = [word.status for word in words if word.status != "matched"]
    yield "right", "sentences"
    yield from (("right", "accused sentences"),) if accused else ()
    for word in words:
        yield "right", "words"
        yield "right", word.status


def _show(trial: Trial, words: Sequence[ReadWord]) -> None:
    """Print what the verdict is not what it should be of."""
    wrong = [
        f"{word.text} {word.status} {word.heard or ''}"
        for n, word in enumerate(words)
        if (word.status == "matched") == (not trial.is_right and n == trial.sentence.at)
    ]
    if wrong:
        kind = "right" if trial.is_right else trial.sentence.kind
        print(f"{kind}: {trial.recording.name} against {trial.text!r}: {', '.join(wrong)}")


def _print(counts: Counter[tuple[str, str]]) -> None:
    print("| said wrong | cases | caught | told as wrong | recognised | of these caught |")
    for row in ("plural", "third", "past", "endings", "substitutions", "omissions"):
        if n := counts[row, "cases"]:
            told = counts[row, "substituted"] + counts[row, "omitted"]
            caught = told + counts[row, "doubtful"]
            known = counts[row, "recognised"]
            of_known = known - counts[row, "recognised matched"]
            print(
                f"| {row} | {n} | {caught / n:.1%} | {told / n:.1%} | {known / n:.1%}"
                f" | {of_known / max(1, known):.1%} |"
            )
    if n := counts["right", "words"]:
        told = counts["right", "substituted"] + counts["right", "omitted"]
        sentences = counts["right", "sentences"]
        print(
            f"right readings: {sentences} sentences, {n} words; told as wrong {told / n:.2%}, "
            f"doubtful {counts['right', 'doubtful'] / n:.2%} of words; "
            f"any {counts['right', 'accused sentences'] / sentences:.1%} of sentences"
        )


if __name__ == "__main__":
    main()

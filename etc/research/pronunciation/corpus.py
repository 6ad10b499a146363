"""speechocean762's training half as arrays: encoder frames, phones, experts' medians, folds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean, median
from typing import Any

import numpy as np
import numpy.typing as npt
from lexicon import canonical, corpus_lexicon

from tutor.adapters.feedback.phones import CLASS_OF, English

Floats = npt.NDArray[np.float32]

FOLDS = 4
SENTENCE = ("accuracy", "fluency", "prosodic", "total")

_TOKEN = re.compile(r"[(){}\[\]]|[^\s(){}\[\]]+")
_POINTS = {"": 2.0, "{": 1.0, "(": 0.0}


@dataclass(frozen=True)
class Utterance:
    """One utterance with what experts think of it; unknown scores are NaN."""

    name: str
    text: str
    speaker: str
    fold: int
    frames: Floats
    """[frames, width], the encoder's; of the audio alone."""
    quiet: npt.NDArray[np.bool_]
    """[frames], much fainter than the loudest."""
    words: list[list[int]]
    """The phones (classes) that the product would look up, of each word."""
    phone_scores: Floats
    """[phones], 0 to 2; NaN where the experts heard a different number of phones."""
    word_scores: Floats
    """[words], 0 to 10."""
    word_means: Floats
    """The same, the experts' mean instead of their median."""
    sentence_scores: Floats
    """[accuracy, fluency, prosodic, total], 0 to 10."""


def speaker_folds(labels: Sequence[dict[str, Any]], seed: int = 3) -> dict[str, int]:
    """Each speaker's fold, with as many utterances in each."""
    speakers = sorted({label["speaker"] for label in labels})
    Random(seed).shuffle(speakers)  # noqa: S311 - reproducible, no secret
    return {speaker: n % FOLDS for n, speaker in enumerate(speakers)}


def load(labels: Sequence[dict[str, Any]], cache: Path) -> list[Utterance]:
    """All utterances; each word looked up as if no speaker of its own fold had said it."""
    folds = speaker_folds(labels)
    shipped = English.load()
    lexicons = [
        corpus_lexicon(label for label in labels if folds[label["speaker"]] != fold)
        for fold in range(FOLDS)
    ]
    readers = [shipped.with_own(lexicon) for lexicon in lexicons]
    return [
        _utterance(label, folds[label["speaker"]], readers[folds[label["speaker"]]], cache)
        for label in labels
    ]


def _utterance(label: dict[str, Any], fold: int, english: English, cache: Path) -> Utterance:
    with np.load(cache / f"{label['utterance']}.npz") as stored:
        count = int(stored["count"])
        frames = stored["frames"][:count].astype(np.float32)
        quiet = _quiet(stored["audio"], count)
    words = [[CLASS_OF[p] for p in english.phones(word)] for word in label["text"].split()]
    scores = [
        word_phone_scores(word["phones"], len(phones))
        for word, phones in zip(label["words"], words, strict=True)
    ]
    return Utterance(
        label["utterance"],
        label["text"],
        label["speaker"],
        fold,
        frames,
        quiet,
        words,
        np.array([score for word in scores for score in word], np.float32),
        np.array([median(word["accuracy"]) for word in label["words"]], np.float32),
        np.array([fmean(word["accuracy"]) for word in label["words"]], np.float32),
        np.array([median(label[name]) for name in SENTENCE], np.float32),
    )


def _quiet(audio: Floats, count: int) -> npt.NDArray[np.bool_]:
    padded = np.zeros(count * 320, np.float32)
    padded[: len(audio)] = audio[: len(padded)]
    level = 10 * np.log10((padded.reshape(count, 320) ** 2).mean(1) + 1e-10)
    quiet: npt.NDArray[np.bool_] = level < np.quantile(level, 0.98) - 30
    return quiet


def marked_scores(marked: str) -> list[float]:
    """One expert's points for each phone; what was inserted is left out."""
    scores, mark = [], ""
    for piece in _TOKEN.findall(marked):
        if piece in "({[":
            mark = piece
        elif piece in ")}]":
            mark = ""
        elif mark != "[":
            scores.append(_POINTS[mark])
    return scores


def word_phone_scores(marked: Sequence[str], count: int) -> list[float]:
    """The experts' median for each phone of a word, of the experts that agree on its phones."""
    commonest = Counter(canonical(one) for one in marked).most_common(1)[0][0]
    agreed = [marked_scores(one) for one in marked if canonical(one) == commonest]
    rows = [row for row in agreed if len(row) == count]
    if not rows:
        return [float("nan")] * count
    return [median(column) for column in zip(*rows, strict=True)]

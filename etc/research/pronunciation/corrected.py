"""Measure what the corrections of the corpus's lexicon change in the scores of words.

    python etc/research/pronunciation/corrected.py --data CORPUS

Each recording is judged with the lexicon as it came out of the transcriptions, and as it is
shipped. The judge was trained on these recordings, with the lexicon uncorrected.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from random import Random
from statistics import correlation, fmean, median
from typing import Any

from lexicon import corpus_lexicon, corrections
from listen import audio_of, labels
from safetensors.numpy import load_file

from tutor.adapters.feedback.aligner import Aligner
from tutor.adapters.feedback.phones import ASSETS, English
from tutor.adapters.feedback.pronouncer import WEIGHTS, Pronouncer
from tutor.adapters.feedback.trained import Trained
from tutor.adapters.speech.models.weights import resolve_model

MOST_OF_A_WORD = 8
"""Recordings that are judged for the sake of one word."""


def main() -> None:
    """Print both lexicons' errors against the experts, of the corrected words alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of speechocean762")
    home = Path.home() / ".cache" / "voice-tutor"
    parser.add_argument("--whisper", type=Path, default=home, help="where Whisper is kept")
    options = parser.parse_args()
    corpus = labels(options.data)
    shipped = English.load()
    before = shipped.with_own(corpus_lexicon(corpus, {}))
    aligner = Aligner(resolve_model("base", options.whisper), threads=1)
    trained = Trained(load_file(ASSETS / WEIGHTS))
    judges = [Pronouncer(aligner, english, trained) for english in (before, shipped)]
    rows = []
    for label in _chosen(corpus):
        listened = judges[0].listen(audio_of(options.data, label["utterance"]))
        found = [judge.assess(listened, label["text"], "en").words for judge in judges]
        for word, *scored in zip(label["words"], *found, strict=True):
            scores = [one.score for one in scored]
            if word["text"].lower() in corrections() and None not in scores:
                rows.append((10 * median(word["accuracy"]), *scores))
    experts, *scores = zip(*rows, strict=True)
    for name, column in zip(("as transcribed", "corrected"), scores, strict=True):
        error = fmean(abs(one - other) for one, other in zip(column, experts, strict=True))
        print(f"{name}: {len(rows)} words, error {error:.2f} of 100,", end=" ")
        print(f"correlation {correlation(column, experts):.3f}")


def _chosen(corpus: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recordings in which a corrected word is said, so many for each at most."""
    shuffled = [
        label for label in corpus if set(label["text"].lower().split()) & set(corrections())
    ]
    Random(5).shuffle(shuffled)  # noqa: S311 - reproducible, no secret
    seen: Counter[str] = Counter()
    chosen = []
    for label in shuffled:
        words = [word for word in label["text"].lower().split() if word in corrections()]
        if min(seen[word] for word in words) < MOST_OF_A_WORD:
            chosen.append(label)
            seen.update(words)
    return chosen


if __name__ == "__main__":
    main()

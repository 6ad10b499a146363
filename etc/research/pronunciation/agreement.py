"""Measure how held-out scores agree with the experts', and what knowing the speaker would add.

    python etc/research/pronunciation/train.py --data CORPUS \
        --out WEIGHTS --scores SCORES.jsonl
    python etc/research/pronunciation/agreement.py SCORES.jsonl

Beside Pearson's correlation, which grows with how much the speakers vary, Spearman's rank
correlation and the root mean square error, which does not; and the F1 score of mispronounced phones
(the experts' mean under 0.5 of 2).

A learner's later sentences know the earlier ones: a second table says what a sentence's score gains
from the mean of the scores of up to `MEMORY` sentences before it, by a line that is fitted to the
other folds.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = Sequence[dict[str, Any]]

SENTENCE = ("accuracy", "fluency", "prosodic", "total")
MISPRONOUNCED = 0.5
"""The experts' mean, of 2, under which a phone counts as mispronounced."""

MEMORY = 19
"""Sentences of a speaker that a later one knows; the corpus has 20 of each."""


def pairs_of(rows: Rows, name: str) -> tuple[Floats, Floats]:
    """The scores and the experts' of one kind, where these are known."""
    guessed = np.concatenate([row["scores"][name] for row in rows])
    given = np.concatenate([row["experts"][name] for row in rows])
    known = ~np.isnan(given)
    return guessed[known], given[known]


def pearson(guessed: Floats, given: Floats) -> float:
    """Pearson's correlation."""
    return float(np.corrcoef(guessed, given)[0, 1])


def spearman(guessed: Floats, given: Floats) -> float:
    """Pearson's correlation of the ranks; equal values share the mean of theirs."""
    return pearson(_ranks(guessed), _ranks(given))


def _ranks(values: Floats) -> Floats:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle: Floats = ((ends - counts + 1 + ends) / 2)[inverse]
    return middle


def rmse(guessed: Floats, given: Floats) -> float:
    """The root of the mean squared error."""
    return float(np.sqrt(np.mean(np.square(guessed - given))))


def measured(rows: Rows, name: str) -> list[str]:
    """Pearson's and Spearman's correlation and the error of one kind of score, to print."""
    both = pairs_of(rows, name)
    return [f"{measure(*both):.3f}" for measure in (pearson, spearman, rmse)]


def best_f1(guessed: Floats, wrong: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """The best F1 score of finding what is wrong by a low score, and the bound that has it."""
    order = np.argsort(guessed)
    hits = np.cumsum(wrong[order])
    scores = 2 * hits / (np.arange(1, len(order) + 1) + wrong.sum())
    best = int(scores.argmax())
    return float(scores[best]), float(guessed[order[best]])


def f1(guessed: Floats, wrong: npt.NDArray[np.bool_], bound: float) -> float:
    """The F1 score of finding what is wrong by a score of a bound or less."""
    found = guessed <= bound
    return float(2 * (found & wrong).sum() / max(1, found.sum() + wrong.sum()))


def mispronounced(rows: Rows) -> float:
    """The F1 score of mispronounced phones; each fold's bound comes from the others."""
    found = []
    for fold in sorted({row["fold"] for row in rows}):
        others, own = (
            [r for r in rows if (r["fold"] == fold) == is_own] for is_own in (False, True)
        )
        _, bound = best_f1(*_wrong_phones(others))
        found.append((f1(*_wrong_phones(own), bound), len(own)))
    return sum(score * n for score, n in found) / sum(n for _, n in found)


def _wrong_phones(rows: Rows) -> tuple[Floats, npt.NDArray[np.bool_]]:
    guessed, given = pairs_of(
        [
            {
                "scores": {"p": row["scores"]["phone"]},
                "experts": {"p": row["experts"]["phone mean"]},
            }
            for row in rows
        ],
        "p",
    )
    return guessed, given < MISPRONOUNCED


# ---------------------------------------------------------------- the speaker


def before(rows: Rows, name: str) -> Iterator[tuple[float, int]]:
    """For each sentence the mean score of its speaker's sentences before it, and how many."""
    heard: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        score, known = float(row["scores"][name][0]), heard[row["speaker"]][-MEMORY:]
        yield (float(np.mean(known)) if known else score), len(known)
        heard[row["speaker"]].append(score)


def with_speaker(rows: Rows, name: str) -> Floats:
    """Scores that know the speaker's earlier ones, by a line fitted to the other folds."""
    own = np.array([row["scores"][name][0] for row in rows])
    known = np.array(list(before(rows, name)))
    weight = known[:, 1] / (known[:, 1] + 2)  # a few sentences tell less than many
    parts = np.stack([np.ones(len(own)), own, weight, weight * (known[:, 0] - own)], axis=1)
    given = np.array([row["experts"][name][0] for row in rows])
    folds = np.array([row["fold"] for row in rows])
    found = np.empty(len(own))
    for fold in set(folds):
        fitted, *_ = np.linalg.lstsq(parts[folds != fold], given[folds != fold], rcond=None)
        found[folds == fold] = parts[folds == fold] @ fitted
    return found


def main(path: str) -> None:
    """Print both tables."""
    with Path(path).open(encoding="utf-8") as lines:
        rows = [json.loads(line, parse_constant=lambda _: np.nan) for line in lines]
    print("| | Pearson | Spearman | RMSE | the experts' standard deviation |")
    print("| --- | --- | --- | --- | --- |")
    for name in (*SENTENCE, "word", "phone"):
        _, given = pairs_of(rows, name)
        print(f"| {name} | {' | '.join(measured(rows, name))} | {given.std():.2f} |")
    print(f"F1 of mispronounced phones: {mispronounced(rows):.3f}")
    print("\n| with the speaker's earlier sentences | Pearson | Spearman | RMSE |")
    print("| --- | --- | --- | --- |")
    for name in SENTENCE:
        _, given = pairs_of(rows, name)
        found = with_speaker(rows, name)
        cells = [f"{measure(found, given):.3f}" for measure in (pearson, spearman, rmse)]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(sys.argv[1])

"""Describe the corpus for `variants.py`: once, into a cache that may be deleted at any time.

The classifier that the package ships has heard all speakers. So two others, each of which lacks
half of the folds, say what frames hold: none describes a speaker whom it has heard.
"""

from __future__ import annotations

import argparse
import json
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

import classifier
import corpus
import free_bounds
import numpy as np
import torch
import train
from corpus import SENTENCE, Utterance, word_phone_scores
from listen import labels, listen
from safetensors.numpy import load_file

from tutor.adapters.feedback.aligner import Aligner
from tutor.adapters.feedback.phones import ASSETS
from tutor.adapters.feedback.pronouncer import WEIGHTS
from tutor.adapters.speech.models.weights import resolve_model
from tutor.core.feedback.pronunciation.features import Description, describe
from tutor.core.feedback.pronunciation.judges import part
from tutor.core.feedback.pronunciation.laying import PRIOR_WEIGHT, Floats, lay_phones
from tutor.core.feedback.pronunciation.networks import classify

HALVES = 2
EPOCHS = 3
LAST_BATCH = 8
"""Utterances in a batch of the last epoch: half a corpus has few batches."""


@dataclass(frozen=True)
class Item:
    """An utterance, described by a classifier that has not heard its speaker."""

    utterance: Utterance
    described: Description
    free: Floats
    """What `free_bounds` says of its phones."""
    phone_means: Floats
    """The experts' mean of each phone."""
    word_spread: Floats
    """The standard deviation of the experts' points of each word."""
    sentence_means: Floats


def described(options: argparse.Namespace) -> list[Item]:
    """All utterances that could be encoded in time, described; kept in the cache."""
    kept = options.cache / "items.pkl"
    if not kept.exists():
        heard, spans = _heard(options)
        prior = load_file(ASSETS / WEIGHTS)["prior"]
        models = _halves(options.cache, heard, prior)
        by_name = {label["utterance"]: label for label in labels(options.data)}
        items = [
            _item(u, by_name[u.name], s, models[u.fold // HALVES], prior)
            for u, s in zip(heard, spans, strict=True)
        ]
        kept.write_bytes(pickle.dumps(items, protocol=5))
        say(f"{len(items)} utterances described")
    found: list[Item] = pickle.loads(kept.read_bytes())  # noqa: S301 - this script's own
    return found


def _heard(options: argparse.Namespace) -> tuple[list[Utterance], list[Any]]:
    """The utterances with their frames, and where the recogniser finds their words."""
    folder = options.cache / "encoded"
    folder.mkdir(parents=True, exist_ok=True)
    aligner = Aligner(resolve_model("base", options.whisper), threads=1)
    rows = labels(options.data)[: options.limit]
    spans = {}
    for label in rows:
        kept = folder / f"{label['utterance']}.right.json"
        if not kept.exists() and not options.is_over():
            path = listen(options.data, folder, aligner, label["utterance"])
            found = train._align(aligner, path, {"right": (label["text"], -1)})
            kept.write_text(json.dumps(found), "utf-8")
        if kept.exists():
            spans[label["utterance"]] = train._read(json.loads(kept.read_text("utf-8")))["right"][2]
    say(f"{len(spans)} of {len(rows)} utterances encoded")
    folds = corpus.speaker_folds(labels(options.data))
    corpus.speaker_folds = lambda *_: folds  # of all speakers, whoever is left out today
    utterances = corpus.load([row for row in rows if row["utterance"] in spans], folder)
    return utterances, [spans[u.name] for u in utterances]


def _halves(cache: Path, heard: Sequence[Utterance], prior: Floats) -> list[classifier.Classifier]:
    """For each half of the folds a classifier that lacks it."""
    known = part(load_file(ASSETS / WEIGHTS), "classifier.")
    scores = (classify(u.frames, known) - np.float32(PRIOR_WEIGHT) * prior for u in heard)
    targets = [
        classifier.laid(u, lay_phones(s, u.words)) for u, s in zip(heard, scores, strict=True)
    ]
    return [_without(cache, heard, targets, half) for half in range(HALVES)]


def _without(
    cache: Path, heard: Sequence[Utterance], targets: Sequence[Any], half: int
) -> classifier.Classifier:
    rows = [n for n, u in enumerate(heard) if u.fold // HALVES != half]
    chosen = [heard[n] for n in rows], [targets[n] for n in rows]
    begun, whole = cache / f"begun.{half}.pt", cache / f"half.{half}.pt"
    if not begun.exists():
        torch.save(classifier.train(*chosen, EPOCHS - 1, seed=half).state_dict(), begun)
    if not whole.exists():
        model = classifier.train(
            *chosen, 1, half, begun=_restored(begun), batch=LAST_BATCH, rate=1.2e-3
        )
        torch.save(model.state_dict(), whole)
    model = _restored(whole)
    right = [
        (classifier.log_posteriors(model, heard[n].frames).argmax(1) == targets[n])[
            targets[n] != classifier.IGNORED
        ]
        for n in sorted(set(range(len(heard))) - set(rows))[::8]
    ]
    share = 100 * np.concatenate(right).mean()
    say(f"classifier without half {half}: {share:.1f} % of its frames right")
    return model


def _restored(path: Path) -> classifier.Classifier:
    state = torch.load(path)
    model = classifier.Classifier(state["mean"].numpy(), state["deviation"].numpy())
    model.load_state_dict(state)
    return model.eval()


def _item(
    utterance: Utterance,
    label: dict[str, Any],
    spans: Sequence[Any],
    model: classifier.Classifier,
    prior: Floats,
) -> Item:
    logs = classifier.log_posteriors(model, utterance.frames)
    scores = logs - np.float32(PRIOR_WEIGHT) * prior
    segments = lay_phones(scores, utterance.words)
    if segments is None:
        raise ValueError("more phones than frames")
    d = describe(utterance.frames, logs, utterance.words, spans, segments)
    means: list[float] = []
    for word, phones in zip(label["words"], utterance.words, strict=True):
        means += word_phone_scores(word["phones"], len(phones), fmean)
    return Item(
        replace(utterance, frames=utterance.frames[:0]),
        d,
        free_bounds.held_against_all(scores, d.phones, segments),
        np.array(means, np.float32),
        np.array([pstdev(word["accuracy"]) for word in label["words"]], np.float32),
        np.array([fmean(label[name]) for name in SENTENCE], np.float32),
    )


_began = time.monotonic()


def say(what: str) -> None:
    """Print, with the seconds that have passed."""
    print(f"{time.monotonic() - _began:5.0f} s {what}", flush=True)

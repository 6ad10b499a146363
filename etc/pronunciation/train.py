"""Train all that the product scores pronunciation with, and print cross-validated figures.

    python etc/pronunciation/train.py --data ../shared/data/so762-train \
        --out tutor/assets/pronunciation

Three hours of speech pass through Whisper's encoder once, into a cache that may be deleted at any
time; so do the alignments with right and wrong texts. Every figure is of utterances whose speaker
neither the classifier nor the heads have heard, of words looked up as if no speaker of that fold
had said them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import classifier
import head
import match
import numpy as np
import torch
from corpus import FOLDS, SENTENCE, Utterance, load
from lexicon import corpus_lexicon, write_lexicon
from listen import labels, listen
from safetensors.numpy import save_file
from texts import KINDS, variants

from tutor.adapters.aligner import Aligner, encoded
from tutor.adapters.phones import CLASS_OF, English
from tutor.adapters.pronouncer import WEIGHTS
from tutor.adapters.weights import resolve_model
from tutor.core.goodness import (
    PRIOR_WEIGHT,
    Description,
    Floats,
    Span,
    describe,
    lay_phones,
    match_features,
)
from tutor.core.networks import Scores
from tutor.core.networks import match as log_odds
from tutor.core.pronunciation import NOT_SAID, WRONG, believed, plain_words, reference_words

HEADS = 2
HEAD_EPOCHS = 12
BOOTSTRAP_EPOCHS = 2
CLASSIFIER_EPOCHS = 5

WRONG_EVERY = 4
"""One utterance in so many is held against wrong texts too."""

WRONG_KINDS = ("other", "alike")
EDITED_KINDS = ("inserted", "substituted")

Texts = dict[str, tuple[str, int, list[Span]]]
"""For each kind of text: the text, its changed word (-1: none alone) and where its words are."""


def main() -> None:
    """Train, print the figures, write the weights."""
    options = _options()
    torch.set_num_threads(1)
    (options.cache / "encoded").mkdir(parents=True, exist_ok=True)
    corpus = labels(options.data)[: options.limit]
    texts = [_read(row) for row in _aligned(options, corpus)]
    utterances = load(corpus, options.cache / "encoded")
    aligned, prior = _bootstrap(utterances, texts)
    frames = _classifiers(utterances, aligned)
    described = [
        _described(u, u.words, t["right"][2], frames[u.fold], prior)
        for u, t in zip(utterances, texts, strict=True)
    ]
    wrong = _wrong(utterances, texts, frames, prior)
    _print_scores(utterances, described)
    _print_texts(utterances, described, wrong)
    _print_missing(utterances, texts)
    write_lexicon(corpus_lexicon(corpus), options.out / "lexicon.txt")
    weights = _weights(utterances, described, wrong, frames[FOLDS], prior)
    save_file(weights, options.out / WEIGHTS)


def _options() -> argparse.Namespace:
    home = Path.home() / ".cache" / "voice-tutor"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of speechocean762")
    parser.add_argument("--out", type=Path, required=True, help="where the weights go")
    parser.add_argument("--cache", type=Path, default=home / "pronunciation")
    parser.add_argument("--whisper", type=Path, default=home, help="where Whisper is kept")
    parser.add_argument("--limit", type=int, help="only so many utterances, to try it out")
    return parser.parse_args()


def _aligned(options: argparse.Namespace, corpus: Sequence[dict[str, Any]]) -> list[Any]:
    """Each utterance's texts with their words' spans, from the cache or by Whisper."""
    aligner = Aligner(resolve_model("base", options.whisper), threads=1)
    texts = variants([label["text"] for label in corpus])
    rows = []
    for n, (label, kinds) in enumerate(zip(corpus, texts, strict=True)):
        wanted = KINDS if n % WRONG_EVERY == 0 else KINDS[:1]
        path = listen(options.data, options.cache / "encoded", aligner, label["utterance"])
        spans = path.with_suffix(f".{len(corpus)}.json")  # wrong texts depend on all there are
        if not spans.exists():
            found = _align(aligner, path, {kind: kinds[kind] for kind in wanted})
            spans.write_text(json.dumps(found), "utf-8")
        rows.append(json.loads(spans.read_text("utf-8")))
    return rows


def _align(aligner: Aligner, path: Path, texts: dict[str, tuple[str, int]]) -> dict[str, Any]:
    with np.load(path) as stored:
        heard = encoded(stored["frames"], int(stored["count"]))
    found = {}
    for kind, (text, at) in texts.items():
        words = plain_words(reference_words(text), "en")
        spans = aligner.align(heard, aligner.tokens(words, "en"), "en")
        found[kind] = (text, at, [(s.start, s.end, s.log_probabilities) for s in spans])
    return found


def _read(row: dict[str, Any]) -> Texts:
    return {
        kind: (text, at, [Span(start, end, tuple(logs)) for start, end, logs in spans])
        for kind, (text, at, spans) in row.items()
    }


def _bootstrap(utterances: Sequence[Utterance], texts: Sequence[Texts]) -> tuple[list[Any], Floats]:
    """Targets for every frame, and the log prior: spread evenly at first, twice realigned."""
    targets = [
        classifier.spread(u, [(span.start, span.end) for span in t["right"][2]])
        for u, t in zip(utterances, texts, strict=True)
    ]
    for seed in (1, 2):
        prior = classifier.log_priors(targets)
        model = classifier.train(utterances[::2], targets[::2], BOOTSTRAP_EPOCHS, seed)
        segments = classifier.realign(model, utterances, prior)
        targets = [classifier.laid(u, s) for u, s in zip(utterances, segments, strict=True)]
    return targets, classifier.log_priors(targets)


def _classifiers(
    utterances: Sequence[Utterance], targets: Sequence[Any]
) -> list[classifier.Classifier]:
    """One without each fold, and at last one of all."""
    models = []
    for fold in range(FOLDS + 1):
        rows = [n for n, u in enumerate(utterances) if u.fold != fold]
        chosen = [utterances[n] for n in rows], [targets[n] for n in rows]
        models.append(classifier.train(*chosen, CLASSIFIER_EPOCHS, seed=10 + fold))
        print(f"classifier {fold} trained", flush=True)
    return models


def _described(
    utterance: Utterance,
    words: Sequence[Sequence[int]],
    spans: Sequence[Span],
    model: classifier.Classifier,
    prior: Floats,
) -> Description:
    logs = classifier.log_posteriors(model, utterance.frames)
    segments = lay_phones(logs - PRIOR_WEIGHT * prior, words)
    if segments is None:
        raise ValueError(f"{utterance.name}: more phones than frames")
    return describe(utterance.frames, logs, words, spans, segments)


def _wrong(
    utterances: Sequence[Utterance],
    texts: Sequence[Texts],
    models: Sequence[classifier.Classifier],
    prior: Floats,
) -> list[tuple[int, str, Description]]:
    """Descriptions against texts that were not read: index of the utterance, kind of text."""
    english = English.load()
    found = []
    for n, (utterance, kinds) in enumerate(zip(utterances, texts, strict=True)):
        for kind in WRONG_KINDS:
            if kind in kinds:
                text, _, spans = kinds[kind]
                words = [[CLASS_OF[p] for p in english.phones(w)] for w in text.split()]
                model = models[utterance.fold]
                found.append((n, kind, _described(utterance, words, spans, model, prior)))
    return found


def _held_out(
    utterances: Sequence[Utterance], described: Sequence[Description]
) -> dict[int, Scores]:
    """Each utterance's scores, in the experts' points, by heads that know none of its fold."""
    found: dict[int, Scores] = {}
    for fold in range(FOLDS):
        known = [n for n, u in enumerate(utterances) if u.fold != fold]
        held = [n for n, u in enumerate(utterances) if u.fold == fold]
        heads = _heads([described[n] for n in known], [utterances[n] for n in known])
        found |= zip(held, _mean_scores(*heads, [described[n] for n in held]), strict=True)
    return found


def _heads(
    described: Sequence[Description], utterances: Sequence[Utterance]
) -> tuple[list[head.Head], dict[str, Floats]]:
    scales = head.scaling(described, utterances)
    models = [head.train(described, utterances, scales, HEAD_EPOCHS, seed) for seed in range(HEADS)]
    return models, scales


def _mean_scores(
    models: Sequence[head.Head], scales: dict[str, Floats], described: Sequence[Description]
) -> list[Scores]:
    mean, deviation = scales["score_mean"], scales["score_deviation"]
    each = zip(*(head.predict(model, described, scales) for model in models), strict=True)
    return [
        Scores(
            np.mean([s.phones for s in several], axis=0) * deviation[0] + mean[0],
            np.mean([s.words for s in several], axis=0) * deviation[1] + mean[1],
            np.mean([s.sentence for s in several], axis=0) * deviation[2:] + mean[2:],
        )
        for several in each
    ]


def _print_scores(utterances: Sequence[Utterance], described: Sequence[Description]) -> None:
    """Pearson's correlation with the experts' medians."""
    held_out = _held_out(utterances, described)
    both = [(held_out[n], utterance) for n, utterance in enumerate(utterances)]
    pairs = {
        name: _flat([(s.sentence[n : n + 1], u.sentence_scores[n : n + 1]) for s, u in both])
        for n, name in enumerate(SENTENCE)
    }
    pairs["word"] = _flat([(s.words, u.word_scores) for s, u in both])
    pairs["phone"] = _flat([(s.phones, u.phone_scores) for s, u in both])
    for name, (guessed, given) in pairs.items():
        known = ~np.isnan(given)
        pearson = np.corrcoef(guessed[known], given[known])[0, 1]
        print(f"| {name} | {pearson:.3f} |")


def _flat(pairs: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    guessed, given = zip(*pairs, strict=True)
    return np.concatenate(guessed), np.concatenate(given)


def _print_texts(
    utterances: Sequence[Utterance],
    described: Sequence[Description],
    wrong: Sequence[tuple[int, str, Description]],
) -> None:
    """How often a wrong text is found out, and a right one taken for wrong, held out."""
    folds = np.array([u.fold for u in utterances])
    read = np.stack([match_features(d) for d in described])
    unread = np.stack([match_features(d) for _, _, d in wrong])
    unread_folds = folds[[n for n, _, _ in wrong]]
    caught: dict[str, list[bool]] = {"right": []}
    for fold in range(FOLDS):
        weights = match.fit(read[folds != fold], unread[unread_folds != fold])
        caught["right"] += [_is_wrong(x, weights) for x in read[folds == fold]]
        for (_, kind, _), x, of in zip(wrong, unread, unread_folds, strict=True):
            if of == fold:
                caught.setdefault(kind, []).append(_is_wrong(x, weights))
    for kind, flags in caught.items():
        print(f"| text: {kind} | {len(flags)} | taken for wrong {100 * np.mean(flags):.1f} % |")


def _is_wrong(features: Floats, weights: dict[str, Floats]) -> bool:
    """Whether even a perfect score would be brought down to that of a wrong text."""
    return believed(100, log_odds(features, weights)) <= WRONG


def _print_missing(utterances: Sequence[Utterance], texts: Sequence[Texts]) -> None:
    """How often a word that was not said, or was said well, is under `NOT_SAID`."""
    limit = np.log(NOT_SAID)
    for kind in EDITED_KINDS:
        edited = [t[kind] for t in texts if kind in t]
        found = [np.mean(spans[at].log_probabilities) < limit for _, at, spans in edited]
        print(f"| word {kind} | {len(found)} | found {100 * np.mean(found):.1f} % |")
    well = [
        any(np.mean(span.log_probabilities) < limit for span in t["right"][2])
        for u, t in zip(utterances, texts, strict=True)
        if u.sentence_scores[0] >= 8
    ]
    print(f"| accuracy 8 or more | {len(well)} | a word flagged in {100 * np.mean(well):.1f} % |")


def _weights(
    utterances: Sequence[Utterance],
    described: Sequence[Description],
    wrong: Sequence[tuple[int, str, Description]],
    frames: classifier.Classifier,
    prior: Floats,
) -> dict[str, Floats]:
    """All that the product loads, by name."""
    models, scales = _heads(described, utterances)
    read = np.stack([match_features(d) for d in described])
    unread = np.stack([match_features(d) for _, _, d in wrong])
    weights = {"prior": prior}
    weights |= {f"scales.{name}": array for name, array in scales.items()}
    weights |= {f"match.{name}": array for name, array in match.fit(read, unread).items()}
    weights |= {f"classifier.{n}": t.numpy() for n, t in frames.state_dict().items()}
    for n, model in enumerate(models):
        weights |= {f"heads.{n}.{name}": t.numpy() for name, t in model.state_dict().items()}
    return {name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()}


if __name__ == "__main__":
    main()

"""Train all that the product scores pronunciation with, and print cross-validated figures.

    python etc/research/pronunciation/train.py --data CORPUS \
        --out tutor/assets/pronunciation

Three hours of speech pass through Whisper's encoder once, into a cache that may be deleted at any
time; so do the alignments with right and wrong texts. Then everything is trained once without each
fold of speakers, and at last with all. Nothing that scores a fold has heard it: not the judges, not
the classifier under them, and not the classifiers whose descriptions the judges learned from, each
of which lacks both the scored fold and the one that it describes. Words are looked up as if no
speaker of their fold had said them.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any

import alone
import classifier
import judging
import match
import numpy as np
import torch
from corpus import FOLDS, SENTENCE, Utterance, load, word_phone_scores
from lexicon import corpus_lexicon, write_lexicon
from listen import audio_of, labels, listen
from safetensors.numpy import save_file
from texts import KINDS, variants

from tutor.adapters.feedback.aligner import Aligner, Encoded, encoded
from tutor.adapters.feedback.phones import CLASS_OF, English
from tutor.adapters.feedback.pronouncer import WEIGHTS
from tutor.adapters.speech.models.weights import resolve_model
from tutor.core.feedback.pronunciation.features import (
    Description,
    describe,
    match_features,
    word_evidence,
)
from tutor.core.feedback.pronunciation.judgeable import (
    WRONG,
    believed,
    reference_words,
    spellings,
    was_said,
)
from tutor.core.feedback.pronunciation.judges import Judges
from tutor.core.feedback.pronunciation.laying import PRIOR_WEIGHT, Floats, lay_phones
from tutor.core.feedback.pronunciation.networks import Scores
from tutor.core.feedback.pronunciation.networks import match as log_odds
from tutor.core.feedback.pronunciation.spans import Span

BOOTSTRAP_EPOCHS = 2
CLASSIFIER_EPOCHS = 4

WRONG_EVERY = 4
"""One utterance in so many is held against wrong texts too."""

WRONG_KINDS = ("other", "alike")
EDITED_KINDS = ("inserted", "substituted")
ALONE = "text: a word alone, right"
WELL_READ = (8, 9, 9.5)
"""Experts' accuracy, of 10, of sentences in which no word should count as not said."""

Texts = dict[str, tuple[str, int, list[Span]]]
"""For each kind of text: the text, its changed word (-1: none alone) and where its words are."""

Folds = frozenset[int]


@dataclass(frozen=True)
class Alone:
    """A word that was said between pauses, cut out."""

    fold: int
    frames: Floats
    right: tuple[str, list[Span]]
    """The word, and what the recogniser says of it."""
    wrong: tuple[str, list[Span]]
    """Another word, held against the same audio."""


@dataclass(frozen=True)
class Material:
    """All that is learned from."""

    utterances: list[Utterance]
    texts: list[Texts]
    alone: list[Alone]
    targets: list[Any]
    """The class of every frame."""
    prior: Floats


@dataclass(frozen=True)
class Outcome:
    """What was trained without one fold, and how it does there."""

    weights: dict[str, Any]
    scores: dict[int, Scores]
    """In the experts' points, by utterance."""
    verdicts: list[tuple[str, bool]]
    """What was held against audio, and whether it counts as wrong, or as not said."""


def main() -> None:
    """Train, print the figures, write the weights."""
    options = _options()
    torch.set_num_threads(1)
    (options.cache / "encoded").mkdir(parents=True, exist_ok=True)
    corpus = labels(options.data)[: options.limit]
    aligner = Aligner(resolve_model("base", options.whisper), threads=1)
    texts = [_read(row) for row in _aligned(options, aligner, corpus)]
    utterances = load(corpus, options.cache / "encoded")
    targets, prior = _bootstrap(utterances, texts)
    said_alone = _said_alone(options, aligner, utterances, targets)
    material = Material(utterances, texts, said_alone, targets, prior)
    models = _classifiers(material, options.jobs)
    *outcomes, whole = _at_once(
        lambda fold: _outcome(material, models, fold), [*range(FOLDS), None], options.jobs
    )
    scores = {n: s for o in outcomes for n, s in o.scores.items()}
    _print_scores(utterances, scores)
    if options.scores:
        _write_scores(utterances, corpus, scores, options.scores)
    _print_verdicts([verdict for o in outcomes for verdict in o.verdicts])
    write_lexicon(corpus_lexicon(corpus), options.out / "lexicon.txt")
    save_file(whole.weights, options.out / WEIGHTS)


def _options() -> argparse.Namespace:
    home = Path.home() / ".cache" / "voice-tutor"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of speechocean762")
    parser.add_argument("--out", type=Path, required=True, help="where the weights go")
    parser.add_argument("--cache", type=Path, default=home / "pronunciation")
    parser.add_argument("--whisper", type=Path, default=home, help="where Whisper is kept")
    parser.add_argument("--limit", type=int, help="only so many utterances, to try it out")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at once")
    parser.add_argument("--scores", type=Path, help="where held-out scores go, for agreement.py")
    return parser.parse_args()


_began = time.monotonic()


def _say(what: str) -> None:
    print(f"{time.monotonic() - _began:6.0f} s  {what}", flush=True)


_work: Callable[[Any], Any]
"""What the processes of `_at_once` do: they are forked, so that nothing large is copied."""


def _at_once(work: Callable[[Any], Any], items: Iterable[Any], jobs: int) -> list[Any]:
    global _work  # noqa: PLW0603 - a function inside another cannot be sent to a process
    _work = work
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, context) as pool:
        return list(pool.map(_do, items))


def _do(item: Any) -> Any:
    torch.set_num_threads(1)
    return _work(item)


def _aligned(
    options: argparse.Namespace, aligner: Aligner, corpus: Sequence[dict[str, Any]]
) -> list[Any]:
    """Each utterance's texts with their words' spans, from the cache or by Whisper."""
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
        if n % 250 == 0:
            _say(f"utterance {n} encoded and aligned")
    return rows


def _align(aligner: Aligner, path: Path, texts: dict[str, tuple[str, int]]) -> dict[str, Any]:
    with np.load(path) as stored:
        heard = encoded(stored["frames"], int(stored["count"]))
    found = {}
    for kind, (text, at) in texts.items():
        spans = _spans(aligner, heard, text)
        found[kind] = (text, at, [(s.start, s.end, s.log_probabilities) for s in spans])
    return found


def _spans(aligner: Aligner, heard: Encoded, text: str) -> list[Span]:
    ways = [aligner.tokens(way, "en") for way in spellings(reference_words(text), "en")]
    return aligner.align_likeliest(heard, ways, "en")


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


def _said_alone(
    options: argparse.Namespace,
    aligner: Aligner,
    utterances: Sequence[Utterance],
    targets: Sequence[Any],
) -> list[Alone]:
    """Words said between pauses, each with itself and with another word."""
    places = alone.words_alone(utterances, targets)
    said = [utterances[n].text.split()[word] for n, word, _, _ in places]
    others = alone.other_words(said, [u.text for u in utterances])
    found = []
    for (n, _, start, end), right, wrong in zip(places, said, others, strict=True):
        audio = audio_of(options.data, utterances[n].name)
        heard = aligner.encode(alone.cut_out(audio, start, end))
        spans = [_spans(aligner, heard, text) for text in (right, wrong)]
        frames = heard.frames[: heard.count]
        found.append(Alone(utterances[n].fold, frames, (right, spans[0]), (wrong, spans[1])))
    _say(f"{len(found)} words cut out")
    return found


def _classifiers(material: Material, jobs: int) -> dict[Folds, classifier.Classifier]:
    """One without each two folds, one without each, and one of all."""
    lacking = [frozenset(folds) for size in (0, 1, 2) for folds in combinations(range(FOLDS), size)]
    states = _at_once(lambda without: _frames_without(material, without), lacking, jobs)
    models = {}
    for without, state in zip(lacking, states, strict=True):
        models[without] = classifier.Classifier(state["mean"], state["deviation"])
        models[without].load_state_dict({n: torch.from_numpy(a) for n, a in state.items()})
        models[without].eval()
    return models


def _frames_without(material: Material, without: Folds) -> dict[str, Floats]:
    rows = [n for n, u in enumerate(material.utterances) if u.fold not in without]
    chosen = [material.utterances[n] for n in rows], [material.targets[n] for n in rows]
    model = classifier.train(*chosen, CLASSIFIER_EPOCHS, seed=10 + sum(2**n for n in without))
    held = [n for n, u in enumerate(material.utterances) if u.fold in without]
    right = [
        classifier.log_posteriors(model, material.utterances[n].frames).argmax(1)
        == material.targets[n]
        for n in held
    ]
    known = [material.targets[n] != classifier.IGNORED for n in held]
    share = np.concatenate(right)[np.concatenate(known)].mean() if held else np.nan
    _say(f"classifier without {sorted(without)}: {100 * share:.1f} % of its frames right")
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}


def _outcome(
    material: Material, models: dict[Folds, classifier.Classifier], fold: int | None
) -> Outcome:
    """Train without a fold, and score it. None: train with all."""
    utterances, prior = material.utterances, material.prior
    without = frozenset() if fold is None else frozenset([fold])
    described = [
        _described(u.frames, u.words, t["right"][2], models[without | {u.fold}], prior)
        for u, t in zip(utterances, material.texts, strict=True)
    ]
    known = [n for n, u in enumerate(utterances) if u.fold != fold]
    weights: dict[str, Any] = {"prior": prior}
    weights |= judging.fit([described[n] for n in known], [utterances[n] for n in known])
    _say(f"judges without {sorted(without)} trained")
    texts = list(_texts(material, models, without))
    read = [match_features(described[n]) for n in known]
    read += [x for kind, of, x in texts if of != fold and kind == ALONE]
    unread = [x for kind, of, x in texts if of != fold and kind != ALONE]
    fitted = match.fit(np.stack(read), np.stack(unread))
    weights |= {f"match.{name}": array for name, array in fitted.items()}
    state = models[without].state_dict()
    weights |= {f"classifier.{name}": tensor.numpy() for name, tensor in state.items()}
    weights = {name: np.ascontiguousarray(array) for name, array in weights.items()}
    held = [n for n, u in enumerate(utterances) if u.fold == fold]
    judges = Judges(weights)
    verdicts = [("text: right", _is_wrong(match_features(described[n]), fitted)) for n in held]
    verdicts += [(kind, _is_wrong(x, fitted)) for kind, of, x in texts if of == fold]
    verdicts += [verdict for n in held for verdict in _missing(material, models, described[n], n)]
    return Outcome(weights, {n: judges.score(described[n]) for n in held}, verdicts)


def _described(
    frames: Floats,
    words: Sequence[Sequence[int]],
    spans: Sequence[Span],
    model: classifier.Classifier,
    prior: Floats,
) -> Description:
    logs = classifier.log_posteriors(model, frames)
    segments = lay_phones(logs - PRIOR_WEIGHT * prior, words)
    if segments is None:
        raise ValueError("more phones than frames")
    return describe(frames, logs, words, spans, segments)


def _texts(
    material: Material, models: dict[Folds, classifier.Classifier], without: Folds
) -> Iterator[tuple[str, int, Floats]]:
    """Texts held against audio, beside whole ones that were read: kind, fold, match features."""
    for kind, fold, frames, text, spans in _held_against(material):
        found = _of_text(frames, text, spans, models[without | {fold}], material.prior)
        if found is not None:
            yield kind, fold, match_features(found)


def _held_against(material: Material) -> Iterator[tuple[str, int, Floats, str, list[Span]]]:
    for utterance, kinds in zip(material.utterances, material.texts, strict=True):
        for kind in [kind for kind in WRONG_KINDS if kind in kinds]:
            text, _, spans = kinds[kind]
            yield f"text: {kind}", utterance.fold, utterance.frames, text, spans
    for word in material.alone:
        yield ALONE, word.fold, word.frames, *word.right
        yield "text: another word alone", word.fold, word.frames, *word.wrong


def _of_text(
    frames: Floats,
    text: str,
    spans: Sequence[Span],
    model: classifier.Classifier,
    prior: Floats,
) -> Description | None:
    """None when the text has more sounds than there are frames."""
    words = [[CLASS_OF[p] for p in _english().phones(w)] for w in text.split()]
    if len(frames) < sum(map(len, words)):
        return None
    return _described(frames, words, spans, model, prior)


@cache
def _english() -> English:
    return English.load()


def _missing(
    material: Material,
    models: dict[Folds, classifier.Classifier],
    read: Description,
    n: int,
) -> Iterator[tuple[str, bool]]:
    """Whether words of one utterance count as not said: those put into its text, and its own."""
    utterance, kinds = material.utterances[n], material.texts[n]
    flagged = [not was_said(*both) for both in zip(*map(list, word_evidence(read)), strict=True)]
    for least in WELL_READ:
        if utterance.sentence_scores[0] >= least:
            yield f"sentence of accuracy {least} or more: any word", any(flagged)
    for score, flag in zip(utterance.word_scores, flagged, strict=True):
        if score >= alone.WELL_SAID:
            yield f"word: said, score {alone.WELL_SAID} or more", flag
    for kind in [kind for kind in EDITED_KINDS if kind in kinds]:
        text, at, spans = kinds[kind]
        model = models[frozenset([utterance.fold])]
        found = _of_text(utterance.frames, text, spans, model, material.prior)
        if found is not None:
            logs, heard = word_evidence(found)
            yield f"word: {kind}", not was_said(float(logs[at]), float(heard[at]))


def _write_scores(
    utterances: Sequence[Utterance],
    corpus: Sequence[dict[str, Any]],
    scores: dict[int, Scores],
    path: Path,
) -> None:
    """Held-out scores beside the experts', a line for each utterance."""
    with path.open("w", encoding="utf-8") as file:
        for n, (found, label) in enumerate(zip(utterances, corpus, strict=True)):
            given = {name: found.sentence_scores[[k]] for k, name in enumerate(SENTENCE)}
            given |= {"word": found.word_scores, "phone": found.phone_scores}
            given["phone mean"] = _phone_means(label, found)
            own = {name: scores[n].sentence[[k]] for k, name in enumerate(SENTENCE)}
            own |= {"word": scores[n].words, "phone": scores[n].phones}
            row = {
                "speaker": found.speaker,
                "fold": found.fold,
                "scores": {name: array.tolist() for name, array in own.items()},
                "experts": {name: array.tolist() for name, array in given.items()},
            }
            file.write(json.dumps(row) + "\n")


def _phone_means(label: dict[str, Any], utterance: Utterance) -> Floats:
    """The mean of the experts' points for each phone, of those that agree on its word's phones."""
    means: list[float] = []
    for word, phones in zip(label["words"], utterance.words, strict=True):
        means += word_phone_scores(word["phones"], len(phones), fmean)
    return np.array(means, np.float32)


def _print_scores(utterances: Sequence[Utterance], scores: dict[int, Scores]) -> None:
    """Pearson's correlation with the experts' medians: of all, and of the worst fold."""
    folds = np.array([u.fold for u in utterances])
    everything = np.arange(len(utterances))
    overall = _correlations(utterances, scores, everything)
    each = [_correlations(utterances, scores, np.flatnonzero(folds == f)) for f in range(FOLDS)]
    for name, value in overall.items():
        print(f"| {name} | {value:.3f} | worst fold {min(one[name] for one in each):.3f} |")


def _correlations(
    utterances: Sequence[Utterance], scores: dict[int, Scores], rows: Iterable[int]
) -> dict[str, float]:
    both = [(scores[n], utterances[n]) for n in rows]
    pairs = {
        name: _flat([(s.sentence[n : n + 1], u.sentence_scores[n : n + 1]) for s, u in both])
        for n, name in enumerate(SENTENCE)
    }
    pairs["word"] = _flat([(s.words, u.word_scores) for s, u in both])
    pairs["phone"] = _flat([(s.phones, u.phone_scores) for s, u in both])
    found = {}
    for name, (guessed, given) in pairs.items():
        known = ~np.isnan(given)
        found[name] = float(np.corrcoef(guessed[known], given[known])[0, 1])
    return found


def _flat(pairs: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    guessed, given = zip(*pairs, strict=True)
    return np.concatenate(guessed), np.concatenate(given)


def _print_verdicts(verdicts: Sequence[tuple[str, bool]]) -> None:
    """How often texts are taken for wrong, and words for not said, held out."""
    for kind in sorted({kind for kind, _ in verdicts}):
        flags = [wrong for one, wrong in verdicts if one == kind]
        print(f"| {kind} | {len(flags)} | {100 * np.mean(flags):.2f} % |")


def _is_wrong(features: Floats, weights: dict[str, Floats]) -> bool:
    """Whether even a perfect score would be brought down to that of a wrong text."""
    return believed(100, log_odds(features, weights)) <= WRONG


if __name__ == "__main__":
    main()

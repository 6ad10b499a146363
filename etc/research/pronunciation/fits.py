"""Other judges than the shipped ones: heads, trees and trees for sentences, for `variants.py`.

Each fit takes all items and the fold that it must not learn from, and scores that fold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boost
import classifier
import head
import lightgbm
import linear
import numpy as np
from corpus import Utterance
from describing import Item

from tutor.core.feedback.pronunciation.features import (
    PHONE_FEATURES,
    UTTERANCE_FEATURES,
    WORD_FEATURES,
)
from tutor.core.feedback.pronunciation.laying import Floats
from tutor.core.feedback.pronunciation.networks import OUTLIER, Inputs, Scores, judge, standardise
from tutor.core.feedback.pronunciation.stacking import OPINIONS, opinions, phone_rows, word_rows

Judged = dict[int, Scores]
"""Scores in the experts' points, by item; what a fit does not judge is empty."""

Fit = Callable[[list[Item], int], Judged]


# ---------------------------------------------------------------- heads


def _between(item: Item) -> Utterance:
    """Targets halfway between the experts' median and their mean."""
    u = item.utterance
    return replace(
        u,
        phone_scores=_middle(u.phone_scores, item.phone_means),
        word_scores=_middle(u.word_scores, u.word_means),
        sentence_scores=_middle(u.sentence_scores, item.sentence_means),
    )


def _middle(one: Floats, other: Floats) -> Floats:
    return ((one + other) / 2).astype(np.float32)


def of_head(options: set[str], seed: int) -> Fit:
    """A head: `between` targets, `voiceless` (no mean of the encoder over all speech), `centred`
    (vectors without what all of an utterance have in common), `free` bounds beside the features."""

    def fit(items: list[Item], fold: int) -> Judged:
        known = [n for n, one in enumerate(items) if one.utterance.fold != fold]
        wanted = [_between(one) if "between" in options else one.utterance for one in items]
        scales = head.scaling([items[n].described for n in known], [wanted[n] for n in known])
        shown = _shown(items, known, scales, options)
        model = head.train(
            [items[n].described for n in known],
            [wanted[n] for n in known],
            scales,
            20 if "long" in options else 12,
            seed=seed,
            shown=[shown[n] for n in known],
        )
        weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
        mean, deviation = scales["score_mean"], scales["score_deviation"]
        found = {}
        for n in [n for n, one in enumerate(items) if one.utterance.fold == fold]:
            said = judge(items[n].described, shown[n], weights)
            found[n] = Scores(
                said.phones * deviation[0] + mean[0],
                said.words * deviation[1] + mean[1],
                said.sentence * deviation[2:] + mean[2:],
            )
        return found

    return fit


def _shown(
    items: list[Item], known: list[int], scales: dict[str, Floats], options: set[str]
) -> list[Inputs]:
    shown = [standardise(one.described, scales) for one in items]
    if "voiceless" in options:
        kept = np.arange(len(shown[0].whole)) < UTTERANCE_FEATURES
        shown = [replace(one, whole=one.whole * kept) for one in shown]
    if "centred" in options:
        usual = _usual(items, known, shown)
        apart = [o.vectors - usual[i.described.phones] for i, o in zip(items, shown, strict=True)]
        shown = [
            replace(one, vectors=one.vectors - own.mean(0))
            for one, own in zip(shown, apart, strict=True)
        ]
    if "free" in options:
        lessons = np.concatenate([items[n].free for n in known])
        mean, deviation = lessons.mean(0), lessons.std(0) + 1e-3
        free = [np.clip((i.free - mean) / deviation, -OUTLIER, OUTLIER) for i in items]
        shown = [
            replace(one, features=np.concatenate([one.features, more], 1, dtype=np.float32))
            for one, more in zip(shown, free, strict=True)
        ]
    return shown


def _usual(items: list[Item], known: list[int], shown: list[Inputs]) -> Floats:
    """The mean vector of each class; [classes, width]."""
    phones = np.concatenate([items[n].described.phones for n in known])
    vectors = np.concatenate([shown[n].vectors for n in known])
    usual = np.zeros((classifier.CLASSES, vectors.shape[1]), np.float32)
    for phone in np.unique(phones):
        usual[phone] = vectors[phones == phone].mean(0)
    return usual


# ---------------------------------------------------------------- trees


def of_trees(options: set[str]) -> Fit:
    """Trees for phones and words: `between` targets, `free` bounds, `shares` (of the points, by
    cross entropy), `agreed` (words weigh as the experts agree on them), `long`."""

    def fit(items: list[Item], fold: int) -> Judged:
        known = np.array([one.utterance.fold != fold for one in items])
        wanted = [_between(one) if "between" in options else one.utterance for one in items]
        phones, words = _rows(items, fold, is_free="free" in options)
        weights = (
            [np.float32(1) / (1 + one.word_spread**2) for one in items]
            if "agreed" in options
            else None
        )
        of_phones = _grown(
            phones, [_share(u.phone_scores, 2) for u in wanted], known, None, options
        )
        of_words = _grown(
            words, [_share(u.word_scores, 10) for u in wanted], known, weights, options
        )
        return {
            n: Scores(2 * of_phones[n], 10 * of_words[n], np.zeros(0, np.float32))
            for n in np.flatnonzero(~known).tolist()
        }

    return fit


def _share(points: Floats, most: float) -> Floats:
    return (points / most).astype(np.float32)


_plain: dict[int, tuple[list[Floats], list[Floats]]] = {}
"""What the shipped trees look at, by the fold that their opinions have not heard."""


def _rows(items: list[Item], fold: int, *, is_free: bool) -> tuple[list[Floats], list[Floats]]:
    """What trees look at, phones and words of each item; opinions have not heard the speaker."""
    if fold not in _plain:
        _plain[fold] = _plain_rows(items, fold)
    if not is_free:
        return _plain[fold]
    phones, words = [], []
    for one, p, w in zip(items, *_plain[fold], strict=True):
        word_of = one.described.word_of
        least = np.minimum.reduceat(one.free, np.flatnonzero(np.diff(word_of, prepend=-1)))
        phones.append(np.concatenate([p, one.free, least[word_of]], 1))
        words.append(np.concatenate([w, least], 1))
    return phones, words


def _plain_rows(items: list[Item], fold: int) -> tuple[list[Floats], list[Floats]]:
    rest = [n for n, one in enumerate(items) if one.utterance.fold != fold]
    held = sorted(set(range(len(items))) - set(rest))
    scales = head.scaling([items[n].described for n in rest], [items[n].utterance for n in rest])
    shown = [standardise(one.described, scales) for one in items]
    three = []
    for one in items:
        w, d = head.standard(one.utterance, scales), one.described
        accuracy = np.full(len(d.phones), w.sentence[0])
        three.append(np.stack([w.phones, w.words[d.word_of], accuracy], 1))
    lessons = [items[n].described for n in rest], [shown[n] for n in rest], [three[n] for n in rest]
    folds = np.array([items[n].utterance.fold for n in rest])
    said = dict(zip(rest, linear.held_out(*lessons, folds), strict=True))
    weights = linear.fit(*lessons)
    said |= {n: opinions(items[n].described, shown[n], weights) for n in held}
    each = [(one.described, shown[n], said[n]) for n, one in enumerate(items)]
    return [phone_rows(*one) for one in each], [word_rows(*one) for one in each]


def _grown(
    rows: list[Floats],
    wanted: list[Floats],
    known: Any,
    weights: list[Floats] | None,
    how: set[str],
) -> dict[int, Floats]:
    """What trees that learned from known items say of the others."""
    rest, held = np.flatnonzero(known).tolist(), np.flatnonzero(~known).tolist()
    x, y = np.concatenate([rows[n] for n in rest]), np.concatenate([wanted[n] for n in rest])
    weigh = np.concatenate([weights[n] for n in rest]) if weights else np.ones(len(y))
    parameters = boost.PARAMETERS | ({"objective": "cross_entropy"} if "shares" in how else {})
    rounds = boost.ROUNDS
    if "long" in how:
        parameters, rounds = parameters | {"learning_rate": 0.025}, 2 * rounds
    data = lightgbm.Dataset(x[~np.isnan(y)], y[~np.isnan(y)], weight=weigh[~np.isnan(y)])
    model = lightgbm.train(parameters, data, rounds)
    return {n: np.asarray(model.predict(rows[n]), np.float32) for n in held}


# ---------------------------------------------------------------- sentences

POOLED = slice(PHONE_FEATURES + WORD_FEATURES, 2 * PHONE_FEATURES + WORD_FEATURES + OPINIONS)
"""The columns of a phone's row that are pooled: its features among its like, and opinions."""

RIDGE = 1000.0
SENTENCE_TREES = {"min_data_in_leaf": 30, "num_leaves": 8, "learning_rate": 0.03}


def of_sentences(items: list[Item], fold: int) -> Judged:
    """Trees for sentences, from what their phones have in common and a linear fit of the encoder's
    mean and deviation."""
    phones, _ = _rows(items, fold, is_free=False)
    folds = np.array([one.utterance.fold for one in items])
    wanted = np.stack([one.utterance.sentence_scores for one in items])
    whole = np.stack([np.r_[one.described.mean, one.described.deviation] for one in items])
    said = np.zeros_like(wanted)
    for held in set(folds.tolist()):
        lessons = (folds != fold) & (folds != held)
        mean, deviation = whole[lessons].mean(0), whole[lessons].std(0) + 1e-3
        weight, bias = linear.ridge((whole[lessons] - mean) / deviation, wanted[lessons], RIDGE)
        own = folds == held
        said[own] = (whole[own] - mean) / deviation @ weight + bias
    pooled = np.stack([_pool(rows[:, POOLED]) for rows in phones])
    x = np.concatenate([pooled, [one.described.utterance for one in items], said], 1)
    known = folds != fold
    found = np.stack([_sentence_trees(x, y, known) for y in wanted.T], 1)
    nothing = np.zeros(0, np.float32)
    return {n: Scores(nothing, nothing, found[n]) for n in np.flatnonzero(~known).tolist()}


def _pool(rows: Floats) -> Floats:
    return np.concatenate([rows.mean(0), rows.std(0), *np.quantile(rows, (0.1, 0.3), axis=0)])


def _sentence_trees(x: Floats, y: Floats, known: Any) -> Floats:
    data = lightgbm.Dataset(x[known], y[known])
    return np.asarray(lightgbm.train(boost.PARAMETERS | SENTENCE_TREES, data, 350).predict(x))

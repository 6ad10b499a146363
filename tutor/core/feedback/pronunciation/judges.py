"""From the description of an utterance to experts' scores: heads and boosted trees together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tutor.core.feedback.pronunciation import trees
from tutor.core.feedback.pronunciation.features import Description
from tutor.core.feedback.pronunciation.networks import Scores, Weights, judge, standardise
from tutor.core.feedback.pronunciation.stacking import opinions, phone_rows, word_rows

TREES_SHARE = 0.6
"""Share of phones' and words' scores that comes from the trees; the rest is the heads' mean."""


class Judges:
    """The heads and the trees, fitted to the experts of speechocean762."""

    def __init__(self, weights: Weights) -> None:
        self._scales = part(weights, "scales.")
        names = (name.split(".") for name in weights if name.startswith("heads."))
        self._heads = [part(weights, f"heads.{n}.") for n in sorted({name[1] for name in names})]
        self._linear = part(weights, "linear.")
        self._phones = trees.load(part(weights, "trees.phones."))
        self._words = trees.load(part(weights, "trees.words."))

    def score(self, d: Description) -> Scores:
        """The scores of an utterance in the experts' points: phones 0 to 2, all else 0 to 10."""
        inputs = standardise(d, self._scales)
        heads = [judge(d, inputs, head) for head in self._heads]
        opinion = opinions(d, inputs, self._linear)
        phones = trees.predict(phone_rows(d, inputs, opinion), self._phones)
        words = trees.predict(word_rows(d, inputs, opinion), self._words)
        mean, deviation = self._scales["score_mean"], self._scales["score_deviation"]
        return Scores(
            _blend([s.phones for s in heads], phones) * deviation[0] + mean[0],
            _blend([s.words for s in heads], words) * deviation[1] + mean[1],
            np.mean([s.sentence for s in heads], axis=0) * deviation[2:] + mean[2:],
        )


def part(weights: Weights, prefix: str) -> Weights:
    """The weights whose names begin with a prefix, by the rest of their names."""
    return {
        name.removeprefix(prefix): array
        for name, array in weights.items()
        if name.startswith(prefix)
    }


def _blend(heads: Sequence[trees.Floats], grown: trees.Floats) -> trees.Floats:
    mixed: trees.Floats = (1 - TREES_SHARE) * np.mean(heads, axis=0) + TREES_SHARE * grown
    return mixed

"""The trained part of a judgement: which sounds frames hold, and what experts would say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tutor.adapters.feedback.phones import CLASS_OF
from tutor.core.feedback.pronunciation.features import describe, match_features, word_evidence
from tutor.core.feedback.pronunciation.judges import Judges, part
from tutor.core.feedback.pronunciation.laying import (
    PRIOR_WEIGHT,
    Floats,
    Segments,
    lay_phones,
    likeliest,
    preference,
)
from tutor.core.feedback.pronunciation.networks import Scores, Weights, classify, match
from tutor.core.feedback.pronunciation.spans import Span


@dataclass(frozen=True)
class Judgement:
    """The findings of the trained part on words that it has sounds for."""

    segments: Segments
    scores: Scores
    """Scores in the experts' points: phones 0 to 2, all else 0 to 10."""
    heard: Floats
    """The mean log posterior of each word's sounds; [words]."""
    match: float
    """Log odds that the text was read."""
    preferences: tuple[float, ...]
    """For each rival, how much likelier the frames are if it was said: log ratios."""


class Trained:
    """The classifier and the judges, fitted to the experts of speechocean762."""

    def __init__(self, weights: Weights) -> None:
        self._classifier = part(weights, "classifier.")
        self._match = part(weights, "match.")
        self._prior = weights["prior"]
        self._judges = Judges(weights)

    def scores(self, frames: Floats) -> Floats:
        """What phones are laid along, [frames, classes]; `frames`: the encoder's."""
        return classify(frames, self._classifier) - np.float32(PRIOR_WEIGHT) * self._prior

    def heard_sounds(
        self, frames: Floats, words: Sequence[Sequence[tuple[str, ...]]]
    ) -> list[tuple[str, ...]]:
        """The phones with which each word was said, of those of its pronunciations, the likeliest
        first; () for a word without any."""
        spoken = [n for n, ways in enumerate(words) if ways]
        chosen = likeliest(
            self.scores(frames), [[_classes(way) for way in words[n]] for n in spoken]
        )
        found: list[tuple[str, ...]] = [()] * len(words)
        for n, way in zip(spoken, chosen, strict=True):
            found[n] = words[n][way]
        return found

    def judge(
        self,
        frames: Floats,
        words: Sequence[Sequence[str]],
        spans: Sequence[Span],
        rivals: Sequence[tuple[int, Sequence[str]]] = (),
    ) -> Judgement | None:
        """Judge words; None when they have more sounds than there are frames.

        Args:
            frames: [frames, width], the encoder's.
            words: The phones of each word.
            spans: Each word, as the recogniser found it.
            rivals: Other words' phones, each with the index of the word whose place it takes.
        """
        classes = [_classes(word) for word in words]
        logs = classify(frames, self._classifier)
        scores = logs - np.float32(PRIOR_WEIGHT) * self._prior
        segments = lay_phones(scores, classes)
        if segments is None:
            return None
        description = describe(frames, logs, classes, spans, segments)
        return Judgement(
            segments,
            self._judges.score(description),
            word_evidence(description)[1],
            match(match_features(description), self._match),
            tuple(
                preference(scores, classes, segments, at, _classes(phones)) for at, phones in rivals
            ),
        )


def _classes(phones: Sequence[str]) -> list[int]:
    return [CLASS_OF[phone] for phone in phones]

"""Words said alone, cut out of utterances, to learn and to measure how a single word is matched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from random import Random

import numpy as np
import numpy.typing as npt
from corpus import Utterance

from tutor.core.feedback.pronunciation.judgeable import reference_words
from tutor.core.feedback.pronunciation.laying import SILENCE

Targets = npt.NDArray[np.int64]

PAUSE = 5
"""Frames of silence before and after a word that is said alone."""

FEWEST_PHONES = 3
WELL_SAID = 8
"""Of 10: only words that experts scored as high."""

PAD_S = 0.3
"""Near-silence before and behind a word that is cut out, as a recording begins and ends."""

_HUSH = 3e-4
"""Standard deviation of it, of full scale."""

NEAR = 20
"""Of so many words of its length or nearly so, one is held against a word."""

FRAME = 320
"""Samples."""


def words_alone(
    utterances: Sequence[Utterance], targets: Sequence[Targets]
) -> list[tuple[int, int, int, int]]:
    """Where a word stands between pauses: utterance, word, first frame, just past the last."""
    return [
        (n, word, start, end)
        for n, (utterance, classes) in enumerate(zip(utterances, targets, strict=True))
        for start, end in _runs(classes)
        for word in [_word(utterance, _sounds(classes[start:end]))]
        if word is not None and utterance.word_scores[word] >= WELL_SAID
    ]


def _runs(classes: Targets) -> Iterator[tuple[int, int]]:
    """Stretches of speech between pauses."""
    spoken = np.flatnonzero(classes != SILENCE)
    for stretch in np.split(spoken, np.flatnonzero(np.diff(spoken) > PAUSE) + 1):
        if len(stretch):
            yield int(stretch[0]), int(stretch[-1]) + 1


def _sounds(classes: Targets) -> list[int]:
    return [int(sound) for sound, _ in groupby(classes)]


def _word(utterance: Utterance, sounds: list[int]) -> int | None:
    if len(sounds) < FEWEST_PHONES or sounds not in utterance.words:
        return None
    return utterance.words.index(sounds)


def cut_out(audio: npt.NDArray[np.float32], start: int, end: int) -> npt.NDArray[np.float32]:
    """One word's audio with a little of its surroundings, between near-silence."""
    margin = 2 * FRAME
    word = audio[max(0, start * FRAME - margin) : end * FRAME + margin]
    padded = np.pad(word, round(PAD_S * 16_000))
    hush = np.random.default_rng(start).normal(0, _HUSH, len(padded))
    return (padded + hush).astype(np.float32)


def other_words(said: Sequence[str], texts: Sequence[str], seed: int = 11) -> list[str]:
    """For each word another one of about its length, of all texts."""
    chance = Random(seed)  # noqa: S311 - reproducible, no secret
    vocabulary = sorted({word for text in texts for word in reference_words(text)})
    return [chance.choice(_nearest(word, vocabulary)) for word in said]


def _nearest(word: str, vocabulary: Sequence[str]) -> list[str]:
    """Others of its length, or nearly so."""
    by_length = sorted(vocabulary, key=lambda other: (other == word, abs(len(other) - len(word))))
    return by_length[:NEAR]

"""Goodness of pronunciation: what a frame classifier's posteriors say about each phone of a text.

The classifier gives each 20 ms a probability for each phone and for silence. The phones that should
have been said are laid along them (Viterbi, silence allowed between words); each phone is then
described by how well the frames it got fit it, after Witt and Young 2000 (Speech Communication 30).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

SILENCE = 0
"""The classifier's class for frames that hold no phone."""

PRIOR_WEIGHT = 0.7
"""How much of the classes' log prior is taken off before phones are laid along the frames."""

LONG_PAUSE = 15
"""Frames of 20 ms."""

PHONE_FEATURES = 12
WORD_FEATURES = 17
UTTERANCE_FEATURES = 14

_SURE = 6
"""Of a phone's features, its mean posterior."""

_HEARD = 15
"""Of a word's features, the mean log posterior of its phones."""


@dataclass(frozen=True)
class Segments:
    """Where each phone of a text lies, in frames."""

    starts: Integers
    ends: Integers
    """Just past the last frame."""


@dataclass(frozen=True)
class Span:
    """Where the recogniser found one word, and how probable its tokens were, given all before."""

    start: int
    end: int
    """Frames, 20 ms each; the end is just past the word."""
    log_probabilities: tuple[float, ...]
    """Natural logarithms, one for each token."""


@dataclass(frozen=True)
class Description:
    """All that a head judges an utterance by."""

    phones: Integers
    """[n], the classes that should have been said."""
    word_of: Integers
    """[n], each phone's word."""
    place: Integers
    """[n], 0 first of its word, 1 last, 2 between, 3 alone."""
    features: Floats
    """[n, PHONE_FEATURES + WORD_FEATURES]."""
    vectors: Floats
    """[n, width], the encoder's mean over each phone."""
    utterance: Floats
    """[UTTERANCE_FEATURES]."""
    mean: Floats
    """[width], of the encoder over the speech."""
    deviation: Floats
    """[width]."""


def lay_phones(scores: Floats, words: Sequence[Sequence[int]]) -> Segments | None:
    """The likeliest segments of all phones in order; None when there are too few frames.

    Args:
        scores: [frames, classes], log posteriors, less some of the log prior.
        words: The phones of each word. Silence may lie before, between and behind words.
    """
    states, phone_of = _states(words)
    if len(scores) < sum(len(word) for word in words):
        return None
    path = _viterbi(scores[:, states], states == SILENCE)
    at = phone_of[path]
    count = int(phone_of.max()) + 1
    spoken = np.flatnonzero(at >= 0)
    starts = np.full(count, len(scores), np.int64)
    ends = np.zeros(count, np.int64)
    np.minimum.at(starts, at[spoken], spoken)
    np.maximum.at(ends, at[spoken], spoken + 1)
    return Segments(starts, ends)


def preference(
    scores: Floats,
    words: Sequence[Sequence[int]],
    segments: Segments,
    at: int,
    other: Sequence[int],
) -> float:
    """How much likelier the frames are if another word was said in a word's place: log ratio.

    Only the frames between the words before and behind its neighbours count, and the neighbours
    are laid along them anew, so that a boundary that suits one of the two does not decide.

    Args:
        scores: As `lay_phones` had them.
        words: The phones of each word of the text.
        segments: Of all those phones.
        at: Which word.
        other: The other word's phones.
    """
    first, last = max(0, at - 1), min(len(words), at + 2)
    counts = np.cumsum([0, *(len(word) for word in words)])
    begin = int(segments.ends[counts[first] - 1]) if first else 0
    end = int(segments.starts[counts[last]]) if last < len(words) else len(scores)
    frames = scores[begin:end]
    instead = [*words[first:at], other, *words[at + 1 : last]]
    return _likelihood(frames, instead) - _likelihood(frames, words[first:last])


def _likelihood(scores: Floats, words: Sequence[Sequence[int]]) -> float:
    """Of frames along the likeliest path of words, a natural logarithm; too few frames: -inf."""
    states, _ = _states(words)
    if len(scores) < sum(len(word) for word in words):
        return -np.inf
    path = _viterbi(scores[:, states], states == SILENCE)
    return float(scores[np.arange(len(scores)), states[path]].sum())


def _states(words: Sequence[Sequence[int]]) -> tuple[Integers, Integers]:
    """The class of each state, and the phone that it stands for (-1: silence)."""
    classes, phone_of, count = [SILENCE], [-1], 0
    for word in words:
        classes += [*word, SILENCE]
        phone_of += [*range(count, count + len(word)), -1]
        count += len(word)
    return np.array(classes, np.int64), np.array(phone_of, np.int64)


def _viterbi(scores: Floats, silent: npt.NDArray[np.bool_]) -> Integers:
    """The best path through states from left to right; silent ones may be skipped. [frames]."""
    frames, states = scores.shape
    low = np.float32(-1e9)
    no_jump = np.full(states, low, np.float32)
    no_jump[2:][silent[1:-1]] = 0
    steps = np.zeros((frames, states), np.int8)
    value = np.full(states, low, np.float32)
    value[:2] = scores[0, :2]
    step, jump = np.full(states, low, np.float32), np.full(states, low, np.float32)
    for t in range(1, frames):
        step[1:], jump[2:] = value[:-1], value[:-2]
        jump += no_jump
        moved = np.maximum(step, jump)
        steps[t] = np.where(value >= moved, 0, np.where(step >= jump, 1, 2))
        value = np.maximum(value, moved) + scores[t]
    path = np.empty(frames, np.int64)
    at = states - 1 if value[-1] >= value[-2] else states - 2
    for t in range(frames - 1, -1, -1):
        path[t] = at
        at -= int(steps[t, at])  # an int8 would not hold `at` in a long text
    return path


def describe(
    frames: Floats,
    log_posteriors: Floats,
    words: Sequence[Sequence[int]],
    spans: Sequence[Span],
    segments: Segments,
) -> Description:
    """Describe an utterance for a head.

    Args:
        frames: [frames, width], the encoder's output.
        log_posteriors: [frames, classes].
        words: The phones of each word; none is empty.
        spans: What the recogniser says of the same words.
        segments: Of all phones.
    """
    phones = np.array([phone for word in words for phone in word], np.int64)
    word_of = np.repeat(np.arange(len(words)), [len(word) for word in words])
    of_phones = _phone_features(log_posteriors, phones, segments)
    of_words = _word_features(words, spans, segments, of_phones)
    first, last = int(segments.starts[0]), int(segments.ends[-1])
    speech = frames[first:last]
    return Description(
        phones,
        word_of,
        np.concatenate([_places(len(word)) for word in words]),
        np.concatenate([of_phones, of_words[word_of]], axis=1).astype(np.float32),
        _means(frames, segments),
        _utterance_features(of_phones, of_words, segments, len(frames)),
        speech.mean(0),
        speech.std(0),
    )


def _places(count: int) -> Integers:
    if count == 1:
        return np.array([3])
    return np.array([0, *[2] * (count - 2), 1])


def _means(values: Floats, segments: Segments) -> Floats:
    """[n, width], the mean of the frames of each phone."""
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, 0, np.float64)])
    lengths = segments.ends - segments.starts
    sums = total[segments.ends] - total[segments.starts]
    means: Floats = (sums / lengths[:, None]).astype(np.float32)
    return means


def _phone_features(logs: Floats, phones: Integers, segments: Segments) -> Floats:
    """[n, PHONE_FEATURES]."""
    order = np.sort(logs, axis=1)
    entropy = -(np.exp(logs) * logs).sum(1)
    rows = []
    for phone, start, end in zip(phones, segments.starts, segments.ends, strict=True):
        own = logs[start:end, phone]
        best = order[start:end, -1]
        other = np.where(own >= best, order[start:end, -2], best)
        third = (end - start) // 3
        mean = logs[start:end].mean(0)
        rank = (mean > mean[phone]).sum()
        rows.append(
            (
                own.mean(),
                own.max(),
                own.min(),
                own[third : len(own) - third].mean(),
                (own - best).mean(),
                np.clip(own - other, -12, 12).mean(),
                np.exp(own).mean(),
                np.exp(logs[start:end, SILENCE]).mean(),
                entropy[start:end].mean(),
                np.log(end - start),
                np.log1p(rank),
                (own >= best).mean(),
            )
        )
    return np.array(rows, np.float32)


def _word_features(
    words: Sequence[Sequence[int]],
    spans: Sequence[Span],
    segments: Segments,
    of_phones: Floats,
) -> Floats:
    """[words, WORD_FEATURES]."""
    ends_at = np.cumsum([len(word) for word in words])
    starts_at = ends_at - [len(word) for word in words]
    starts, ends = segments.starts[starts_at], segments.ends[ends_at - 1]
    means = [float(np.mean(span.log_probabilities)) for span in spans]
    rows = []
    for n, (word, span) in enumerate(zip(words, spans, strict=True)):
        logs = span.log_probabilities
        own = of_phones[starts_at[n] : ends_at[n]]
        before = starts[n] - ends[n - 1] if n else 0
        after = starts[n + 1] - ends[n] if n + 1 < len(words) else 0
        rows.append(
            (
                means[n],
                min(logs),
                logs[0],
                logs[-1],
                np.log(len(logs)),
                np.exp(means[n]),
                means[n - 1] if n else 0.0,
                means[n + 1] if n + 1 < len(words) else 0.0,
                np.log1p(before),
                np.log1p(after),
                np.log(ends[n] - starts[n]),
                np.log((ends[n] - starts[n]) / len(word)),
                np.log(len(word)),
                np.clip(span.start - starts[n], -25, 25) / 10,
                np.clip(span.end - ends[n], -25, 25) / 10,
                own[:, 0].mean(),
                own[:, 0].min(),
            )
        )
    return np.array(rows, np.float32)


def _utterance_features(
    of_phones: Floats, of_words: Floats, segments: Segments, frames: int
) -> Floats:
    """[UTTERANCE_FEATURES]."""
    length = segments.ends[-1] - segments.starts[0]
    spoken = (segments.ends - segments.starts).sum()
    gaps = segments.starts[1:] - segments.ends[:-1]
    durations = of_phones[:, 9]
    return np.array(
        [
            np.log(length),
            np.log(len(of_phones)),
            np.log(len(of_words)),
            len(of_phones) / length,
            len(of_phones) / spoken,
            spoken / length,
            np.log1p((gaps >= LONG_PAUSE).sum()),
            np.log1p(gaps.max(initial=0)),
            durations.std(),
            of_words[:, 0].mean(),
            of_words[:, 1].min(),
            of_phones[:, 0].mean(),
            np.quantile(of_phones[:, 5], 0.2),
            np.log(frames),
        ],
        np.float32,
    )


def word_evidence(d: Description) -> tuple[Floats, Floats]:
    """Of each word the recogniser's mean log-probability, and the classifier's over its sounds."""
    words = int(d.word_of[-1]) + 1
    logs, heard = np.zeros(words, np.float32), np.zeros(words, np.float32)
    logs[d.word_of] = d.features[:, PHONE_FEATURES]
    heard[d.word_of] = d.features[:, PHONE_FEATURES + _HEARD]
    return logs, heard


def match_features(d: Description) -> Floats:
    """What tells a text that was read from one that was not: [features]."""
    logs, _ = word_evidence(d)
    words = len(logs)
    sure = np.bincount(d.word_of, d.features[:, _SURE]) / np.bincount(d.word_of)
    return np.array(
        [
            *d.utterance[[9, 11, 12]],
            np.exp(logs).mean(),
            (logs > np.log(5e-4)).mean(),
            (logs > np.log(0.05)).mean(),
            *d.features[:, [5, _SURE, 11, 10]].mean(0),
            (sure > 0.3).mean(),
            np.sort(sure)[: max(1, words // 2)].mean(),
            # A word alone is less probable than in a sentence, and has fewer sounds to go by.
            1 / words,
            d.utterance[9] / words,
            sure.mean() / words,
        ],
        np.float32,
    )

"""Goodness of pronunciation: what a frame classifier's posteriors say about each phone of a text.

The classifier gives each 20 ms a probability for each phone and for silence. The phones that should
have been said are laid along them (Viterbi, silence allowed between words); each phone is then
described by how well the frames it got fit it, after Witt and Young 2000 (Speech Communication 30).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from tutor.core.feedback.pronunciation.laying import SILENCE, Floats, Integers, Segments

LONG_PAUSE = 15
"""Frames of 20 ms."""

LONGEST_LEAD = 12
"""A phone's lead over the best other one counts no more than this, natural logarithm."""


class OfPhone(IntEnum):
    """What is measured of a phone: the columns of its features, over the frames it got."""

    MEAN = 0
    """Mean log posterior of the phone; so are the next three."""
    MOST = 1
    LEAST = 2
    MIDDLE = 3
    """Without its first and its last third, where neighbours sound into it."""
    BEHIND_BEST = 4
    """Log posterior less that of the frame's best class."""
    LEAD = 5
    """Log posterior less that of the best other class."""
    SURE = 6
    """Mean posterior."""
    SILENT = 7
    """Mean posterior of silence."""
    ENTROPY = 8
    LENGTH = 9
    """Log of its frames."""
    RANK = 10
    """Log of one more than how many classes are likelier over all of its frames."""
    IS_BEST = 11
    """Share of its frames in which no class is likelier."""


class OfWord(IntEnum):
    """What is measured of a word: the columns of its features, behind those of a phone."""

    MEAN = 0
    """Mean log-probability of the recogniser's tokens; so are the next three."""
    LEAST = 1
    FIRST = 2
    LAST = 3
    TOKENS = 4
    """Log of how many."""
    PROBABILITY = 5
    """Of the mean log-probability."""
    BEFORE = 6
    """Mean log-probability of the word before; 0 at the edge."""
    BEHIND = 7
    GAP_BEFORE = 8
    """Log of one more than the frames of silence."""
    GAP_BEHIND = 9
    LENGTH = 10
    """Log of its frames."""
    LENGTH_OF_PHONE = 11
    """Log of its frames for each of its phones."""
    PHONES = 12
    """Log of how many."""
    EARLIER = 13
    """Tens of frames by which the recogniser put its start later than its phones do."""
    LATER = 14
    """The same of its end."""
    HEARD = 15
    """Mean log posterior of its phones."""
    LEAST_HEARD = 16


class OfUtterance(IntEnum):
    """What is measured of an utterance: the columns of its features."""

    LENGTH = 0
    """Log of the frames from its first phone to its last."""
    PHONES = 1
    """Log of how many."""
    WORDS = 2
    """Log of how many."""
    SPEECH_RATE = 3
    """Phones a frame, silence counted."""
    ARTICULATION_RATE = 4
    """Phones a frame of speech."""
    SPEECH = 5
    """Share of its frames that are speech."""
    LONG_PAUSES = 6
    LONGEST_PAUSE = 7
    RHYTHM = 8
    """Standard deviation of the phones' log lengths."""
    WORDS_MEAN = 9
    """Mean over words of the recogniser's mean log-probability."""
    WORST_WORD = 10
    """The least log-probability of any token."""
    HEARD = 11
    """Mean log posterior of its phones."""
    WEAK_LEAD = 12
    """The lead that a fifth of its phones have less than."""
    FRAMES = 13
    """Log of all frames, silence around it counted."""


PHONE_FEATURES = len(OfPhone)
WORD_FEATURES = len(OfWord)
UTTERANCE_FEATURES = len(OfUtterance)


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
                np.clip(own - other, -LONGEST_LEAD, LONGEST_LEAD).mean(),
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
                own[:, OfPhone.MEAN].mean(),
                own[:, OfPhone.MEAN].min(),
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
    durations = of_phones[:, OfPhone.LENGTH]
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
            of_words[:, OfWord.MEAN].mean(),
            of_words[:, OfWord.LEAST].min(),
            of_phones[:, OfPhone.MEAN].mean(),
            np.quantile(of_phones[:, OfPhone.LEAD], 0.2),
            np.log(frames),
        ],
        np.float32,
    )


def word_evidence(d: Description) -> tuple[Floats, Floats]:
    """Of each word the recogniser's mean log-probability, and the classifier's over its sounds."""
    words = int(d.word_of[-1]) + 1
    logs, heard = np.zeros(words, np.float32), np.zeros(words, np.float32)
    logs[d.word_of] = d.features[:, PHONE_FEATURES + OfWord.MEAN]
    heard[d.word_of] = d.features[:, PHONE_FEATURES + OfWord.HEARD]
    return logs, heard


def match_features(d: Description) -> Floats:
    """What tells a text that was read from one that was not: [features]."""
    logs, _ = word_evidence(d)
    words = len(logs)
    sure = np.bincount(d.word_of, d.features[:, OfPhone.SURE]) / np.bincount(d.word_of)
    return np.array(
        [
            *d.utterance[[OfUtterance.WORDS_MEAN, OfUtterance.HEARD, OfUtterance.WEAK_LEAD]],
            np.exp(logs).mean(),
            (logs > np.log(5e-4)).mean(),
            (logs > np.log(0.05)).mean(),
            *d.features[:, [OfPhone.LEAD, OfPhone.SURE, OfPhone.IS_BEST, OfPhone.RANK]].mean(0),
            (sure > 0.3).mean(),
            np.sort(sure)[: max(1, words // 2)].mean(),
            # A word alone is less probable than in a sentence, and has fewer sounds to go by.
            1 / words,
            d.utterance[OfUtterance.WORDS_MEAN] / words,
            sure.mean() / words,
        ],
        np.float32,
    )

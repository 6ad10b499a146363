"""Goodness of pronunciation: what a frame classifier's posteriors say about each phone of a text.

The classifier gives each 20 ms a probability for each phone and for silence. The phones that should
have been said are laid along them (`laying`); each phone is then described by how well the frames
it got fit it, after Witt and Young 2000 (Speech Communication 30).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from tutor.core.feedback.pronunciation.laying import SILENCE, Floats, Integers, Segments
from tutor.core.feedback.pronunciation.spans import Span

LONG_PAUSE = 15
"""The shortest long pause, in frames of 20 ms."""

LONGEST_LEAD = 12
"""The greatest lead of a phone over the best other one that counts, a natural logarithm."""


class OfPhone(IntEnum):
    """What is measured of a phone: the columns of its features, over the frames it got."""

    MEAN = 0
    """Mean log posterior of the phone."""
    MOST = 1
    """Greatest log posterior of the phone."""
    LEAST = 2
    """Least log posterior of the phone."""
    MIDDLE = 3
    """Mean log posterior without the first and the last third, where neighbours sound into the
    phone."""
    BEHIND_BEST = 4
    """Mean log posterior less that of each frame's best class."""
    LEAD = 5
    """Mean log posterior less that of each frame's best other class."""
    SURE = 6
    """Mean posterior of the phone."""
    SILENT = 7
    """Mean posterior of silence."""
    ENTROPY = 8
    """Mean entropy of the posteriors."""
    LENGTH = 9
    """Log of the phone's frames."""
    RANK = 10
    """Log of one more than how many classes are likelier over all of the phone's frames."""
    IS_BEST = 11
    """Share of the phone's frames in which no class is likelier."""


class OfWord(IntEnum):
    """What is measured of a word: the columns of its features, which come after those of a
    phone."""

    MEAN = 0
    """Mean log-probability of the word's tokens, for the recogniser."""
    LEAST = 1
    """Least log-probability of a token."""
    FIRST = 2
    """Log-probability of the first token."""
    LAST = 3
    """Log-probability of the last token."""
    TOKENS = 4
    """Log of the count of tokens."""
    PROBABILITY = 5
    """Probability of which `MEAN` is the logarithm."""
    BEFORE = 6
    """Mean log-probability of the word before; 0 at the edge."""
    BEHIND = 7
    """Mean log-probability of the word after; 0 at the edge."""
    GAP_BEFORE = 8
    """Log of one more than the frames of silence before the word."""
    GAP_BEHIND = 9
    """Log of one more than the frames of silence after the word."""
    LENGTH = 10
    """Log of the word's frames."""
    LENGTH_OF_PHONE = 11
    """Log of the word's frames for each of its phones."""
    PHONES = 12
    """Log of the count of phones."""
    EARLIER = 13
    """Tens of frames by which the recogniser put the word's start later than its phones do."""
    LATER = 14
    """Tens of frames by which the recogniser put the word's end later than its phones do."""
    HEARD = 15
    """Mean log posterior of the word's phones."""
    LEAST_HEARD = 16
    """Least of the mean log posteriors of the word's phones."""


class OfUtterance(IntEnum):
    """What is measured of an utterance: the columns of its features."""

    LENGTH = 0
    """Log of the frames from the first phone to the last."""
    PHONES = 1
    """Log of the count of phones."""
    WORDS = 2
    """Log of the count of words."""
    SPEECH_RATE = 3
    """Phones for each frame, silence counted."""
    ARTICULATION_RATE = 4
    """Phones for each frame of speech."""
    SPEECH = 5
    """Share of the frames that are speech."""
    LONG_PAUSES = 6
    """Log of one more than the count of long pauses."""
    LONGEST_PAUSE = 7
    """Log of one more than the frames of the longest pause."""
    RHYTHM = 8
    """Standard deviation of the phones' log lengths."""
    WORDS_MEAN = 9
    """Mean over words of the recogniser's mean log-probability."""
    WORST_WORD = 10
    """Least log-probability of any token."""
    HEARD = 11
    """Mean log posterior of the phones."""
    WEAK_LEAD = 12
    """The lead that a fifth of the phones fall short of."""
    FRAMES = 13
    """Log of all frames, the silence around the speech counted."""


PHONE_FEATURES = len(OfPhone)
WORD_FEATURES = len(OfWord)
UTTERANCE_FEATURES = len(OfUtterance)


@dataclass(frozen=True)
class Description:
    """All that a head judges an utterance by."""

    phones: Integers
    """The classes that should have been said; [phones]."""
    word_of: Integers
    """The index of each phone's word; [phones]."""
    place: Integers
    """The place of each phone in its word: 0 first, 1 last, 2 between, 3 alone; [phones]."""
    features: Floats
    """The features of each phone and of its word; [phones, PHONE_FEATURES + WORD_FEATURES]."""
    vectors: Floats
    """The encoder's mean over each phone; [phones, width]."""
    utterance: Floats
    """The features of the utterance; [UTTERANCE_FEATURES]."""
    mean: Floats
    """The encoder's mean over the speech; [width]."""
    deviation: Floats
    """The encoder's standard deviation over the speech; [width]."""


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
        segments: Where all phones lie.
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
    """The mean of the frames of each phone; [phones, width]."""
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, 0, np.float64)])
    lengths = segments.ends - segments.starts
    sums = total[segments.ends] - total[segments.starts]
    means: Floats = (sums / lengths[:, None]).astype(np.float32)
    return means


def _phone_features(logs: Floats, phones: Integers, segments: Segments) -> Floats:
    """The features of each phone; [phones, PHONE_FEATURES]."""
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
    """The features of each word; [words, WORD_FEATURES]."""
    ends_at = np.cumsum([len(word) for word in words])
    starts_at = ends_at - [len(word) for word in words]
    starts, ends = segments.starts[starts_at], segments.ends[ends_at - 1]
    means = [span.mean for span in spans]
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
    """The features of the utterance; [UTTERANCE_FEATURES]."""
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
    """For each word its mean log-probability for the recogniser, and for the classifier.

    Both are arrays [words].
    """
    words = int(d.word_of[-1]) + 1
    logs, heard = np.zeros(words, np.float32), np.zeros(words, np.float32)
    logs[d.word_of] = d.features[:, PHONE_FEATURES + OfWord.MEAN]
    heard[d.word_of] = d.features[:, PHONE_FEATURES + OfWord.HEARD]
    return logs, heard


def match_features(d: Description) -> Floats:
    """The features that tell a text that was read from one that was not; [features]."""
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

"""How a text was pronounced: Whisper's alignment, a classifier of phones, heads fitted to experts.

Whisper encodes the audio once. Its decoder, given the text, says where each word is and how
probable it was; a small classifier on the encoder's frames says which sounds they hold; heads
trained on speechocean762 turn both into the scores of its experts. Other languages than English
get an untrained score from the probabilities alone, marked as not calibrated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from tutor.adapters.aligner import TEXT_TOKENS, Aligner, Encoded
from tutor.adapters.phones import ASSETS, CLASS_OF, IPA, English
from tutor.core import pronunciation
from tutor.core.assessment import Phone, PronouncedWord, Pronunciation, Reason
from tutor.core.audio import RATE
from tutor.core.goodness import PRIOR_WEIGHT, Segments, Span, describe, lay_phones, match_features
from tutor.core.networks import Scores, Weights, classify, judge, match, standardise

Audio = npt.NDArray[np.float32]

WEIGHTS = "pronunciation.safetensors"
FRAME_MS = 20


@dataclass(frozen=True)
class _Judged:
    """What the trained part says of the words it has sounds for."""

    segments: Segments
    scores: Scores
    match: float
    """Log odds that the text was read."""
    words: list[tuple[str, ...]]
    """The phones of every word of the text, () where there are none."""


class Pronouncer:
    """Scores pronunciation on the CPU. Safe to share between threads; they take turns."""

    def __init__(self, aligner: Aligner, english: English, trained: Trained | None) -> None:
        self._aligner = aligner
        self._english = english
        self._trained = trained

    @classmethod
    def load(cls, model: Path, *, threads: int = 1) -> Pronouncer:
        """Load Whisper (a folder for CTranslate2) and the weights that the package ships."""
        weights = ASSETS / WEIGHTS
        trained = Trained(load_file(weights)) if weights.exists() else None
        return cls(Aligner(model, threads), English.load(), trained)

    def assess(self, audio: Audio, text: str, language: str) -> Pronunciation:
        """Score how a text was said.

        Args:
            audio: float32 at 16 kHz, up to 30 s.
            text: What was to be said; or what was recognised, in free speech.
            language: Whisper's code.
        """
        words = pronunciation.reference_words(text)
        bad = pronunciation.bad_input(audio, words, language)
        if bad is not None:
            return _unscored(bad)
        tokens = self._aligner.tokens(pronunciation.plain_words(words, language), language)
        count = sum(len(word) for word in tokens)
        if count > TEXT_TOKENS or pronunciation.too_many_tokens(count, len(audio) / RATE):
            return _unscored("text_too_long")
        heard = self._aligner.encode(audio)
        spans = self._aligner.align(heard, tokens, language)
        if self._is_noise(heard, spans):
            return _unscored("no_speech")
        judged = self._judge(heard, words, spans) if language == "en" else None
        return _untrained(words, spans) if judged is None else _trained(words, spans, judged)

    def _is_noise(self, heard: Encoded, spans: Sequence[Span]) -> bool:
        every = [x for span in spans for x in span.log_probabilities]
        return pronunciation.is_doubtful(every) and pronunciation.is_noise(
            self._aligner.no_speech(heard)
        )

    def _judge(self, heard: Encoded, words: Sequence[str], spans: Sequence[Span]) -> _Judged | None:
        """None when there are no weights, no sounds, or more sounds than frames."""
        sounds = [self._english.phones(word) for word in words]
        spoken = [n for n, phones in enumerate(sounds) if phones]
        if self._trained is None or not spoken:
            return None
        found = self._trained.judge(
            heard.frames[: heard.count],
            [sounds[n] for n in spoken],
            [spans[n] for n in spoken],
        )
        return None if found is None else _Judged(*found, sounds)


class Trained:
    """The classifier and the heads, fitted to the experts of speechocean762."""

    def __init__(self, weights: Weights) -> None:
        self._classifier = _part(weights, "classifier.")
        self._scales = _part(weights, "scales.")
        self._match = _part(weights, "match.")
        self._prior = weights["prior"]
        count = len({name.split(".")[1] for name in weights if name.startswith("heads.")})
        self._heads = [_part(weights, f"heads.{n}.") for n in range(count)]

    def judge(
        self, frames: Audio, words: Sequence[Sequence[str]], spans: Sequence[Span]
    ) -> tuple[Segments, Scores, float] | None:
        """Where the phones are, how they sound (0 to 2, all else 0 to 10), and the match.

        Args:
            frames: [frames, width], the encoder's.
            words: The phones of each word.
            spans: Each word, as the recogniser found it.
        """
        classes = [[CLASS_OF[phone] for phone in word] for word in words]
        logs = classify(frames, self._classifier)
        segments = lay_phones(logs - np.float32(PRIOR_WEIGHT) * self._prior, classes)
        if segments is None:
            return None
        description = describe(frames, logs, classes, spans, segments)
        inputs = standardise(description, self._scales)
        scores = self._mean([judge(description, inputs, head) for head in self._heads])
        return segments, scores, match(match_features(description), self._match)

    def _mean(self, found: Sequence[Scores]) -> Scores:
        """The heads' mean, in the experts' points."""
        mean, deviation = self._scales["score_mean"], self._scales["score_deviation"]
        return Scores(
            np.mean([s.phones for s in found], axis=0) * deviation[0] + mean[0],
            np.mean([s.words for s in found], axis=0) * deviation[1] + mean[1],
            np.mean([s.sentence for s in found], axis=0) * deviation[2:] + mean[2:],
        )


def _part(weights: Weights, prefix: str) -> Weights:
    return {
        name.removeprefix(prefix): array
        for name, array in weights.items()
        if name.startswith(prefix)
    }


def _unscored(reason: Reason) -> Pronunciation:
    return Pronunciation(None, None, None, None, calibrated=False, reason=reason)


def _untrained(words: Sequence[str], spans: Sequence[Span]) -> Pronunciation:
    """Scores from the probabilities alone; what they say nothing of is None."""
    score = pronunciation.untrained_score([x for span in spans for x in span.log_probabilities])
    scored = (_untrained_word(word, span) for word, span in zip(words, spans, strict=True))
    return Pronunciation(score, None, None, score, calibrated=False, words=tuple(scored))


def _trained(words: Sequence[str], spans: Sequence[Span], judged: _Judged) -> Pronunciation:
    accuracy, fluency, prosodic, total = (
        pronunciation.believed(10 * float(score), judged.match) for score in judged.scores.sentence
    )
    scored, phone, known = [], 0, 0
    for word, span, sounds in zip(words, spans, judged.words, strict=True):
        if sounds:
            scored.append(_trained_word(word, span, sounds, judged, phone, known))
            known += 1
        else:
            scored.append(_untrained_word(word, span))
        phone += len(sounds)
    return Pronunciation(accuracy, fluency, prosodic, total, calibrated=True, words=tuple(scored))


def _untrained_word(text: str, span: Span) -> PronouncedWord:
    score = pronunciation.untrained_score(span.log_probabilities)
    return _word(text, span, span.start, span.end, score, ())


def _trained_word(
    text: str, span: Span, sounds: Sequence[str], judged: _Judged, phone: int, word: int
) -> PronouncedWord:
    """The word whose first phone, and which itself, are so many among those judged."""
    end = phone + len(sounds)
    phones = tuple(
        Phone(IPA[sound], pronunciation.hundred(50 * float(score)))
        for sound, score in zip(sounds, judged.scores.phones[phone:end], strict=True)
    )
    return _word(
        text,
        span,
        int(judged.segments.starts[phone]),
        int(judged.segments.ends[end - 1]),
        pronunciation.hundred(10 * float(judged.scores.words[word])),
        phones,
    )


def _word(
    text: str, span: Span, start: int, end: int, score: float, phones: tuple[Phone, ...]
) -> PronouncedWord:
    """A word with its score, or without one when it was not said."""
    probability = pronunciation.probability(span.log_probabilities)
    said = probability >= pronunciation.NOT_SAID
    return PronouncedWord(
        text,
        start * FRAME_MS,
        end * FRAME_MS,
        score if said else None,
        probability,
        phones if said else (),
    )

"""How a text was pronounced: Whisper's alignment, a classifier of phones, heads fitted to experts.

Whisper encodes the audio once. Its decoder, given the text, says where each word is and how
probable it was; a small classifier on the encoder's frames says which sounds they hold; heads
trained on speechocean762 turn both into the scores of its experts. Other languages than English
get an untrained score from the probabilities alone, marked as not calibrated.
"""

from __future__ import annotations

import math
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
from tutor.core.goodness import (
    PRIOR_WEIGHT,
    Segments,
    Span,
    describe,
    lay_phones,
    match_features,
    word_evidence,
)
from tutor.core.judges import Judges, part
from tutor.core.networks import Scores, Weights, classify, match

Audio = npt.NDArray[np.float32]

WEIGHTS = "pronunciation.safetensors"
FRAME_MS = 20


@dataclass(frozen=True)
class Judgement:
    """What the trained part says of words that it has sounds for."""

    segments: Segments
    scores: Scores
    """Phones 0 to 2, all else 0 to 10."""
    heard: Audio
    """[words], the mean log posterior of each word's sounds."""
    match: float
    """Log odds that the text was read."""


@dataclass(frozen=True)
class _Judged:
    judgement: Judgement
    sounds: list[tuple[str, ...]]
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
        ways = [
            self._aligner.tokens(way, language) for way in pronunciation.spellings(words, language)
        ]
        count = max(sum(len(word) for word in tokens) for tokens in ways)
        if count > TEXT_TOKENS or pronunciation.too_many_tokens(count, len(audio) / RATE):
            return _unscored("text_too_long")
        heard = self._aligner.encode(audio)
        spans = self._aligner.align_likeliest(heard, ways, language)
        judged = self._judge(heard, words, spans) if language == "en" else None
        if self._is_noise(heard, spans, judged):
            return _unscored("no_speech")
        if self._is_foreign(heard, spans, language):
            return _unscored("other_language")
        return _untrained(words, spans) if judged is None else _trained(words, spans, judged)

    def _is_noise(self, heard: Encoded, spans: Sequence[Span], judged: _Judged | None) -> bool:
        if judged is not None and judged.judgement.match > 0:  # its sounds were heard
            return False
        every = [x for span in spans for x in span.log_probabilities]
        return pronunciation.is_doubtful(every) and pronunciation.is_noise(
            self._aligner.no_speech(heard)
        )

    def _is_foreign(self, heard: Encoded, spans: Sequence[Span], language: str) -> bool:
        every = [x for span in spans for x in span.log_probabilities]
        return pronunciation.is_unlikely(every) and pronunciation.is_foreign(
            language, self._aligner.languages(heard)
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
        return None if found is None else _Judged(found, sounds)


class Trained:
    """The classifier and the judges, fitted to the experts of speechocean762."""

    def __init__(self, weights: Weights) -> None:
        self._classifier = part(weights, "classifier.")
        self._match = part(weights, "match.")
        self._prior = weights["prior"]
        self._judges = Judges(weights)

    def judge(
        self, frames: Audio, words: Sequence[Sequence[str]], spans: Sequence[Span]
    ) -> Judgement | None:
        """Judge words; None when they have more sounds than there are frames.

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
        return Judgement(
            segments,
            self._judges.score(description),
            word_evidence(description)[1],
            match(match_features(description), self._match),
        )


def _unscored(reason: Reason) -> Pronunciation:
    return Pronunciation(None, None, None, None, calibrated=False, reason=reason)


def _untrained(words: Sequence[str], spans: Sequence[Span]) -> Pronunciation:
    """Scores from the probabilities alone; what they say nothing of is None."""
    score = pronunciation.untrained_score([x for span in spans for x in span.log_probabilities])
    scored = (_untrained_word(word, span) for word, span in zip(words, spans, strict=True))
    return Pronunciation(score, None, None, score, calibrated=False, words=tuple(scored))


def _trained(words: Sequence[str], spans: Sequence[Span], judged: _Judged) -> Pronunciation:
    found = judged.judgement
    accuracy, fluency, prosodic, total = (
        pronunciation.believed(10 * float(score), found.match) for score in found.scores.sentence
    )
    scored, phone, known = [], 0, 0
    for word, span, sounds in zip(words, spans, judged.sounds, strict=True):
        if sounds:
            scored.append(_trained_word(word, span, sounds, found, phone, known))
            known += 1
        else:
            scored.append(_untrained_word(word, span))
        phone += len(sounds)
    return Pronunciation(accuracy, fluency, prosodic, total, calibrated=True, words=tuple(scored))


def _untrained_word(text: str, span: Span) -> PronouncedWord:
    mean = _mean_log(span)
    return PronouncedWord(
        text,
        span.start * FRAME_MS,
        span.end * FRAME_MS,
        pronunciation.untrained_score(span.log_probabilities)
        if pronunciation.was_said(mean, None)
        else None,
        math.exp(mean),
    )


def _trained_word(
    text: str, span: Span, sounds: Sequence[str], found: Judgement, phone: int, word: int
) -> PronouncedWord:
    """The word whose first phone, and which itself, are so many among those judged."""
    end = phone + len(sounds)
    mean = _mean_log(span)
    said = pronunciation.was_said(mean, float(found.heard[word]))
    return PronouncedWord(
        text,
        int(found.segments.starts[phone]) * FRAME_MS,
        int(found.segments.ends[end - 1]) * FRAME_MS,
        pronunciation.hundred(10 * float(found.scores.words[word])) if said else None,
        math.exp(mean),
        tuple(
            Phone(IPA[sound], pronunciation.hundred(50 * float(score)))
            for sound, score in zip(sounds, found.scores.phones[phone:end], strict=True)
        ),
    )


def _mean_log(span: Span) -> float:
    return sum(span.log_probabilities) / len(span.log_probabilities)

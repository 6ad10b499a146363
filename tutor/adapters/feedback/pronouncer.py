"""How a text was pronounced: Whisper's alignment, a classifier of phones, heads fitted to experts.

Whisper encodes the audio once. Its decoder, given the text, says where each word is and how
probable it was; a small classifier on the encoder's frames says which sounds they hold; heads
trained on speechocean762 turn both into the scores of its experts. Other languages than English
get an untrained score from the probabilities alone, marked as not calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from tutor.adapters.feedback.additions import Additions
from tutor.adapters.feedback.aligner import TEXT_TOKENS, Aligner, Encoded
from tutor.adapters.feedback.choosing import Chooser, Held, Sounds
from tutor.adapters.feedback.phones import ASSETS, CLASS_OF, IPA, English
from tutor.core.audio.loudness import audible
from tutor.core.audio.samples import RATE, Audio
from tutor.core.feedback.assessment import Phone, PronouncedWord, Pronunciation, Reason
from tutor.core.feedback.pronunciation import judgeable as pronunciation
from tutor.core.feedback.pronunciation.features import Span, describe, match_features, word_evidence
from tutor.core.feedback.pronunciation.hearing import at_pace, fitting_paces
from tutor.core.feedback.pronunciation.judgeable import spellings
from tutor.core.feedback.pronunciation.judges import Judges, part
from tutor.core.feedback.pronunciation.laying import (
    PRIOR_WEIGHT,
    Floats,
    Segments,
    lay_phones,
    preference,
)
from tutor.core.feedback.pronunciation.networks import Scores, Weights, classify, match
from tutor.core.feedback.pronunciation.rivals import Choices, Rival, Verdict, Weighed, choose, least

WEIGHTS = "pronunciation.safetensors"
FRAME_MS = 20


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


@dataclass(frozen=True)
class _Judged:
    judgement: Judgement
    sounds: Sequence[Sounds]
    """The phones of every word of the text, () where a word has none."""


class Pronouncer:
    """Scores pronunciation on the CPU. Safe to share between threads; they take turns."""

    def __init__(self, aligner: Aligner, english: English, trained: Trained | None) -> None:
        self._aligner = aligner
        self._english = english
        self._trained = trained
        self._chooser = Chooser(aligner, english)
        self._additions = Additions(aligner, english, trained.scores if trained else None)

    @classmethod
    def load(cls, model: Path, *, threads: int = 1) -> Pronouncer:
        """Load Whisper (a folder for CTranslate2) and the weights that the package ships."""
        weights = ASSETS / WEIGHTS
        trained = Trained(load_file(weights)) if weights.exists() else None
        return cls(Aligner(model, threads), English.load(), trained)

    def assess(
        self,
        audio: Audio,
        text: str,
        language: str,
        rivals: Mapping[int, Sequence[Rival]] | None = None,
        recognised: Mapping[int, float] | None = None,
        added: Mapping[int, Sequence[str]] | None = None,
    ) -> Pronunciation:
        """Score how a text was said.

        Args:
            audio: float32 at 16 kHz, up to 30 s.
            text: What was to be said; or what was recognised, in free speech.
            language: Whisper's code.
            rivals: What may have been said in place of the text's words, by index. Where it was
                said for certain the text's word has no score, where perhaps a low one. Then every
                word is held against itself without its ending, too; None: against nothing.
            recognised: How sure the recogniser was of words that it heard as the text has them;
                where no head is trained these are worth no less.
            added: What was recognised beside the text, by the index of the word behind it.
        """
        words, audio = pronunciation.reference_words(text), audible(audio)
        bad = pronunciation.bad_input(audio, words, language)
        if bad is not None:
            return _unscored(bad)
        ways = [self._aligner.tokens(way, language) for way in spellings(words, language)]
        count = max(sum(len(word) for word in tokens) for tokens in ways)
        if count > TEXT_TOKENS or pronunciation.too_many_tokens(count, len(audio) / RATE):
            return _unscored("text_too_long")
        heard = self._aligner.encode(audio)
        spans = self._aligner.align_likeliest(heard, ways, language)
        sounds = [self._english.phones(word) if language == "en" else () for word in words]
        held = [] if rivals is None else self._chooser.hold(words, sounds, rivals)
        judged = self._judge(heard, sounds, spans, held)
        if self._is_noise(heard, spans, judged):
            return _unscored("no_speech")
        if self._is_foreign(heard, spans, language, judged):
            return _unscored("other_language")
        more = self._additions.find(heard, words, spans, added or {}, language)
        if judged is None:
            return replace(_untrained(words, spans, recognised or {}), added=more)
        weighed = self._chooser.weigh(heard, words, spans, held, judged.judgement.preferences)
        open_ones = {(one.at, one.rival) for one in weighed if one.verdict is not Verdict.SAID}
        if open_ones:
            held = [one for one in held if (one.at, one.rival) in open_ones]
            again = self._weigh_again(audio, words, ways, sounds, held)
            weighed = least([weighed, *again])
        return replace(_trained(words, spans, judged, choose(weighed)), added=more)

    def _weigh_again(
        self,
        audio: Audio,
        words: Sequence[str],
        ways: Sequence[Sequence[Sequence[int]]],
        sounds: Sequence[Sounds],
        held: Sequence[Held],
    ) -> Iterator[list[Weighed]]:
        """What rivals are worth when the utterance is heard slower and faster."""
        for pace in fitting_paces(len(audio)):
            heard = self._aligner.encode(at_pace(audio, pace))
            spans = self._aligner.align_likeliest(heard, ways, "en")
            judged = self._judge(heard, sounds, spans, held)
            preferences = judged.judgement.preferences if judged else ()
            yield self._chooser.weigh(heard, words, spans, held[: len(preferences)], preferences)

    def _is_noise(self, heard: Encoded, spans: Sequence[Span], judged: _Judged | None) -> bool:
        if _was_heard(judged):
            return False
        every = [x for span in spans for x in span.log_probabilities]
        return pronunciation.is_doubtful(every) and pronunciation.is_noise(
            self._aligner.no_speech(heard)
        )

    def _is_foreign(
        self, heard: Encoded, spans: Sequence[Span], language: str, judged: _Judged | None
    ) -> bool:
        if len(spans) < pronunciation.FEWEST_WORDS or _was_heard(judged):
            return False
        every = [x for span in spans for x in span.log_probabilities]
        return pronunciation.is_unlikely(every) and pronunciation.is_foreign(
            language, self._aligner.languages(heard)
        )

    def _judge(
        self,
        heard: Encoded,
        sounds: Sequence[Sounds],
        spans: Sequence[Span],
        held: Sequence[Held],
    ) -> _Judged | None:
        """Judge the words; None when there are no weights, no sounds, or more sounds than
        frames."""
        spoken = [n for n, phones in enumerate(sounds) if phones]
        if self._trained is None or not spoken:
            return None
        found = self._trained.judge(
            heard.frames[: heard.count],
            [sounds[n] for n in spoken],
            [spans[n] for n in spoken],
            [(spoken.index(one.at), one.sounds) for one in held],
        )
        return None if found is None else _Judged(found, sounds)


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


def _unscored(reason: Reason) -> Pronunciation:
    return Pronunciation(None, None, None, None, calibrated=False, reason=reason)


def _was_heard(judged: _Judged | None) -> bool:
    """Whether the text was more likely read than not, by its sounds."""
    return judged is not None and judged.judgement.match > 0


def _untrained(
    words: Sequence[str], spans: Sequence[Span], recognised: Mapping[int, float]
) -> Pronunciation:
    """Scores from the probabilities alone; those that need a trained head are None."""
    logs = [_log_probabilities(span, recognised.get(n)) for n, span in enumerate(spans)]
    alone = len(words) == 1
    scored = tuple(
        _untrained_word(word, span, sum(log) / len(log), alone=alone)
        for word, span, log in zip(words, spans, logs, strict=True)
    )
    score = pronunciation.untrained_score([x for word in logs for x in word])
    if alone:
        score = scored[0].score or 0.0
    return Pronunciation(score, None, None, score, calibrated=False, words=scored)


def _log_probabilities(span: Span, recognised: float | None) -> Sequence[float]:
    """Log-probabilities of a word's tokens: as they were asked for, or as the recogniser heard
    them."""
    if recognised is None or recognised <= math.exp(_mean_log(span)):
        return span.log_probabilities
    return [math.log(recognised)] * len(span.log_probabilities)


def _trained(
    words: Sequence[str], spans: Sequence[Span], judged: _Judged, chosen: Choices
) -> Pronunciation:
    """Scores by the trained head, lowered by what was chosen instead of words."""
    found = judged.judgement
    accuracy, fluency, prosodic, total = (
        pronunciation.believed(10 * float(score), found.match) for score in found.scores.sentence
    )
    most = pronunciation.most_for(1 - len(chosen.replaced) / len(words))
    scored, phone, known = [], 0, 0
    for n, (word, span, sounds) in enumerate(zip(words, spans, judged.sounds, strict=True)):
        if sounds:
            one = _trained_word(word, span, sounds, found, phone, known)
            scored.append(_chosen(one, n, chosen))
            known += 1
        else:
            scored.append(_untrained_word(word, span, _mean_log(span)))
        phone += len(sounds)
    return Pronunciation(
        min(accuracy, most),
        fluency,
        prosodic,
        min(total, most),
        calibrated=True,
        words=tuple(scored),
        replaced=tuple(chosen.replaced.items()),
        doubtful=tuple(
            (n, other) for n, other in chosen.doubtful.items() if scored[n].score is not None
        ),
        match=found.match,
    )


def _chosen(word: PronouncedWord, at: int, chosen: Choices) -> PronouncedWord:
    """A word without a score where something else was said, with a low one where perhaps."""
    if at in chosen.replaced:
        return replace(word, score=None)
    if at in chosen.doubtful and word.score is not None:
        return replace(word, score=min(word.score, pronunciation.DOUBTED))
    return word


def _untrained_word(text: str, span: Span, mean: float, *, alone: bool = False) -> PronouncedWord:
    """A word without sounds; `mean`: of its tokens' log-probabilities; `alone`: it is the whole
    text."""
    was_said = pronunciation.was_said(mean, None, alone=alone)
    return PronouncedWord(
        text,
        span.start * FRAME_MS,
        span.end * FRAME_MS,
        pronunciation.untrained_word_score(mean, alone=alone) if was_said else None,
        math.exp(mean),
    )


def _trained_word(
    text: str, span: Span, sounds: Sequence[str], found: Judgement, phone: int, word: int
) -> PronouncedWord:
    """A word with sounds; `phone`, `word`: the index of its first phone, and its own, among those
    judged."""
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

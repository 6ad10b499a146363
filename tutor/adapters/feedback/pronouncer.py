"""How a text was pronounced: Whisper's alignment, a classifier of phones, heads fitted to experts.

Whisper encodes the audio once. Its decoder, given the text, says where each word is and how
probable it was; a small classifier on the encoder's frames says which sounds they hold; heads
trained on speechocean762 turn both into the scores of its experts. Other languages than English
get an untrained score from the probabilities alone, marked as not calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from safetensors.numpy import load_file

from tutor.adapters.feedback.additions import Additions
from tutor.adapters.feedback.aligner import TEXT_TOKENS, Aligner, Encoded
from tutor.adapters.feedback.phones import ASSETS, IPA, English
from tutor.adapters.feedback.trained import Judgement, Trained
from tutor.adapters.feedback.variants import Variants
from tutor.core.audio.loudness import audible
from tutor.core.audio.samples import RATE, Audio
from tutor.core.feedback.assessment import Phone, PronouncedWord, Pronunciation, Reason
from tutor.core.feedback.pronunciation import judgeable as pronunciation
from tutor.core.feedback.pronunciation.features import Span
from tutor.core.feedback.pronunciation.judgeable import spellings
from tutor.core.feedback.pronunciation.rivals import (
    CLEARER,
    MOST_RIVALS,
    Rival,
    is_one_apart,
    is_proven,
    likelihood_ratio,
    with_rival,
)
from tutor.core.text.spoken.ways import said_words

WEIGHTS = "pronunciation.safetensors"
FRAME_MS = 20


@dataclass(frozen=True)
class _Judged:
    judgement: Judgement
    sounds: list[tuple[str, ...]]
    """The phones of every word of the text, () where a word has none."""
    trusted: list[bool]
    """Whether they stand in a dictionary; a guess at a name's is nothing to correct a sound by."""


class Pronouncer:
    """Scores pronunciation on the CPU. Safe to share between threads; they take turns."""

    def __init__(self, aligner: Aligner, english: English, trained: Trained | None) -> None:
        self._aligner = aligner
        self._english = english
        self._trained = trained
        self._variants = Variants(english)
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
        text: str | Sequence[str],
        language: str,
        rivals: Mapping[int, Sequence[Rival]] | None = None,
        recognised: Mapping[int, float] | None = None,
        added: Mapping[int, Sequence[str]] | None = None,
        said: Mapping[int, Sequence[str]] | None = None,
    ) -> Pronunciation:
        """Score how a text was said.

        Args:
            audio: float32 at 16 kHz, up to 30 s.
            text: What was to be said, or its words; or what was recognised, in free speech.
            language: Whisper's code.
            rivals: Words that may have been said in place of the text's, by index. One that
                was said for certain leaves the text's word without a score.
            recognised: How sure the recogniser was of words that it heard as the text has them;
                where no head is trained these are worth no less.
            added: What was recognised beside the text, by the index of the word behind it.
            said: In what words those are said that are not said as they are written, by index, the
                likeliest way first. None: as the text alone tells.
        """
        words, audio = pronunciation.reference_words(text), audible(audio)
        if said is None:
            said = said_words(words, language, {})
        bad = pronunciation.bad_input(audio, words, language)
        if bad is not None:
            return _unscored(bad)
        first = {n: ways[0] for n, ways in said.items()}
        plain = [first.get(n, word) for n, word in enumerate(words)]
        ways = [self._aligner.tokens(way, language) for way in spellings(words, language, first)]
        count = max(sum(len(word) for word in tokens) for tokens in ways)
        if count > TEXT_TOKENS or pronunciation.too_many_tokens(count, len(audio) / RATE):
            return _unscored("text_too_long")
        heard = self._aligner.encode(audio)
        spans = self._aligner.align_likeliest(heard, ways, language)
        known = self._known(words, rivals or {}) if language == "en" else []
        judged = self._judge(heard, words, spans, known, said) if language == "en" else None
        if self._is_noise(heard, spans, judged):
            return _unscored("no_speech")
        if self._is_foreign(heard, spans, language, judged):
            return _unscored("other_language")
        more = self._additions.find(heard, plain, spans, added or {}, language)
        if judged is None:
            return replace(_untrained(words, spans, recognised or {}), added=more)
        proven = self._proven(heard, words, spans, known, judged)
        return replace(_trained(words, spans, judged, proven), added=more)

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
        words: Sequence[str],
        spans: Sequence[Span],
        rivals: Sequence[tuple[int, Rival]],
        said: Mapping[int, Sequence[str]],
    ) -> _Judged | None:
        """Judge the words; None when there are no weights, no sounds, or more sounds than
        frames."""
        if self._trained is None:
            return None
        frames = heard.frames[: heard.count]
        sounds = self._trained.heard_sounds(frames, self._variants.of(words, said))
        spoken = [n for n, phones in enumerate(sounds) if phones]
        if not spoken:
            return None
        found = self._trained.judge(
            frames,
            [sounds[n] for n in spoken],
            [spans[n] for n in spoken],
            [(spoken.index(n), self._english.phones(rival.text)) for n, rival in rivals],
        )
        trusted = [self._english.is_listed(word) for word in words]
        return None if found is None else _Judged(found, sounds, trusted)

    def _known(
        self, words: Sequence[str], rivals: Mapping[int, Sequence[Rival]]
    ) -> list[tuple[int, Rival]]:
        """The rivals that a choice can be forced with: those one sound apart."""
        return [
            (n, rival)
            for n, others in rivals.items()
            for rival in others
            if is_one_apart(self._english.phones(words[n]), self._english.phones(rival.text))
        ]

    def _proven(
        self,
        heard: Encoded,
        words: Sequence[str],
        spans: Sequence[Span],
        rivals: Sequence[tuple[int, Rival]],
        judged: _Judged,
    ) -> dict[int, str]:
        """The rivals that were said for certain, by the index of the word in whose place."""
        preferences = zip(rivals, judged.judgement.preferences, strict=True)
        clearer = [(n, rival) for (n, rival), ratio in preferences if ratio > CLEARER]
        found: dict[int, str] = {}
        for n, rival in clearer[:MOST_RIVALS]:
            others = spellings(with_rival(words, n, rival), "en")
            ways = [self._aligner.tokens(way, "en") for way in others]
            tried = self._aligner.align_likeliest(heard, ways, "en")
            if is_proven(rival, likelihood_ratio(spans, tried, n)):
                found[n] = rival.text
        return found


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
    words: Sequence[str], spans: Sequence[Span], judged: _Judged, replaced: Mapping[int, str]
) -> Pronunciation:
    """Scores by the trained head; `replaced`: what was said in place of words, by index."""
    found = judged.judgement
    accuracy, fluency, prosodic, total = (
        pronunciation.believed(10 * float(score), found.match) for score in found.scores.sentence
    )
    most = pronunciation.most_for(1 - len(replaced) / len(words))
    scored, phone, known = [], 0, 0
    for n, (word, span, sounds) in enumerate(zip(words, spans, judged.sounds, strict=True)):
        if sounds:
            one = _trained_word(word, span, sounds, found, phone, known)
            one = one if judged.trusted[n] else replace(one, phones=())
            scored.append(replace(one, score=None) if n in replaced else one)
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
        replaced=tuple(replaced.items()),
        match=found.match,
    )


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

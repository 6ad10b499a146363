"""From what aligner and judges made of a text's words to scores of 0 to 100."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.adapters.feedback.choosing import Sounds
from tutor.adapters.feedback.phones import IPA
from tutor.adapters.feedback.trained import Judgement
from tutor.core.feedback.assessment import Phone, PronouncedWord, Pronunciation, Reason
from tutor.core.feedback.pronunciation import judgeable as pronunciation
from tutor.core.feedback.pronunciation.rivals import Choices
from tutor.core.feedback.pronunciation.spans import Span

FRAME_MS = 20


@dataclass(frozen=True)
class Judged:
    """What the trained part made of the words of a text."""

    judgement: Judgement
    sounds: Sequence[Sounds]
    """The phones of every word of the text, () where a word has none."""
    trusted: list[bool]
    """Whether they stand in a dictionary; a guess at a name's is nothing to correct a sound by."""


def unscored(reason: Reason) -> Pronunciation:
    """No scores, but the reason why."""
    return Pronunciation(None, None, None, None, calibrated=False, reason=reason)


def untrained(
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
    if recognised is None or recognised <= math.exp(span.mean):
        return span.log_probabilities
    return [math.log(recognised)] * len(span.log_probabilities)


def trained(
    words: Sequence[str], spans: Sequence[Span], judged: Judged, chosen: Choices
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
            one = one if judged.trusted[n] else replace(one, phones=())
            scored.append(_chosen(one, n, chosen))
            known += 1
        else:
            scored.append(_untrained_word(word, span, span.mean))
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
    mean = span.mean
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

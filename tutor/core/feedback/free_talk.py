"""Free talk: what was recognised is not what was said, so nothing rests on a word without proof.

A text that is read tells what was to be said. Here only the recogniser does, and the sounds of a
misheard word fit it well: they chose it. So each word is asked how likely it is what was said. One
that is doubtful has no score and no correction, and where an utterance is doubtful as a whole,
nothing is said of it but that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tutor.core.audio.recognition import Recognition
from tutor.core.feedback.assessment import (
    Assessment,
    Grammar,
    PronouncedWord,
    Pronunciation,
    Reason,
)

PROVEN = 0.8
"""The probability from which on a word counts as what was said."""

UNDERSTOOD = 0.65
"""The mean probability of its words from which on an utterance counts as understood."""

ABOUT_A_TEXT: frozenset[Reason] = frozenset(
    {"no_text", "text_too_long", "other_script", "other_language", "other_text"}
)
"""Reasons that speak of a text that was to be read. In free talk that text is what was recognised,
which the learner has not seen: they were not understood."""

_BY_SOUND = (0.313, 1.132, 7.487, -5.904)
_BY_EAR = (0.4, 1.852, 1.282)
"""Weights of the log odds that a word is what was said, with a trained judge of sounds and without:
of the logit of the recogniser's probability of the word, of the mean of its logarithms over the
utterance, of the word's score (0 to 1), and a constant. Fitted to 1,067 recognised words of 165
learners' recordings, of which 24 % were misheard."""

_SPARE = 1e-4
"""How near to 0 and 1 a probability may be."""


@dataclass(frozen=True)
class HeardWord:
    """A word of a transcript, as it stands between spaces, and how likely it is what was said."""

    start: int
    end: int
    """Just past its last character in the transcript."""
    belief: float
    """The probability, 0 to 1."""

    @property
    def is_proven(self) -> bool:
        """Whether it counts as what was said."""
        return self.belief >= PROVEN


def believed(heard: Recognition, found: Assessment) -> Assessment:
    """The assessment of free talk without what rests on words that were perhaps not said."""
    if found.pronunciation is None:
        return found
    reason = found.pronunciation.reason
    if reason is not None:
        return _nothing_but("not_understood" if reason in ABOUT_A_TEXT else reason)
    words = weigh(heard, found.pronunciation)
    if not words or sum(word.belief for word in words) < UNDERSTOOD * len(words):
        return _nothing_but("not_understood")
    doubtful = [word for word in words if not word.is_proven]
    return replace(
        found,
        pronunciation=_without_scores(found.pronunciation, words),
        grammar=found.grammar and _without_findings(found.grammar, doubtful),
    )


def weigh(heard: Recognition, found: Pronunciation) -> list[HeardWord]:
    """The judged words of a transcript, each with how likely it is what was said."""
    facts = evidence(heard, found)
    weights = _BY_SOUND if found.calibrated else _BY_EAR
    return [
        HeardWord(start, end, _belief(word, known, weights))
        for word, known, (start, end) in zip(found.words, facts, _spans(heard, found), strict=True)
    ]


def evidence(heard: Recognition, found: Pronunciation) -> list[tuple[float, ...]]:
    """What is known of each judged word: what the weights are of, in their order."""
    parts = _places(heard)
    overall = sum(math.log(_kept(share)) for _, _, share in parts) / max(1, len(parts))
    facts: list[tuple[float, ...]] = []
    for word, (start, end) in zip(found.words, _spans(heard, found), strict=True):
        sure = _kept(min((share for a, b, share in parts if a < end and start < b), default=0.0))
        by_ear = math.log(sure / (1 - sure)), overall
        by_sound = ((word.score or 0.0) / 100,) if found.calibrated else ()
        facts.append((*by_ear, *by_sound, 1.0))
    return facts


def _spans(heard: Recognition, found: Pronunciation) -> list[tuple[int, int]]:
    """Begin and end of each judged word in the transcript."""
    spans, at = [], 0
    for word in found.words:
        start = max(at, heard.text.find(word.text, at))
        at = start + len(word.text)
        spans.append((start, at))
    return spans


def _places(heard: Recognition) -> list[tuple[int, int, float]]:
    """Begin, end and probability of the recogniser's words in its text: parts of words, too, as "o"
    and "'clock"."""
    found, at = [], 0
    for word in heard.words:
        text = word.text.strip()
        start = heard.text.find(text, at)
        if text and start >= 0:
            at = start + len(text)
            found.append((start, at, word.confidence))
    return found


def _belief(word: PronouncedWord, facts: Sequence[float], weights: Sequence[float]) -> float:
    """How likely a word is what was said; one whose sounds were not heard is not."""
    if word.score is None:
        return 0.0
    odds = sum(weight * fact for weight, fact in zip(weights, facts, strict=True))
    return 1 / (1 + math.exp(-odds))


def _kept(probability: float) -> float:
    return min(1 - _SPARE, max(_SPARE, probability))


def _nothing_but(reason: Reason) -> Assessment:
    """Only why nothing is said of it: no score, no pace, no correction of words without proof."""
    return Assessment(
        pronunciation=Pronunciation(None, None, None, None, calibrated=False, reason=reason)
    )


def _without_scores(heard: Pronunciation, words: Sequence[HeardWord]) -> Pronunciation:
    return replace(
        heard,
        words=tuple(
            one if word.is_proven else replace(one, score=None, phones=())
            for one, word in zip(heard.words, words, strict=True)
        ),
    )


def _without_findings(grammar: Grammar, doubtful: Sequence[HeardWord]) -> Grammar:
    """Grammar without findings that a doubtful word is in or beside: it may be what is corrected
    for."""
    findings = tuple(
        finding
        for finding in grammar.findings
        if all(finding.end + 1 < word.start or word.end + 1 < finding.start for word in doubtful)
    )
    return replace(grammar, findings=findings)

"""What is known about an utterance beside its words: the parts of the tutor's feedback.

Scores are 0 to 100. A score that cannot be given is None, and a reason stands beside it: no
number is better than a made-up one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

WordStatus = Literal["matched", "substituted", "omitted", "inserted"]

Reason = Literal[
    "no_text",
    "text_too_long",
    "other_script",
    "other_language",
    "too_short",
    "too_long",
    "too_loud",
    "no_speech",
]
"""Why there is no score: nothing to compare with, more text than the audio can hold, text in a
script the language is not written in, speech in another language than the text's, audio too short
or too long, clipped audio, noise."""


@dataclass(frozen=True)
class Phone:
    """One sound of a word, as a dictionary or a g2p says it should be spoken."""

    ipa: str
    score: float


@dataclass(frozen=True)
class PronouncedWord:
    """How one word of the reference was said."""

    text: str
    """As the reference spells it."""
    start_ms: int
    end_ms: int
    """From the start of the audio that was assessed."""
    score: float | None
    """None when the word was not said."""
    probability: float
    """Mean teacher-forced probability of the word's tokens, 0 to 1: near 0 when it was not said."""
    phones: tuple[Phone, ...] = ()
    """Empty where no trained head knows the language's sounds; of a word that was not said, how
    little each was heard."""


@dataclass(frozen=True)
class Pronunciation:
    """How an utterance sounded, against its reference."""

    accuracy: float | None
    """Of the sounds, over the whole utterance."""
    fluency: float | None
    prosodic: float | None
    total: float | None
    calibrated: bool
    """Whether the scores were fitted to experts' (English); else they only rank."""
    words: tuple[PronouncedWord, ...] = ()
    """One for each word of the reference, in order."""
    reason: Reason | None = None
    """Set when nothing could be scored; then all scores are None."""
    replaced: tuple[tuple[int, str], ...] = ()
    """Words in whose place another one was said for certain: index of the word, and the other."""


@dataclass(frozen=True)
class ReadWord:
    """One word of a text that was to be read, or one that was added to it."""

    text: str
    """As the text spells it; as heard, when it was inserted."""
    status: WordStatus
    heard: str | None = None
    """What was recognised in its place, or proven to have been said; None when omitted."""
    start_ms: int | None = None
    end_ms: int | None = None
    """From the start of the utterance's audio; None when omitted."""


@dataclass(frozen=True)
class Passage:
    """The part of a text that an utterance read."""

    start: int
    """Index of its first word in the text."""
    end: int
    """Just past its last word; `start` when nothing of the text was read."""
    words: tuple[ReadWord, ...] = ()
    """In the order of the text, insertions where they were heard."""


@dataclass(frozen=True)
class Pause:
    """Silence between two words of an utterance."""

    start_ms: int
    end_ms: int
    expected: bool
    """Whether punctuation in the text lets the speaker pause there."""


@dataclass(frozen=True)
class Fluency:
    """How smoothly an utterance was spoken. Names of the rates are Speechace's."""

    score: float
    speech_rate: float
    """Syllables per second, pauses included."""
    articulation_rate: float
    """Syllables per second of speaking, pauses left out."""
    words_per_minute: float
    all_pause_count: int
    all_pause_duration: float
    """Seconds."""
    mean_length_run: float
    """Syllables between two pauses."""
    max_length_run: int
    all_pause_list: tuple[Pause, ...] = ()
    fillers: tuple[str, ...] = ()
    """"um", "uh" and their kind, as heard."""
    repetitions: tuple[str, ...] = ()
    """Words or phrases said twice in a row, as heard."""


@dataclass(frozen=True)
class Finding:
    """Something to put better."""

    start: int
    end: int
    """Characters of the transcript: `text[start:end]`."""
    message: str
    """For the learner, in plain English."""
    replacement: str | None
    """What to say instead of the span; None when there is no one answer."""
    rule: str
    """A short stable name."""


@dataclass(frozen=True)
class Grammar:
    """What could be put better, and how advanced the words were."""

    findings: tuple[Finding, ...] = ()
    checked: bool = True
    """False for a language without grammar rules."""
    level: Literal["A1", "A2", "B1", "B2", "C1", "C2"] | None = None
    """CEFR level that the words of this utterance reach; None when too few are known."""


@dataclass(frozen=True)
class Assessment:
    """All that a feedback worker measured on one utterance; a part that does not apply is None."""

    passage: Passage | None = None
    pronunciation: Pronunciation | None = None
    fluency: Fluency | None = None
    grammar: Grammar | None = None


def delayed(assessment: Assessment, by_ms: int) -> Assessment:
    """The assessment with its times on a clock that had started `by_ms` earlier."""
    return replace(
        assessment,
        passage=assessment.passage and _delayed_passage(assessment.passage, by_ms),
        pronunciation=assessment.pronunciation and _delayed_words(assessment.pronunciation, by_ms),
        fluency=assessment.fluency and _delayed_pauses(assessment.fluency, by_ms),
    )


def _delayed_passage(passage: Passage, by_ms: int) -> Passage:
    return replace(
        passage,
        words=tuple(
            word
            if word.start_ms is None or word.end_ms is None
            else replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms)
            for word in passage.words
        ),
    )


def _delayed_words(heard: Pronunciation, by_ms: int) -> Pronunciation:
    return replace(
        heard,
        words=tuple(
            replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms)
            for word in heard.words
        ),
    )


def _delayed_pauses(fluency: Fluency, by_ms: int) -> Fluency:
    return replace(
        fluency,
        all_pause_list=tuple(
            replace(pause, start_ms=pause.start_ms + by_ms, end_ms=pause.end_ms + by_ms)
            for pause in fluency.all_pause_list
        ),
    )

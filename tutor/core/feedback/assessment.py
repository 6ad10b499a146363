"""The assessment of an utterance: the parts of the tutor's feedback, apart from its words.

Scores are 0 to 100. A score that cannot be given is None, with a reason beside it: no number is
better than a made-up one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

WordStatus = Literal["matched", "doubtful", "substituted", "omitted", "inserted"]
"""What became of a word. `doubtful`: another word was recognised, or the sounds speak for another,
and neither is proven: the learner is to say it again, and is told of no mistake."""

Reason = Literal[
    "no_text",
    "text_too_long",
    "other_script",
    "other_language",
    "other_text",
    "too_short",
    "too_long",
    "too_loud",
    "no_speech",
    "not_understood",
]
"""Why there is no score: nothing to compare with, more text than the audio can hold, text in a
script the language is not written in, speech in another language than the text's, another text than
was to be read, audio too short or too long, clipped audio, noise, free talk of which too little is
sure to have been said."""

NOT_THE_TEXT: frozenset[Reason] = frozenset({"other_language", "other_text", "no_speech"})
"""Reasons that say that the text was not read: then of a reading nothing is told but that."""


@dataclass(frozen=True)
class Phone:
    """One sound of a word, as a dictionary or a g2p says it should be spoken."""

    ipa: str
    score: float


@dataclass(frozen=True)
class PronouncedWord:
    """How one word of the reference was said."""

    text: str
    """The word as the reference spells it."""
    start_ms: int
    end_ms: int
    """Milliseconds from the start of the audio that was assessed."""
    score: float | None
    """The word's score, 0 to 100; None when it was not said."""
    probability: float
    """Mean teacher-forced probability of the word's tokens, 0 to 1: near 0 when the word was not
    said."""
    phones: tuple[Phone, ...] = ()
    """The word's sounds; empty where no trained head knows the language's, and where no dictionary
    has the word. If the word was not said, their scores tell how little of each was heard."""


@dataclass(frozen=True)
class Pronunciation:
    """How an utterance sounded, against its reference."""

    accuracy: float | None
    """Accuracy of the sounds, over the whole utterance."""
    fluency: float | None
    prosodic: float | None
    total: float | None
    calibrated: bool
    """Whether the scores were fitted to experts' (English); else they only rank."""
    words: tuple[PronouncedWord, ...] = ()
    """One entry for each word of the reference, in order."""
    reason: Reason | None = None
    """Why nothing could be scored; then all scores are None."""
    replaced: tuple[tuple[int, str | None], ...] = ()
    """Words in whose place another word was said for certain, or nothing: index of the word, and
    the other word; "" for nothing, None where it is not sure which word."""
    doubtful: tuple[tuple[int, str], ...] = ()
    """Words that were perhaps not said: index of the word, and what may have been said instead; ""
    for nothing. Their scores are low."""
    added: tuple[int, ...] = ()
    """Places at which words were added for certain: index of the reference's word behind them."""
    match: float | None = None
    """Log odds that the reference was said, by the trained part; None where there is none."""


@dataclass(frozen=True)
class ReadWord:
    """One word of a text that was to be read, or one that was added to it."""

    text: str
    """The word as the text spells it; as heard, when it was inserted."""
    status: WordStatus
    heard: str | None = None
    """What was recognised in the word's place, or what its sounds are; None when omitted, and when
    another word was said of which it is not sure which."""
    start_ms: int | None = None
    end_ms: int | None = None
    """Milliseconds from the start of the utterance's audio; None when the word was omitted."""


@dataclass(frozen=True)
class Passage:
    """The part of a text that an utterance read."""

    start: int
    """Index of the passage's first word in the text."""
    end: int
    """Just past the passage's last word; `start` when nothing of the text was read."""
    words: tuple[ReadWord, ...] = ()
    """The words in the order of the text, insertions where they were heard."""


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
    """Seconds of all pauses together."""
    mean_length_run: float
    """Mean syllables between two pauses."""
    max_length_run: int
    all_pause_list: tuple[Pause, ...] = ()
    fillers: tuple[str, ...] = ()
    """"um", "uh" and their kind, as heard."""
    repetitions: tuple[str, ...] = ()
    """Words or phrases said twice in a row, as heard."""


@dataclass(frozen=True)
class Finding:
    """A place in the transcript that could be put better."""

    start: int
    end: int
    """Just past the last character: the finding is about `text[start:end]` of the transcript."""
    message: str
    """What to tell the learner, in plain English."""
    replacement: str | None
    """What to say instead of the span; None when there is no one answer."""
    rule: str
    """A short, stable name of the rule that found it."""


@dataclass(frozen=True)
class Grammar:
    """What could be put better, and how advanced the words were."""

    findings: tuple[Finding, ...] = ()
    checked: bool = True
    """Whether grammar was checked; false for a language without grammar rules."""
    level: Literal["A1", "A2", "B1", "B2", "C1", "C2"] | None = None
    """CEFR level that the words of the utterance reach; None when too few are known."""


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

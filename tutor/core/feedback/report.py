"""The report of a recording against its whole text, as `tutor assess` and file jobs give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tutor.core.feedback.assessment import (
    Fluency,
    Passage,
    Phone,
    PronouncedWord,
    Pronunciation,
    Reason,
    WordStatus,
)

WEAK = 50.0
"""The score under which a word that was said counts as mispronounced, where scores are calibrated
and its sounds are known.
On held-out learners that flags one word in twenty; two of three flagged words were under 5 of 10
for the experts too."""

WordError = Literal["mispronunciation", "omission", "substitution", "doubtful"]
"""What is wrong with a word; `doubtful`: perhaps it was not said, or not to its end."""

_ERRORS: dict[WordStatus, WordError | None] = {
    "matched": None,
    "doubtful": "doubtful",
    "omitted": "omission",
    "substituted": "substitution",
}
"""The error of a word without a score, by the word's status."""

REASONS: dict[Reason, str] = {
    "no_text": "the text has no words",
    "text_too_long": "the text is longer than anybody could say in this recording, or than can be "
    "read at all",
    "other_script": "the text is not in the language's script",
    "other_language": "another language is spoken than the text's",
    "other_text": "something else is said than the text",
    "too_short": "the recording is too short to judge",
    "too_long": "the recording is too long to judge in one piece",
    "too_loud": "the recording is clipped: record it again, less loud",
    "no_speech": "there is no speech in the recording",
    "not_understood": "what was said was not understood for certain",
}


@dataclass(frozen=True)
class AssessedWord:
    """One word of the text, and how it was said."""

    text: str
    score: float
    """The word's score, 0 to 100; when its sounds were not heard, what little was heard of them,
    `WEAK` at most."""
    error: WordError | None
    start_ms: int | None
    end_ms: int | None
    """Milliseconds from the start of the recording; None when the word's sounds were not heard."""
    phones: tuple[Phone, ...] = ()


@dataclass(frozen=True)
class Report:
    """All about one recording. Scores are 0 to 100, None when there is a reason not to score."""

    accuracy: float | None = None
    fluency: float | None = None
    prosodic: float | None = None
    completeness: float | None = None
    """Words said of the words of the text, per cent."""
    total: float | None = None
    calibrated: bool = False
    words: tuple[AssessedWord, ...] = ()
    insertions: tuple[str, ...] = ()
    """Words that were added to the text; only known when the recording was transcribed."""
    transcript: str | None = None
    details: Fluency | None = None
    """Rates and pauses; only known when the recording was transcribed."""
    reason: Reason | None = None
    """Why nothing was scored."""


@dataclass(frozen=True)
class Part:
    """A stretch of the recording, and the words of the text that were looked for in it."""

    start: int
    """Index in the text of the first of the words."""
    begin_ms: int
    """Milliseconds of the recording before the part."""
    pronunciation: Pronunciation
    passage: Passage | None = None
    """What was recognised of the text; None when the part was not transcribed."""


def report(words: Sequence[str], parts: Sequence[Part]) -> Report:
    """The report of a recording's parts; `words`: those of the whole text.

    Sentence scores are means over the parts, weighted by their words. A word that no part covers
    was not said.
    """
    scored = [part for part in parts if part.pronunciation.reason is None]
    if not scored:
        reasons = [part.pronunciation.reason for part in parts]
        return Report(reason=reasons[0] if reasons else "no_speech")
    judged = _judge_words(words, scored)
    share = sum(word.start_ms is not None for word in judged) / len(judged)
    return Report(
        accuracy=_mean(scored, "accuracy", share),
        fluency=_mean(scored, "fluency", share),
        prosodic=_mean(scored, "prosodic", share),
        completeness=round(100 * share, 1),
        total=_mean(scored, "total", share),
        calibrated=all(part.pronunciation.calibrated for part in scored),
        words=judged,
        insertions=tuple(
            word.text
            for part in scored
            if part.passage is not None
            for word in part.passage.words
            if word.status == "inserted"
        ),
    )


def _judge_words(words: Sequence[str], parts: Sequence[Part]) -> tuple[AssessedWord, ...]:
    tries: dict[int, AssessedWord] = {}
    for part in parts:
        for index, word in enumerate(part.pronunciation.words, part.start):
            judged = _judge_word(word, index, part)
            tries[index] = _better_try(tries.get(index, judged), judged)
    return tuple(
        tries.get(index, AssessedWord(word, 0.0, "omission", None, None))
        for index, word in enumerate(words)
    )


def _judge_word(word: PronouncedWord, index: int, part: Part) -> AssessedWord:
    phones = tuple(replace(phone, score=round(phone.score, 1)) for phone in word.phones)
    error = _error(word, index, part)
    if word.score is None:
        return AssessedWord(word.text, _unsaid_score(phones), error, None, None, phones)
    return AssessedWord(
        word.text,
        round(word.score, 1),
        error,
        part.begin_ms + word.start_ms,
        part.begin_ms + word.end_ms,
        phones,
    )


def _error(word: PronouncedWord, index: int, part: Part) -> WordError | None:
    """The error of a word; one without a score has none if the recogniser heard it."""
    if index - part.start in dict(part.pronunciation.doubtful):
        return "doubtful"
    if word.score is not None:
        is_trusted = part.pronunciation.calibrated and bool(word.phones)
        return "mispronunciation" if is_trusted and word.score < WEAK else None
    replaced = dict(part.pronunciation.replaced)
    if index - part.start in replaced:
        return "omission" if replaced[index - part.start] == "" else "substitution"
    return "omission" if part.passage is None else _ERRORS[_status(part.passage, index)]


def _unsaid_score(phones: Sequence[Phone]) -> float:
    """The score of a word that was not said: 0 where its sounds are not known."""
    mean = sum(phone.score for phone in phones) / len(phones) if phones else 0.0
    return round(min(WEAK, mean), 1)


def _status(passage: Passage, index: int) -> WordStatus:
    """The status of the text's word of this index; one outside the passage was omitted."""
    read = [word for word in passage.words if word.status != "inserted"]
    at = index - passage.start
    return read[at].status if 0 <= at < len(read) else "omitted"


def _better_try(one: AssessedWord, other: AssessedWord) -> AssessedWord:
    """Of two tries at a word, the one that was said, else the better one."""
    return max(one, other, key=lambda word: (word.start_ms is not None, word.score))


def _mean(parts: Sequence[Part], name: str, share: float) -> float | None:
    """The mean of a sentence score; of several parts it counts what was not said as 0."""
    scores = [(getattr(part.pronunciation, name), len(part.pronunciation.words)) for part in parts]
    known = [(score, count) for score, count in scores if score is not None]
    if not known:
        return None
    mean: float = sum(score * count for score, count in known) / sum(n for _, n in known)
    return round(mean if len(parts) == 1 else mean * share, 1)

"""Whether a text was read, and which stretches of a passage match what was said only by chance.

In another text a few words always match: "the", "is", whatever sounds alike. So the whole is asked
first, by its sounds. Then each word of the passage has odds that it was read, from what was
recognised in its place and how its sounds were heard; that somebody reads, says something else, and
reads on, is rare. So the stretches that were read are those of the likeliest path through two
states, reading and not, with a cost for each change (Viterbi).

The weights are logistic regressions, fitted to learners of speechocean762 who read right and other
texts; `etc/research/pronunciation/wrong_texts.py` measures them on other speakers.
"""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from dataclasses import replace
from statistics import fmean

from tutor.core.feedback.assessment import (
    Passage,
    PronouncedWord,
    Pronunciation,
    ReadWord,
    WordStatus,
)
from tutor.core.feedback.pronunciation.judgeable import most_for
from tutor.core.feedback.reading.reading import Window
from tutor.core.text.function_words import is_function_word
from tutor.core.text.marks import ends_sentence

OF_SHARE = 3.0
"""What a transcript that is all of the text adds to the log odds of the sounds."""

FREE_BESIDE = 0.4
BESIDE = 5.0
"""The share of what was recognised that may stand beside the text, more than in 99 of 100 readings,
and the log odds that all of it would cost, where no head is trained."""

UNKNOWN_SHARE = 0.4
"""The share of what was said that is taken for the text's where nobody transcribed it."""

EXPECTED = 1.0
"""The log odds, by its sounds, at which a passage was read of which nothing was recognised."""

PART = 5.0
"""The log odds of the words of a part at which it was read, where the whole passage was not."""

LEANS = 3.0
LEAN = 0.2
"""How much of the log odds of the whole passage each of its words has, too."""

FEW_WORDS = 2
"""Of one word of text, and no more heard than these, the word is judged and not the text."""

CHANGE = 7.0
CHANGE_OF_SENTENCE = 2.5
"""What it costs to begin to read, or to stop, within a sentence and between two: natural
logarithms, as all odds."""

NOT_READING = 3.0
"""What it costs that somebody does not read from the first word on."""

ADDED = -0.5
"""The log odds of an added word: of what somebody says while reading few words are no text."""

FEWEST_HEARD = 4
FEWEST_OWN = 2
LITTLE_SHARED = 0.2
"""Words that were recognised, and words of the text's own beside its function words, from which on
it tells something that hardly more than function words match: no larger share of the others."""

FEWEST_LOST = 3
LEAST_WORD_S = 0.1
"""How many words in a row at an edge of a passage were not recognised, at least, and how many
seconds of sound each of them needs there: a recogniser that lost them leaves room for them."""

MOST = 3.0
LEAST = -3.0
"""The most that one word counts, either way."""

_WITH_SOUNDS = -6.0, 1.8, 0.5, 0.067
"""Log odds that a word was read: to begin with, when it was recognised, when the audio holds it,
and for each point of the mean score of its sounds."""

_WITHOUT_SOUNDS = -1.6, 2.7, 1.6, 0.23
"""The same where no head is trained, the last for each natural logarithm of its probability."""

_WHOLE = 7.5, 2.4, 2.1
"""Log odds that a passage was read where no head is trained: to begin with, for the share of what
was recognised that is the text, and for the mean logarithm of the words' probabilities."""

_LEAST_LOG = -12.0


def was_read(passage: Passage, pronunciation: Pronunciation) -> bool:
    """Whether a passage was read, rather than something else said; `pronunciation`: of its text."""
    heard = sum(word.status != "omitted" for word in passage.words)
    if len(pronunciation.words) == 1 and heard <= FEW_WORDS:
        return True
    odds = _odds_of_all(pronunciation, _matched(passage) / max(1, heard))
    if pronunciation.match is None:
        beside = sum(word.status == "inserted" for word in passage.words) / max(1, heard)
        odds -= BESIDE * max(0.0, beside - FREE_BESIDE)
    return odds > 0


def shares_little(passage: Passage, language: str) -> bool:
    """Whether hardly anything but function words was recognised as the text has it, though more was
    said and the text has other words: any two texts share those.

    Where sounds are judged these say it better; where none are, a few such words and what a
    recogniser can be made to find beside them looked like a part that was read.
    """
    heard = [word for word in passage.words if word.status != "omitted"]
    matched = [word.text for word in heard if word.status == "matched"]
    others = [one for word in heard if word.status != "matched" for one in _written(word)]
    own = [word.text for word in passage.words if word.status not in ("inserted", "matched")]
    known, strange, unread = (
        sum(not is_function_word(text, language) for text in texts)
        for texts in (matched, others, own)
    )
    return (
        len(heard) >= FEWEST_HEARD
        and unread >= FEWEST_OWN
        and known <= LITTLE_SHARED * (known + strange)
    )


def is_scrap(passage: Passage, count: int) -> bool:
    """Whether a word or two of a text match, among many that are not its: "she has" of another
    sentence. Who reads says more of the text, or little beside it.

    `count`: how many words the text has.
    """
    matched = _matched(passage)
    beside = sum(word.status == "inserted" for word in passage.words)
    is_part = passage.end - passage.start < count
    return is_part and matched <= FEW_WORDS and beside >= max(FEWEST_HEARD, 2 * matched)


def _written(word: ReadWord) -> list[str]:
    """What was recognised in a word's place."""
    return (word.heard or word.text).split()


def was_heard(pronunciation: Pronunciation) -> bool:
    """Whether a text was read, rather than something else said, where nothing was recognised."""
    return len(pronunciation.words) == 1 or _odds_of_all(pronunciation, UNKNOWN_SHARE) > 0


def _odds_of_all(pronunciation: Pronunciation, share: float) -> float:
    """The log odds that a passage was read; `share`: of what was recognised that is the text."""
    if pronunciation.match is not None:
        return pronunciation.match + OF_SHARE * share
    base, of_share, of_log = _WHOLE
    return base + of_share * share + of_log * fmean(map(_log, pronunciation.words))


def _log(word: PronouncedWord) -> float:
    return max(_LEAST_LOG, math.log(max(word.probability, 1e-9)))


def was_expected(pronunciation: Pronunciation) -> bool:
    """Whether a passage was read of which nothing was recognised, by its sounds alone."""
    return pronunciation.match is not None and pronunciation.match > EXPECTED


def is_clear(pronunciation: Pronunciation) -> bool:
    """Whether a passage was read though no stretch of it stands out: a word alone, or by its
    sounds; without a trained head `was_read` has said it."""
    match = pronunciation.match
    return len(pronunciation.words) == 1 or match is None or match > EXPECTED


def expected(window: Window, heard: int) -> Passage:
    """The passage that somebody who goes on reading says next, up to the end of a sentence.

    `heard`: how many words were recognised. Every word is omitted until the sounds are asked.
    """
    least = window.position + max(1, heard)
    after = range(least, len(window.words) + 1)
    end = next((n for n in after if ends_sentence(window.words[n - 1])), len(window.words))
    words = window.words[window.position : end]
    return Passage(window.position, end, tuple(ReadWord(word, "omitted") for word in words))


def odds_of(
    passage: Passage, pronunciation: Pronunciation, crowded: Container[int] = ()
) -> list[float]:
    """The log odds that each word of a passage was read; `pronunciation`: of its text.

    `crowded`: the indices of words for which there is no room (`without_room`).
    """
    words = iter(pronunciation.words)
    lean = LEAN * min(LEANS, max(0.0, pronunciation.match or 0.0))
    odds = [
        ADDED if word.status == "inserted" else lean + word_odds(word.status, next(words))
        for word in passage.words
    ]
    return [LEAST if n in crowded else one for n, one in enumerate(odds)]


def without_room(passage: Passage, sounds: Sequence[tuple[float, float]]) -> frozenset[int]:
    """The words before the first one that was recognised, or behind the last one, for which the
    audio has no sound, by their index in the passage.

    What stands beside a sentence that was read has sounds, too, where it is asked for: those of
    its neighbours.

    Args:
        passage: Every word of it is recognised or omitted.
        sounds: Begin and end, in seconds, of each stretch of sound.
    """
    words = passage.words
    heard = [n for n, word in enumerate(words) if word.start_ms is not None]
    if not heard or not sounds:
        return frozenset()
    first, last = words[heard[0]].start_ms or 0, words[heard[-1]].end_ms or 0
    edges = (
        (range(heard[0]), (0.0, first / 1000)),
        (range(heard[-1] + 1, len(words)), (last / 1000, sounds[-1][1])),
    )
    return frozenset(
        n
        for run, place in edges
        if len(run) >= FEWEST_LOST and _sound_within(sounds, *place) < LEAST_WORD_S * len(run)
        for n in run
    )


def _sound_within(sounds: Sequence[tuple[float, float]], begin: float, end: float) -> float:
    return sum(max(0.0, min(b, end) - max(a, begin)) for a, b in sounds)


def change_costs(passage: Passage) -> list[float]:
    """What it costs to begin or to stop reading before each word of a passage."""
    costs, cost = [], CHANGE
    for word in passage.words:
        costs.append(cost)
        if word.status != "inserted":
            cost = CHANGE_OF_SENTENCE if ends_sentence(word.text) else CHANGE
    return costs


def word_odds(status: WordStatus, word: PronouncedWord) -> float:
    """The log odds that a word of the text was read, `LEAST` to `MOST`."""
    if word.phones:
        base, *weights = _WITH_SOUNDS
        last = fmean(phone.score for phone in word.phones)
    else:
        base, *weights = _WITHOUT_SOUNDS
        last = _log(word)
    found = status == "matched", word.score is not None, last
    odds = base + sum(w * x for w, x in zip(weights, found, strict=True))
    return min(MOST, max(LEAST, odds))


def stretches(odds: Sequence[float], costs: Sequence[float]) -> list[bool]:
    """Whether each word belongs to a stretch that was read.

    `odds`: the log odds of each; `costs`: what it costs to begin or to stop before each.
    """
    read, unread = 0.0, -NOT_READING
    changes: list[tuple[bool, bool]] = []
    for one, cost in zip(odds, costs, strict=True):
        begins, stops = unread - cost > read, read - cost > unread
        read, unread = (unread - cost if begins else read), (read - cost if stops else unread)
        read, unread = read + one / 2, unread - one / 2
        changes.append((begins, stops))
    reads, found = read >= unread, []
    for begins, stops in reversed(changes):
        found.append(reads)
        reads = not begins if reads else stops
    return found[::-1]


def is_part(odds: Sequence[float], read: Sequence[bool]) -> bool:
    """Whether enough of a passage was read for the rest to be something else."""
    return sum(one for one, is_read in zip(odds, read, strict=True) if is_read) > PART


def read_passage(passage: Passage, read: Sequence[bool]) -> Passage:
    """The passage from the first word of the text that was read to the last one.

    `read`: whether each word belongs to what was read; one of the text does. What was added before
    and after it stays.
    """
    at = [n for n, word in enumerate(passage.words) if word.status != "inserted"]
    inside = [place for place, n in enumerate(at) if read[n]]
    first, last = inside[0], inside[-1]
    words = tuple(
        word
        for n, word in enumerate(passage.words)
        if word.status == "inserted" or at[first] <= n <= at[last]
    )
    return Passage(passage.start + first, passage.start + last + 1, words)


def without_chance(
    passage: Passage, pronunciation: Pronunciation, read: Sequence[bool]
) -> tuple[Passage, Pronunciation]:
    """The passage and how it was said, without the words that match only by chance.

    Those are omitted, have no score, and lower the scores of the whole.
    """
    pairs = [(w, r) for w, r in zip(passage.words, read, strict=True)]
    of_text = [is_read for word, is_read in pairs if word.status != "inserted"]
    kept = tuple(
        word if is_read or word.status == "inserted" else ReadWord(word.text, "omitted")
        for word, is_read in pairs
    )
    most = most_for(sum(of_text) / len(of_text))
    return replace(passage, words=kept), replace(
        pronunciation,
        words=tuple(
            word if is_read else replace(word, score=None)
            for word, is_read in zip(pronunciation.words, of_text, strict=True)
        ),
        accuracy=_at_most(pronunciation.accuracy, most),
        total=_at_most(pronunciation.total, most),
        replaced=tuple((n, other) for n, other in pronunciation.replaced if of_text[n]),
        doubtful=tuple((n, other) for n, other in pronunciation.doubtful if of_text[n]),
    )


def _at_most(score: float | None, most: float) -> float | None:
    return None if score is None else min(score, most)


def _matched(passage: Passage) -> int:
    return sum(word.status == "matched" for word in passage.words)

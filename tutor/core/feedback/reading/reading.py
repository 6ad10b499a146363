"""Reading a text aloud over several utterances: how far the reader is, and which words were wrong.

Which part of the text an utterance read is found in `passages`. A transcript alone makes no word
wrong: `confirming` asks the audio.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from tutor.core.feedback.assessment import Passage, ReadWord
from tutor.core.text.function_words import is_function_word
from tutor.core.text.wording import split_words

MAX_TEXT_WORDS = 5_000
"""The most words of a text: about half an hour of reading."""

WINDOW_BEHIND = 80
WINDOW_AHEAD = 120
"""Words of the text before and after the reader's place among which an utterance is looked for; in
30 s about 90 words are read, and a reader may go back a few sentences."""

MOST_SKIPPED = 2
"""Words in a row, at most, in whose place nothing was recognised, where that tells of each of them:
of more the recogniser may have lost them all."""

LEAST_MATCHED = 0.25
"""Share of a passage's words that must match; below it something else was said, and the reader's
place stays."""


class TextError(ValueError):
    """A text that cannot be read aloud; the message says so to the learner.

    `reason` is its code, whichever way the text came: the socket's error, an upload's problem, a
    report's reason.
    """

    def __init__(self, reason: Literal["no_text", "text_too_long"], message: str) -> None:
        super().__init__(message)
        self.reason = reason


def check_text(text: str, language: str) -> None:
    """Refuse a text that cannot be read aloud.

    Raises:
        TextError: the text has no words, or more than `MAX_TEXT_WORDS`.
    """
    count = len(split_words(text, language))
    if not count:
        raise TextError("no_text", "the text has no words to read")
    if count > MAX_TEXT_WORDS:
        message = f"the text has {count} words; at most {MAX_TEXT_WORDS} can be read"
        raise TextError("text_too_long", message)


@dataclass(frozen=True)
class Window:
    """The words of a text around the reader's place: all that an utterance is looked for in.

    A worker gets the window, not the text; `restore` puts what it found back in the text.
    """

    words: tuple[str, ...] = ()
    position: int = 0
    """Index in `words` of the word that is expected next."""
    offset: int = 0
    """How many words of the text come before the first one of `words`."""

    @classmethod
    def around(cls, text: Sequence[str], position: int) -> Window:
        """The window of a text, given as its words, around a place in it."""
        offset = max(0, position - WINDOW_BEHIND)
        words = tuple(text[offset : position + WINDOW_AHEAD])
        return cls(words, position - offset, offset)

    def restore(self, passage: Passage) -> Passage:
        """A passage of the window as a passage of the whole text."""
        return replace(passage, start=passage.start + self.offset, end=passage.end + self.offset)


class Reading:
    """A text that is read aloud, and how far the reader is in it.

    Raises:
        TextError: the text has no words or too many.
    """

    def __init__(self, text: str, language: str) -> None:
        check_text(text, language)
        self.words = split_words(text, language)
        self.position = 0
        """Index of the word that is expected next."""
        self._spoken: set[int] = set()

    @property
    def completeness(self) -> float:
        """How much of the text was spoken, 0 to 100, each word counted once.

        A word said wrong was spoken; one left out was not.
        """
        return 100.0 * len(self._spoken) / len(self.words)

    @property
    def finished(self) -> bool:
        """Whether the last word of the text was reached."""
        return len(self.words) - 1 in self._spoken

    @property
    def spoken(self) -> tuple[int, ...]:
        """Indices of the words that were spoken."""
        return tuple(sorted(self._spoken))

    def window(self) -> Window:
        """The words around the reader's place."""
        return Window.around(self.words, self.position)

    def resume_from(self, position: int, spoken: Sequence[int]) -> None:
        """Continue where another reading of the same text stopped."""
        self.position, self._spoken = position, set(spoken)

    def receive_passage(self, passage: Passage) -> None:
        """Count what an utterance read, unless it was something else than the text."""
        if not is_of_text(passage):
            return
        read = [word for word in passage.words if word.status != "inserted"]
        self._spoken |= {n for n, w in enumerate(read, passage.start) if w.status != "omitted"}
        self.position = passage.end


def is_of_text(passage: Passage) -> bool:
    """Whether an utterance read the text, and did not say something else."""
    read = [word for word in passage.words if word.status != "inserted"]
    matched = sum(word.status in ("matched", "doubtful") for word in read)
    return matched > 0 and matched >= LEAST_MATCHED * len(read)


def accuracy(passage: Passage) -> float:
    """The share of matched words, 0 to 100, in all words of the passage and those added to it."""
    matched = sum(word.status == "matched" for word in passage.words)
    return 100.0 * matched / len(passage.words) if passage.words else 0.0


def heard_instead(passage: Passage, start: int = 0) -> dict[int, str]:
    """What was recognised in place of one word, by that word's index; the first one's is `start`.

    What was recognised in place of several words is not given for any of them.
    """
    read = [word for word in passage.words if word.status != "inserted"]
    places = Counter((word.start_ms, word.end_ms) for word in read)
    return {
        n: word.heard
        for n, word in enumerate(read, start)
        if word.status == "substituted" and word.heard and places[word.start_ms, word.end_ms] == 1
    }


def heard_together(passage: Passage) -> list[tuple[range, str]]:
    """What was recognised in place of several words at once, and their indices among the text's."""
    read = [word for word in passage.words if word.status != "inserted"]
    found: list[tuple[range, str]] = []
    for place, words in groupby(enumerate(read), lambda pair: (pair[1].start_ms, pair[1].end_ms)):
        at = [n for n, word in words if word.status == "substituted"]
        if None not in place and len(at) > 1:
            found.append((range(at[0], at[-1] + 1), read[at[0]].heard or ""))
    return found


def perhaps_left_out(passage: Passage, language: str) -> tuple[int, ...]:
    """The words that may have been left out, by index among those that are the text's.

    In their place nothing was recognised; or something else, and they are function words: a
    recogniser writes what it makes of their neighbours ("G8" for "She ate an").
    """
    read = [word for word in passage.words if word.status != "inserted"]
    return tuple(
        n
        for n, word in enumerate(read)
        if word.status == "omitted"
        or (word.status == "substituted" and is_function_word(word.text, language))
    )


def perhaps_supplied(passage: Passage, language: str) -> tuple[int, ...]:
    """The function words that were recognised as the text has them, by index among those that are
    the text's: a recogniser writes "I would like to see" for "I would like see"."""
    read = [word for word in passage.words if word.status != "inserted"]
    return tuple(
        n
        for n, word in enumerate(read)
        if word.status == "matched" and is_function_word(word.text, language)
    )


def cleanly_left_out(passage: Passage) -> frozenset[int]:
    """The words in whose place nothing was recognised, and beside which all as the text has it, by
    index among those that are the text's: one word, or two in a row ("going to the cinema")."""
    read = [word.status for word in passage.words if word.status != "inserted"]
    found: set[int] = set()
    for status, run in groupby(range(len(read)), lambda n: read[n]):
        places = list(run)
        beside = {*read[max(0, places[0] - 1) : places[0]], *read[places[-1] + 1 :][:1]}
        if status == "omitted" and len(places) <= MOST_SKIPPED and beside == {"matched"}:
            found |= set(places)
    return frozenset(found)


def added(passage: Passage) -> dict[int, list[str]]:
    """What was recognised beside the words of a passage, by the place in it of the word behind."""
    found: dict[int, list[str]] = {}
    place = 0
    for word in passage.words:
        if word.status == "inserted":
            found.setdefault(place, []).append(word.text)
        else:
            place += 1
    return found


def whole(passage: Passage, words: Sequence[str]) -> Passage:
    """The passage widened to all words that it was looked for in; those that it lacks are
    omitted."""
    return Passage(
        0,
        len(words),
        (
            *(ReadWord(word, "omitted") for word in words[: passage.start]),
            *passage.words,
            *(ReadWord(word, "omitted") for word in words[passage.end :]),
        ),
    )

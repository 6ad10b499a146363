"""A reader followed word by word, while they read: what may be told of a text with each hypothesis.

A hypothesis of unfinished audio is wrong at its end. So words are told in the text's order; one
that was heard as it is spelled is told at once, one that was not only when later words bear out
that the reader has passed it, or with the final: two of them while the reader speaks, one in a
pause. Nothing that was told is taken back: the judgement that follows the final corrects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tutor.core.feedback.assessment import Passage, ReadWord
from tutor.core.feedback.reading.reading import is_of_text
from tutor.core.text.function_words import is_function_word

Status = Literal["read", "skipped", "doubtful"]

BEARING_OUT = 2
"""Later words of the text that must be heard before one is passed that was not."""

IN_A_PAUSE = 1
"""The same where the reader has paused: no word is cut off at the end."""


@dataclass(frozen=True)
class Told:
    """What is told of a word of the text; times are milliseconds of the utterance's audio."""

    index: int
    text: str
    status: Status
    start_ms: int | None = None
    end_ms: int | None = None


class Following:
    """One utterance's way through a text.

    `expected`: index of the word that was to come when it began; `told`: words of which it has told
    before. `next` is the word that is to come now; within an utterance it only grows, and a later
    one may begin before it.
    """

    def __init__(self, expected: int, told: Iterable[int] = ()) -> None:
        self.expected = expected
        self._told = set(told)
        self.next = max(self._told, default=expected - 1) + 1

    @property
    def told(self) -> tuple[int, ...]:
        """The words that were told."""
        return tuple(sorted(self._told))

    def receive_passage(
        self, passage: Passage, language: str, *, in_pause: bool = False, is_final: bool = False
    ) -> tuple[Told, ...]:
        """Take where in the text the newest hypothesis was read; what is to be told now.

        `in_pause`: it heard all words up to a pause.
        """
        needed = IN_A_PAUSE if in_pause else BEARING_OUT
        read = [word for word in passage.words if word.status != "inserted"]
        if not is_of_text(passage) or not self._may_begin(passage, read, is_final=is_final):
            return ()
        passed = [
            Told(passage.start + n, read[n].text, status, read[n].start_ms, read[n].end_ms)
            for n, status in enumerate(_passed(read, language, needed, is_final=is_final))
        ]
        fresh = tuple(one for one in passed if one.index not in self._told)
        end = passage.start + len(passed)
        self.next = max(self.next, end) if self._told and not is_final else end
        self._told |= {one.index for one in fresh}
        return fresh

    def _may_begin(self, passage: Passage, read: Sequence[ReadWord], *, is_final: bool) -> bool:
        """Whether one word is enough to say where the reader is: at the place, not elsewhere."""
        if self._told or is_final or passage.start == self.expected:
            return True
        return _count_matched(read) >= BEARING_OUT


def _passed(
    read: Sequence[ReadWord], language: str, needed: int, *, is_final: bool
) -> list[Status]:
    """What became of the words up to the first of which it cannot be said yet; `needed`: later
    words that must bear out what was not heard."""
    passed: list[Status] = []
    for n, word in enumerate(read):
        later = _count_matched(read[n + 1 :])
        is_borne_out = later >= needed
        if word.status == "matched":
            follows_gap = n > 0 and read[n - 1].status != "matched"
            if follows_gap and later < needed - 1 and not is_final:
                break
            passed.append("read")
        elif not is_borne_out and not is_final:
            break
        elif word.status == "omitted" and later >= BEARING_OUT:
            passed.append("doubtful" if _is_slight(read, n, language) else "skipped")
        else:
            passed.append("doubtful")
    return passed


def _count_matched(words: Sequence[ReadWord]) -> int:
    return sum(word.status == "matched" for word in words)


def _is_slight(read: Sequence[ReadWord], n: int, language: str) -> bool:
    """Whether an omitted word is a function word alone between others: recognisers drop those."""
    around = (*read[max(0, n - 1) : n], *read[n + 1 : n + 2])
    is_alone = all(word.status != "omitted" for word in around)
    return is_alone and is_function_word(read[n].text, language)

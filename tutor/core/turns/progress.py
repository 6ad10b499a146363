"""Where a session's reader is in the exercise's text, as it is told while they read."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.audio.recognition import Recognition
from tutor.core.feedback.assessment import Passage
from tutor.core.feedback.reading.following import Following, Told
from tutor.core.feedback.reading.reading import Window
from tutor.core.protocol.messages import FollowedWord, ReadingProgress
from tutor.core.turns.reader import standing_in
from tutor.core.turns.waits import Standing, standing_of


class Place:
    """A reader's place in a text, over the utterances of a session."""

    def __init__(self, expected: int = 0) -> None:
        self._words: Sequence[str] = ()
        self.next = expected
        """Index of the word that the next utterance is expected to begin with."""

    def read(self, words: Sequence[str], *, goes_on: bool) -> None:
        """Take the words of a text, none to read none; `goes_on`: at the place that there is."""
        self._words, self.next = words, self.next if goes_on else 0

    @property
    def reads(self) -> bool:
        """Whether there is a text."""
        return bool(self._words)

    def begin(self) -> Following | None:
        """An utterance's way through the text; None: there is no text."""
        return Following(self.next) if self._words else None

    def window(self, way: Following | None) -> Window:
        """The words of the text in which an utterance is looked for; none without a text."""
        return Window() if way is None else Window.around(self._words, way.expected)

    def standing(self, passage: Passage | None, heard: Recognition) -> Standing:
        """How a turn stands by what was heard up to a pause; `passage`: of the whole text."""
        if passage is None:
            return standing_of(heard.text, heard.language)
        return standing_in(self._words, passage, heard.text, heard.language)

    def receive_passage(
        self,
        way: Following,
        passage: Passage,
        language: str,
        *,
        in_pause: bool = False,
        is_final: bool = False,
    ) -> Sequence[Told]:
        """Take where in the text a hypothesis of an utterance was read; what is told of it.

        `in_pause`: it heard all words up to a pause.
        """
        told = way.receive_passage(passage, language, in_pause=in_pause, is_final=is_final)
        if told or (is_final and way.told):
            self.next = way.next
        return told


def progress(utterance: str, begin_ms: int, told: Sequence[Told], at: int) -> list[ReadingProgress]:
    """The event of what is told of an utterance whose audio begins at `begin_ms`; none if it is
    nothing. `at`: the index of the word that is to come now."""
    words = tuple(
        FollowedWord(
            one.index,
            one.text,
            one.status,
            _on_clock(one.start_ms, begin_ms),
            _on_clock(one.end_ms, begin_ms),
        )
        for one in told
    )
    return [ReadingProgress(utterance, words, at)] if words else []


def _on_clock(ms: int | None, begin_ms: int) -> int | None:
    return None if ms is None else begin_ms + ms

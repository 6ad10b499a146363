"""The walk of one learner through the library: what they have had, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.core.coach.exercises import Item, Prompt, item_of, next_prompt
from tutor.core.protocol.messages import Exercise

Library = Mapping[str, Sequence[Item]]
"""The exercises by language, as Whisper's code."""


class Walk:
    """Which exercises of the library were had; what was practised or proposed does not come next.

    It knows what is practised by the exercise's id, or by its text; a question that a client asks
    without its id it cannot know.
    """

    def __init__(self, library: Library, done: Sequence[str] = ()) -> None:
        self._library = library
        self._done = list(done)
        self._proposed: Prompt | None = None  # since something was practised

    @property
    def done(self) -> tuple[str, ...]:
        """The ids of what was had, the latest last."""
        return tuple(self._done)

    def receive_exercise(self, exercise: Exercise, language: str) -> None:
        """Take what the learner practises now; `language` is Whisper's code, or `auto`."""
        languages = dict.fromkeys((language, *self._library))  # its own first
        self._proposed = None
        items = (item for code in languages for item in self._library.get(code, ()))
        self._note(item_of(exercise, items))

    def next(self, exercise: Exercise, language: str, due: Sequence[str]) -> Prompt | None:
        """The prompt that comes after an exercise; None where the library has nothing of its type.

        `due` are the words that are to come back, the most urgent first.
        """
        prompt = next_prompt(
            self._library.get(language, ()),
            type=exercise.type,
            level=exercise.level,
            due=due,
            done=self._done,
        )
        self._note(None if prompt is None else prompt.item)
        self._proposed = prompt
        return prompt

    def again(self, exercise: Exercise, language: str, due: Sequence[str]) -> Prompt | None:
        """The prompt that was proposed last, for who has not gone on to it; else the next one."""
        return self._proposed or self.next(exercise, language, due)

    def _note(self, item: str | None) -> None:
        if item is not None:
            self._done = [*(had for had in self._done if had != item), item]

"""What is answered when its client asks for it, and not before."""

from __future__ import annotations

from functools import reduce

from tutor.core.live.commands import Answer
from tutor.core.live.tutoring.turn import LONGEST_BYTES
from tutor.core.live.utterances.understood import Understood


class Asked:
    """Holds what was said since the last answer, for a client that asks for each answer."""

    def __init__(self) -> None:
        self.by_itself = True
        """Whether nobody asks: each utterance is answered as it ends."""
        self.answer: Answer | None = None
        """The answer that is waited for: not all that was said is understood yet."""
        self._said: list[Understood] = []

    def receive_understood(self, understood: Understood) -> tuple[Understood, ...]:
        """Take an utterance whose words are known; those that are answered now."""
        if self.by_itself:
            return (understood,)
        self._said.append(understood)
        return ()

    def take(self) -> tuple[Understood | None, tuple[Understood, ...]]:
        """All that was said, as one, and what is too long ago to be judged with it."""
        said, self._said, self.answer = self._said, [], None
        if not said:
            return None, ()
        whole = reduce(lambda before, after: before.joined_with(after), said)
        if whole.span_bytes <= LONGEST_BYTES:
            return whole, ()
        return said[-1], tuple(said[:-1])

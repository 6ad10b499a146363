"""What is answered when its client asks for it, and not before."""

from __future__ import annotations

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
        self._said: Understood | None = None

    def hold(self, understood: Understood) -> tuple[str, ...]:
        """Take an utterance whose words are known; the utterances that were held, and are too long
        ago to be judged with it: they are held no more."""
        before, self._said = self._said, understood
        if before is None:
            return ()
        whole = before.joined_with(understood)
        if whole.span_bytes > LONGEST_BYTES:
            return before.utterances
        self._said = whole
        return ()

    def take(self) -> Understood | None:
        """All that is held, as one; None: nothing was said."""
        said, self._said, self.answer = self._said, None, None
        return said

"""When a turn ends: the silence that ends the open utterance, from what is known in a pause.

A state machine without clock and model. It takes windows that were judged, what the words say, and
the learner's wish to think; it gives the silence that is needed now, and whether the turn may be
over. The segmenter ends the utterance, so each ends once. Positions are samples from the session's
start.
"""

from __future__ import annotations

from enum import Enum

from tutor.core.turns.pauses import Pauses
from tutor.core.turns.waits import Standing, Waits

GOES_ON = frozenset({Standing.HANGING, Standing.IN_SENTENCE})
"""What the words may say that makes a reply premature."""

IS_OVER = frozenset({Standing.FINISHED, Standing.AT_THE_END})
"""What they may say that makes a learner's usual pauses beside the point."""


class State(Enum):
    """Where a turn is between its onset and its end."""

    LISTENING = "listening"
    """The learner speaks, or has hardly paused."""
    EAGER = "eager"
    """Perhaps it is over: a reply may be prepared."""


class Ending:
    """Decides how much silence ends the open utterance."""

    def __init__(self, waits: Waits, *, reads: bool = False) -> None:
        self.waits = waits
        """The silences that end an utterance."""
        self.reads = reads
        """Whether a text is read."""
        self._pauses = Pauses()
        self._standing = Standing.UNKNOWN
        self._known_to = -1  # the end of speech that the standing is about
        self._speech_end = 0
        self._position = 0
        self.held_until = 0
        """Position before which no silence ends the utterance."""
        self._held_from = 0
        self.state = State.LISTENING

    @property
    def standing(self) -> Standing:
        """How the turn stands, by all words before the pause; unknown while they are not heard."""
        return self._standing if self._known_to >= self._speech_end else Standing.UNKNOWN

    @property
    def silence(self) -> int:
        """Samples of silence behind the last speech that end the utterance."""
        wait = self.waits.of(self.standing, reads=self.reads)
        if self.standing not in IS_OVER:
            wait = self._pauses.stretch(wait, self.waits.most)
        return max(wait, self.held_until - self._speech_end)

    @property
    def may_be_over(self) -> bool:
        """Whether the learner pauses, and what they said does not have to go on."""
        return self.state is State.EAGER and self.standing not in GOES_ON

    def begin(self, position: int) -> None:
        """Begin an utterance whose speech reaches up to a position."""
        self._speech_end = self._position = position
        self._known_to, self.state = -1, State.LISTENING
        self.held_until = 0  # they speak again

    def receive_window(self, position: int, speech_end: int) -> None:
        """Take the end of a window that was judged, and that of the last speech."""
        paused = self._position - self._speech_end
        self._position = position
        if speech_end > self._speech_end:
            self._resume(speech_end, paused)
        elif position - speech_end >= self.waits.eager and self.standing not in GOES_ON:
            self.state = State.EAGER

    def receive_standing(self, standing: Standing, speech_end: int) -> None:
        """Take what the words say that were heard up to an end of speech."""
        self._standing, self._known_to = standing, speech_end

    def resume_from(self, position: int, held_until: int) -> None:
        """Continue at a position where another machine stopped; what is before is heard again."""
        self.held_until, self._held_from = held_until, position

    def receive_hold(self, until: int) -> None:
        """Let the learner think until a position, or until they speak again after a pause."""
        self.held_until, self._held_from = until, self._position

    def _resume(self, speech_end: int, paused: int) -> None:
        if paused >= self.waits.eager:
            self._pauses.receive_pause(paused)
            if speech_end > self._held_from:
                self.held_until = 0
        self._speech_end, self.state = speech_end, State.LISTENING

"""A session's turns: what ends them, and what a client hears of it."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.audio.samples import to_ms
from tutor.core.protocol.messages import ServerEvent, TurnEager, TurnEnded, TurnReason, TurnResumed
from tutor.core.turns.ending import Ending, State
from tutor.core.turns.waits import Standing, Waits


@dataclass(frozen=True)
class TurnSnapshot:
    """Where a session's turn is, as plain data."""

    held_until: int = 0
    """Position before which no silence ends the turn."""
    is_eager: bool = False
    """Whether the client was told that it may be over."""


class Turns:
    """The turns of one session. Positions are samples from its start."""

    def __init__(self, kept: TurnSnapshot | None = None, told_to: int = 0) -> None:
        """`kept`: what another gateway left; of audio before `told_to` nothing is told again."""
        self._ending = Ending(Waits())
        self._waits = Waits()
        self._told_to = told_to
        self._is_eager = kept is not None and kept.is_eager
        if kept is not None:
            self._ending.resume_from(told_to, kept.held_until)

    def snapshot(self) -> TurnSnapshot:
        """Where the turn is, as plain data."""
        return TurnSnapshot(self._ending.held_until, self._is_eager)

    @property
    def silence(self) -> int:
        """Samples of silence that end the open utterance now."""
        return self._ending.silence

    @property
    def may_be_over(self) -> bool:
        """Whether a reply may be prepared: the learner pauses, and no word says that they go on."""
        return self._ending.may_be_over

    @property
    def reads(self) -> bool:
        """Whether a text is read."""
        return self._ending.reads

    @reads.setter
    def reads(self, reads: bool) -> None:
        self._ending.reads = reads

    def configure(self, waits: Waits) -> None:
        """Take the silences that end utterances from now on."""
        self._waits = self._ending.waits = waits

    def begin(self, position: int) -> None:
        """Begin an utterance whose speech reaches up to a position."""
        self._ending.begin(position)
        self._is_eager = self._is_eager and position <= self._told_to

    def receive_window(self, utterance: str, position: int, speech_end: int) -> list[ServerEvent]:
        """Take a window of an open utterance: its end, and that of the last speech."""
        self._ending.receive_window(position, speech_end)
        is_eager = self._ending.state is State.EAGER
        if is_eager == self._is_eager or position <= self._told_to:
            return []
        self._is_eager = is_eager
        event = TurnEager if is_eager else TurnResumed
        return [event(utterance, to_ms(position))]

    def receive_standing(self, standing: Standing, speech_end: int) -> None:
        """Take what the words say that were heard up to an end of speech."""
        self._ending.receive_standing(standing, speech_end)

    def receive_hold(self, until: int) -> None:
        """Let the learner think until a position."""
        self._ending.receive_hold(until)

    def receive_end(
        self, utterance: str, end: int, speech_end: int, reason: TurnReason
    ) -> TurnEnded:
        """Take the end of an utterance; what is told of it."""
        if reason == "silence":
            reason = self._why(end - speech_end)
        self._is_eager = False
        return TurnEnded(utterance, to_ms(end), reason)

    def _why(self, silence: int) -> TurnReason:
        waits = self._waits
        is_read = self._ending.standing is Standing.AT_THE_END
        if is_read and waits.at_the_end < waits.undecided:  # else one silence ends every turn
            return "text"
        return "silence" if silence >= waits.undecided else "words"

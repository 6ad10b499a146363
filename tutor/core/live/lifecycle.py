"""The lifecycle of a session, and which messages may come in which state."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from tutor.core.live.commands import Command
from tutor.core.live.effects import Close, Effect, Emit
from tutor.core.protocol.errors import ERRORS, NORMAL_CLOSURE, ProtocolError, error_event
from tutor.core.protocol.messages import SessionEnd, SessionStart, SpeechPlayed, SpeechStop

LEFT = frozenset({1000, 1001})
"""Close codes of a client that has left for good (1001: a closed tab).

With any other code, or none (uvicorn says 1005 when a connection breaks), the client may come back.
"""


class State(StrEnum):
    """A session's states, in the order in which it goes through them."""

    NEW = "new"
    """Nothing has come yet: `session.start` is awaited."""
    OPEN = "open"
    """The learner practises."""
    ENDING = "ending"
    """No more audio is taken; what was said is still being answered."""
    CLOSED = "closed"
    """All is answered, or the client is gone."""


class Lifecycle:
    """A session's state, and how its socket will close.

    `resumable`: whether a client whose connection broke may come back, here or elsewhere.
    """

    def __init__(self, *, resumable: bool) -> None:
        self._resumable = resumable
        self.state = State.NEW
        self.closing = (NORMAL_CLOSURE, "")
        """Code and reason with which the socket closes once everything is answered."""
        self.is_left_to_others = False
        """Whether this gateway has left the session to another one."""

    def resume_from(self, state: State, closing: tuple[int, str]) -> None:
        """Take over the state that the session had at another gateway."""
        self.state, self.closing = state, closing

    @property
    def is_under_way(self) -> bool:
        """Whether the session has begun and is not over."""
        return self.state in (State.OPEN, State.ENDING)

    @property
    def is_over(self) -> bool:
        """Whether this gateway has nothing more to do for the session."""
        return self.state is State.CLOSED or self.is_left_to_others

    def outlives(self, close_code: int) -> bool:
        """Whether the session waits for its client after a close of the socket with this code."""
        return self._resumable and close_code not in LEFT and self.is_under_way

    def moves_on(self, *, alone: bool) -> bool:
        """Whether another gateway can take the session over when this one stops.

        `alone`: there is no other gateway.
        """
        return self._resumable and not alone and self.is_under_way and not self.is_left_to_others

    def ends_here(self, *, alone: bool) -> bool:
        """Whether the session must end when this gateway stops, since no other can take it over."""
        if self.state is State.NEW:
            return True
        return self.state is State.OPEN and not (self._resumable and not alone)

    def drain(self, *, is_due: bool, alone: bool) -> list[Effect]:
        """What is done because this gateway stops: once it is due, others get the session.

        Raises:
            ProtocolError: `going_away`, the session ends here.
        """
        if self.is_left_to_others:
            return []
        if self.ends_here(alone=alone):
            raise ProtocolError("going_away")
        if not (self.moves_on(alone=alone) and is_due):
            return []
        self.is_left_to_others = True
        told = replace(error_event("going_away"), fatal=False)
        return [Emit(told), Close(ERRORS["going_away"][0] or NORMAL_CLOSURE, "going_away")]

    def counts(self, message: Command) -> bool:
        """Whether a message is one of those that the client sends again until it is safe."""
        return self.state is not State.NEW and not isinstance(message, SpeechPlayed)

    def brakes(self, message: Command) -> bool:
        """Whether a message counts against what a client may send in a minute: what begins, ends
        and carries a session on does not."""
        return self.counts(message) and not isinstance(message, SessionEnd)

    def refuse_out_of_turn(self, message: Command) -> None:
        """Refuse a message that may not come in the present state.

        Raises:
            ProtocolError: `not_started`, `already_started` or `session_ended`.
        """
        if self.state is State.NEW and not isinstance(message, SessionStart):
            raise ProtocolError("not_started")
        if self.state is State.OPEN and isinstance(message, SessionStart):
            raise ProtocolError("already_started")
        if self.state is State.ENDING and not isinstance(message, SpeechPlayed | SpeechStop):
            raise ProtocolError("session_ended")

    def takes_audio(self) -> bool:
        """Whether audio is taken now; what was on its way when the session ended is not.

        Raises:
            ProtocolError: `not_started`.
        """
        if self.state is State.NEW:
            raise ProtocolError("not_started")
        return self.state is State.OPEN

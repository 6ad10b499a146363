"""What another gateway needs to go on with a session's conversations: plain data, for JSON."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.coach.prompting import Exchange
from tutor.core.protocol.messages import Conversation, Correction
from tutor.core.talk.conversation import State, Told


@dataclass(frozen=True)
class Asked:
    """A reply that a language model is to word."""

    utterance: str
    said: str
    told: Told
    is_spoken: bool


@dataclass(frozen=True)
class TalkSnapshot:
    """The conversations of a session as plain data."""

    state: State | None
    names: int
    begun: int
    exchanges: tuple[Exchange, ...]
    corrections: tuple[Correction, ...]
    done: tuple[Conversation, ...]
    asked: tuple[Asked, ...]
    reply: str
    heard: str = ""
    """What the language model has said of it, let through or not."""

"""What another gateway needs to go on speaking: plain data, for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.core.protocol.messages import Speech
from tutor.core.voice.made import MadeClause
from tutor.core.voice.voices import VoiceFacts


@dataclass(frozen=True)
class Place:
    """A place in the tutor's speech."""

    reply: int
    played: int


@dataclass(frozen=True)
class ReplySnapshot:
    """A reply on its way to the learner's ear, as plain data."""

    number: int
    utterance: str
    rate: int
    text: str
    is_whole: bool
    is_kept: bool
    clauses: tuple[MadeClause, ...]
    sent: int
    played: int
    stage: str


@dataclass(frozen=True)
class SpeakingSnapshot:
    """The tutor's speech in a session, as plain data."""

    wish: Speech
    voice: VoiceFacts
    count: int
    replies: tuple[ReplySnapshot, ...]
    unfinished: tuple[str, ...]
    """The utterances to which more of a reply may come."""
    recent: ReplySnapshot | None = None
    """The reply that has ended last, if that was a moment ago: its sound may still come back."""
    recent_s: float = 0.0
    """Seconds since it has ended."""
    begun_at: Mapping[str, Place] = field(default_factory=dict)
    """The utterances that began while the tutor spoke, and where it was then."""
    asides: tuple[str, ...] = ()
    """The utterances that were told as no answer, and of which the tutor does not know yet."""
    has_echo: bool = False
    """Whether the tutor has heard itself in the session."""

"""What another gateway needs to go on speaking: plain data, for JSON."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.protocol.messages import Speech
from tutor.core.voice.made import MadeClause
from tutor.core.voice.voices import VoiceFacts


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

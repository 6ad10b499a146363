"""A reply that is not told yet, and perhaps never will be: its beginning is made, so that it is
heard at once when its time has come."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.core.queue.jobs import SpeechJob
from tutor.core.voice.effects import DropSpeech, KeepSpeech, SpeechEffect, name_of
from tutor.core.voice.made import MadeClause
from tutor.core.voice.reply import SpokenReply

FIRST_CLAUSE = 1
"""Samples that are wanted of it: a worker makes whole clauses, and here no more than the first."""


class Rehearsal:
    """The one reply that is rehearsed, if there is one.

    Without a clock, like all here: time comes in as `now`.
    """

    def __init__(self) -> None:
        self.reply: SpokenReply | None = None
        self._text = ""
        self._asked_at: float | None = None  # when its job was sent; None: the worker has ended it

    @property
    def wanted(self) -> tuple[str, str] | None:
        """Its utterance and its text; None: no reply is rehearsed."""
        return None if self.reply is None else (self.reply.utterance, self._text)

    def begin(
        self, session: str, reply: SpokenReply, kept: KeepSpeech, now: float
    ) -> list[SpeechEffect | SpeechJob]:
        """Have the beginning of a reply made; what is to be done for it."""
        self.reply, self._text, self._asked_at = reply, reply.text, now
        return [kept, SpeechJob(session, name_of(reply.number), FIRST_CLAUSE)]

    def forget(self) -> list[DropSpeech]:
        """Rehearse no more; what is to be done for it."""
        before, self.reply = self.reply, None
        return [] if before is None else [DropSpeech(before.number)]

    def take(self, utterance: str, text: str) -> tuple[SpokenReply | None, float | None]:
        """The reply, whose time has come, and since when its job is under way; None: none to this
        utterance has this text."""
        if self.reply is None or self.wanted != (utterance, text):
            return None, None
        reply, self.reply = self.reply, None
        reply.text, reply.is_whole = "", False  # it is told now, from its beginning
        return reply, self._asked_at

    def receive_clauses(self, name: str, clauses: Sequence[MadeClause]) -> None:
        """Take clauses that a worker has made of a speech, if it is this one."""
        for clause in clauses if self._is(name) else ():
            assert self.reply is not None
            self.reply.receive_clause(clause)

    def receive_result(self, name: str) -> None:
        """Take note that a worker has ended the job of a speech, if it is this one."""
        if self._is(name):
            self._asked_at = None

    def _is(self, name: str) -> bool:
        return self.reply is not None and name_of(self.reply.number) == name

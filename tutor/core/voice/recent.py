"""What the tutor has said a moment ago: sound comes back late, and so do the words of it."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.core.voice.reply import SpokenReply
from tutor.core.voice.snapshot import Place, ReplySnapshot

RECENT_S = 3.0
"""Seconds for which the words of a reply that has ended count as being said."""


@dataclass(frozen=True)
class Broken:
    """A reply that the learner broke off."""

    utterance: str
    heard: str
    """The words of it that were heard."""


class Recent:
    """The reply that has ended last."""

    def __init__(self) -> None:
        self._reply: SpokenReply | None = None
        self._ended_at = 0.0

    def receive_end(self, reply: SpokenReply, now: float) -> None:
        """Take note that a reply has ended."""
        self._reply, self._ended_at = reply, now

    def heard_up_to(self, number: int, position_ms: int) -> Broken | None:
        """What was heard of the reply, if it is that of a number, up to a position."""
        reply = self._reply
        if reply is None or reply.number != number:
            return None
        words = reply.words_between(0, reply.to_samples(position_ms))
        return Broken(reply.utterance, " ".join(words))

    def snapshot(self, now: float) -> tuple[ReplySnapshot | None, float]:
        """The reply as plain data, and the seconds since it has ended; None: that is long ago."""
        ended_s = now - self._ended_at
        if self._reply is None or ended_s >= RECENT_S:
            return None, 0.0
        return self._reply.snapshot(), ended_s

    def resume_from(self, kept: ReplySnapshot | None, ended_at: float) -> None:
        """Take the reply that had ended last at another gateway."""
        if kept is not None:
            self._reply, self._ended_at = SpokenReply.restored(kept), ended_at

    def place(self, current: SpokenReply | None, now: float) -> Place | None:
        """Where the tutor is now, or was a moment ago; None: it is silent.

        `current`: the reply that is being spoken, or is next.
        """
        reply = current if current is not None and current.is_audible else None
        if reply is None and self._reply is not None and now - self._ended_at < RECENT_S:
            reply = self._reply
        return None if reply is None else Place(reply.number, reply.played)

    def said_since(self, place: Place, current: SpokenReply | None) -> list[str]:
        """The words that the tutor has said since a little before a place, and is about to say."""
        words: list[str] = []
        for reply in filter(None, (self._reply, current)):
            reach = round(RECENT_S * reply.rate)
            if reply.number >= place.reply and (reply.is_audible or reply is self._reply):
                begin = place.played - reach if reply.number == place.reply else 0
                words += reply.words_between(begin, reply.played + reach // 2)
        return words

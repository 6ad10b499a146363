"""What a Realtime client knows of one item: its utterances, the deltas so far, the transcript."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutor.core.protocol.messages import Error


@dataclass
class Part:
    """One utterance of an item."""

    utterance: str
    text: str = ""
    """The utterance's text: what is committed so far, or its final."""
    sent: str = ""
    """The text that the client has by deltas."""
    is_final: bool = False
    joint: str = " "
    """What joins the part to the next one: a space, or nothing in languages without spaces."""


@dataclass
class Item:
    """The audio between two commits, and what was said in it."""

    id: str
    start_ms: float
    """Milliseconds of the session's audio before the item's first sample."""
    parts: list[Part] = field(default_factory=list)
    previous: str | None = None
    seconds: float | None = None
    """Seconds of the item's audio; None until it is committed."""
    failure: Error | None = None

    @property
    def is_final(self) -> bool:
        """Whether all utterances of the item have their final."""
        return all(part.is_final for part in self.parts)

    @property
    def transcript(self) -> str:
        """The parts' texts, joined."""
        return self._join([(part.text, part.joint) for part in self.parts])

    def next_delta(self) -> str:
        """The committed text that was not sent yet; parts follow each other."""
        before = self._join([(part.sent, part.joint) for part in self.parts])
        for part in self.parts:
            part.sent += rest_of(part.text, part.sent)
            if not part.is_final:
                break
        return self._join([(part.sent, part.joint) for part in self.parts])[len(before) :]

    @staticmethod
    def _join(texts: list[tuple[str, str]]) -> str:
        whole, joint = "", ""
        for text, following in texts:
            if text:
                whole, joint = whole + joint + text, following
        return whole


def rest_of(text: str, sent: str) -> str:
    """The part of a text after what was sent of it; empty if the text begins with other words.

    Compared are letters and digits alone: a hypothesis of half a sentence ends in a full stop, or
    goes on with a capital, where the final has neither.
    """
    if text.startswith(sent):
        return text[len(sent) :]
    at = 0
    for letter in filter(str.isalnum, sent):
        while at < len(text) and not text[at].isalnum():
            at += 1
        if at == len(text) or text[at].casefold() != letter.casefold():
            return ""
        at += 1
    if not sent[-1].isalnum():  # it has its mark already
        while at < len(text) and not (text[at].isalnum() or text[at].isspace()):
            at += 1
        apart = text[at:].lstrip()  # French has a space before some marks
        if apart.startswith(f"{sent[-1]} ") or apart == sent[-1]:
            at = len(text) - len(apart) + 1
        return text[at:] if any(map(str.isalnum, text[at:])) else ""  # a mark behind a space
    return text[at:]

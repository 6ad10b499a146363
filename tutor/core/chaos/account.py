"""What one learner said and was told, sorted by what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tutor.core.protocol.messages import (
    AudioAck,
    Error,
    ServerEvent,
    SessionStarted,
    SpeechStarted,
    TranscriptFinal,
    TranscriptPartial,
    TutorReplyDone,
)


@dataclass(frozen=True)
class Said:
    """A sentence, and its place in all that the learner said: milliseconds from the first
    sample."""

    name: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Told:
    """An event as the client got it."""

    at_s: float
    """Seconds of the client's clock."""
    seq: int
    event: ServerEvent


@dataclass(frozen=True)
class Account:
    """All that happened to one learner."""

    began_s: float
    """When the first sample was spoken, in seconds of the client's clock."""
    said: tuple[Said, ...]
    told: tuple[Told, ...]
    close_code: int | None
    """None: the session did not end in the time that it had."""
    has_feedback: bool = False
    """Whether feedback was asked for."""


@dataclass
class Utterance:
    """What was told of one utterance."""

    start_ms: int
    """Where it began in all that the learner said."""
    finals: list[tuple[float, TranscriptFinal]] = field(default_factory=list)
    errors: list[tuple[float, Error]] = field(default_factory=list)
    answers: int = 0
    """How often its feedback ended: with the tutor's reply, or with an error."""
    is_unscored: bool = False
    """Whether it ended with an error: its speaker was told that there are no scores."""
    committed: list[str] = field(default_factory=list)
    """The committed words after each partial."""
    is_gone: bool = False
    """Whether its session was lost, and its client was told so (`recovered: false`): that is its
    end, if it had none."""

    @property
    def terminals(self) -> int:
        """How many events ended it."""
        return len(self.finals) + len(self.errors)


@dataclass
class Session:
    """What was told between the beginning of a session and its end, or its loss."""

    offset_ms: int
    """How much had been said before it that is not said again in it."""
    first: int
    """The number of its first event."""
    told: list[Told] = field(default_factory=list)
    is_lost: bool = False
    """Whether another had to begin in its place."""

    @property
    def acknowledged_ms(self) -> int:
        """How much of what was said need not be said again, if the session is lost."""
        acks = [one.event.received_ms for one in self.told if isinstance(one.event, AudioAck)]
        return self.offset_ms + max(acks, default=0)


def sessions(told: Sequence[Told]) -> list[Session]:
    """The sessions of a learner: another begins where the server no longer had the one before."""
    found = [Session(0, 2)]
    for one in told:
        if isinstance(one.event, SessionStarted) and one.seq == 1:
            found[-1].is_lost = True
            found.append(Session(found[-1].acknowledged_ms, 1))
        found[-1].told.append(one)
    return found


def utterances(session: Session) -> Iterator[Utterance]:
    """The utterances of a session, each with what was told of it."""
    found: dict[str, Utterance] = {}
    for one in session.told:
        if isinstance(one.event, SpeechStarted):
            start_ms = session.offset_ms + one.event.at_ms
            found[one.event.utterance] = Utterance(start_ms, is_gone=session.is_lost)
        name = getattr(one.event, "utterance", None)
        if isinstance(name, str) and name in found:
            _sort_in(found[name], one)
    yield from found.values()


def _sort_in(utterance: Utterance, one: Told) -> None:
    match one.event:
        case TranscriptPartial(committed=committed):
            utterance.committed.append(committed)
        case TranscriptFinal():
            utterance.finals.append((one.at_s, one.event))
        case Error(code="feedback_failed"):
            utterance.answers += 1
            utterance.is_unscored = True
        case Error():
            utterance.errors.append((one.at_s, one.event))
        case TutorReplyDone():
            utterance.answers += 1

"""What is wrong in a message of a session that is under way, and too many of them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.core.live.tutoring.test_conversations import CAFE, TALKING, begun, events
from tutor.adapters.wire.practice import decode_message
from tutor.core.live.config import SessionConfig
from tutor.core.live.lifecycle import State
from tutor.core.live.resumption import snapshot
from tutor.core.live.session import Session
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import (
    ConversationHint,
    ConversationSay,
    Error,
    SessionEnd,
    SessionSummary,
    SpeechPlayed,
    TutorReplyDone,
)

SLIPS = [
    '{"type": "session.update", "language": "xx"}',
    '{"type": "session.update", "language": 7}',
    '{"type": "session.update", "exercise": {"type": "singing"}}',
    '{"type": "session.update", "exercise": {"type": "read_aloud"}}',
    '{"type": "session.update", "exercise": {"type": "read_aloud", "text": "..."}}',
    '{"type": "session.update", "exercise": {"type": "read_aloud", "text": "%s"}}' % ("so " * 9999),
    '{"type": "session.update", "exercise": {"type": "conversation", "scenario": "en-moon"}}',
    '{"type": "session.update", "endpoint_silence_ms": 1}',
    '{"type": "session.update", "patience": "none"}',
    '{"type": "session.update", "speech": {"rate": 100.0}}',
    '{"type": "conversation.say", "text": "%s"}' % ("tea " * 999),
    '{"type": "conversation.say", "text": "  "}',
    '{"type": "conversation.say"}',
    '{"type": "turn.hold", "ms": 30001}',
    '{"type": "turn.hold", "ms": -1}',
    '{"type": "turn.hold", "ms": "long"}',
    '{"type": "turn.hold", "ms": 99999999999999999999999}',
    '{"type": "speech.played", "reply": 1}',
]


def take(session: Session, text: str, now: float = 1.0) -> None:
    """Take a text frame as a shell does."""
    try:
        message = decode_message(text)
    except ProtocolError as error:
        session.receive_unreadable(error, now)
    else:
        session.receive_message(message, now)


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_told_and_nothing_else_comes_of_it(text: str) -> None:
    """The session is as it was, and goes on."""
    session = begun()
    events(session)
    before = snapshot(session, 1.0)
    take(session, text)
    (error,) = events(session)
    assert isinstance(error, Error)
    assert not error.fatal
    assert error.about == json.loads(text)["type"]
    after = snapshot(session, 1.0)
    assert after == replace(before, messages=before.messages + 1)
    session.receive_message(ConversationSay("A coffee, please."), 1.0)
    assert any(isinstance(event, TutorReplyDone) for event in events(session))


@pytest.mark.parametrize("text", [*SLIPS, '{"type": "session.start", "language": "xx"}'])
def test_a_session_that_has_not_begun_does_not_begin_with_a_slip(text: str) -> None:
    """Nothing is there that could go on."""
    session = Session("s", "secret", TALKING, 0.0)
    take(session, text)
    (error,) = events(session)
    assert isinstance(error, Error)
    assert error.fatal
    assert session.state is State.CLOSED


@pytest.mark.parametrize("text", ["no JSON", "[1]", '{"no": "type"}'])
def test_what_is_no_message_at_all_ends_the_session(text: str) -> None:
    """Whoever sends it speaks another protocol."""
    session = begun()
    events(session)
    take(session, text)
    told = [event for event in events(session) if isinstance(event, Error)]
    assert [error.fatal for error in told] == [True]
    assert session.state is not State.OPEN


def few(most: int) -> SessionConfig:
    """Sessions in which so many messages may come in a minute."""
    return replace(TALKING, limits=Limits(max_messages=most))


def test_who_types_without_end_is_refused_and_slowed_down() -> None:
    """One message more than a minute's has no effect; the time of one later one is taken again."""
    session = begun(config=few(6))
    events(session)
    for _ in range(8):
        session.receive_message(ConversationSay("A coffee, please."), 1.0)
    told = events(session)
    assert sum(isinstance(event, TutorReplyDone) for event in told) == 6
    errors = [event for event in told if isinstance(event, Error)]
    assert [(one.code, one.fatal) for one in errors] == [("too_many_messages", False)] * 2
    assert session.received.hold_s(1.0) == 10.0
    session.receive_message(ConversationHint(), 11.0)
    assert not [event for event in events(session) if isinstance(event, Error)]


def test_a_flood_of_what_nobody_can_read_is_slowed_down_too() -> None:
    """Each has an error, and each error is an event that is kept."""
    session = begun(config=few(6))
    for _ in range(7):
        take(session, '{"type": "no.such"}')
    codes = [event.code for event in events(session) if isinstance(event, Error)]
    assert codes == ["unknown_message"] * 6 + ["too_many_messages"]
    assert session.received.hold_s(1.0) > 0


def test_the_end_and_what_was_heard_of_the_tutor_are_never_too_many() -> None:
    """Who has sent all may still go, and a speaker tells where it is without end."""
    session = begun(config=few(1))
    session.receive_message(ConversationHint(), 1.0)
    events(session)
    for _ in range(50):
        session.receive_message(SpeechPlayed(1, 10), 1.0)
    session.receive_message(SessionEnd(), 1.0)
    (summary,) = events(session)
    assert isinstance(summary, SessionSummary)


def test_an_exercise_that_was_refused_leaves_the_conversation_under_way() -> None:
    """The café is still open."""
    session = begun()
    events(session)
    take(session, SLIPS[3])
    events(session)
    assert session.lesson.exercise == CAFE

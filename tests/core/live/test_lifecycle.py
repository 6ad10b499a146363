"""Where a session stands, what may come when, and who goes on with it."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.scripted import START, Play, Wait
from tutor.core.live.config import SessionConfig
from tutor.core.live.effects import Close, Effect, Emit, Resample
from tutor.core.live.lifecycle import LEFT, Lifecycle, State
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import (
    AudioFormat,
    Error,
    SessionEnd,
    SessionStart,
    SessionUpdate,
    UtteranceCommit,
)

ONCE = SessionConfig(resumable=False)
"""A session that nobody can come back to."""


def at(state: State, *, resumable: bool = True) -> Lifecycle:
    """A lifecycle in this state."""
    lifecycle = Lifecycle(resumable=resumable)
    lifecycle.resume_from(state, (1000, ""))
    return lifecycle


def errors(effects: Iterable[Effect]) -> list[str]:
    """The codes of the errors that the client is told."""
    return [
        effect.event.code
        for effect in effects
        if isinstance(effect, Emit) and isinstance(effect.event, Error)
    ]


@pytest.mark.parametrize("state", [State.OPEN, State.ENDING])
def test_a_broken_connection_is_outlived_while_the_session_is_under_way(state: State) -> None:
    """A client whose connection broke may come back before all is answered."""
    assert at(state).outlives(1005)
    assert at(state).outlives(1006)


@pytest.mark.parametrize("code", sorted(LEFT))
def test_a_client_that_has_left_is_not_waited_for(code: int) -> None:
    """Who closed the socket on purpose does not come back."""
    assert not at(State.OPEN).outlives(code)


@pytest.mark.parametrize("state", [State.NEW, State.CLOSED])
def test_nothing_is_kept_of_a_session_that_is_not_under_way(state: State) -> None:
    """Before the first message and after the last there is nothing to come back to."""
    assert not at(state).outlives(1006)


def test_a_dialect_without_resume_is_not_waited_for() -> None:
    """Where clients cannot come back, a broken connection ends the session."""
    assert not at(State.OPEN, resumable=False).outlives(1006)


@given(st.sampled_from(State), st.booleans(), st.booleans(), st.booleans())
def test_a_session_moves_on_only_where_another_gateway_can_have_it(
    state: State, resumable: bool, alone: bool, left: bool
) -> None:
    """A session goes to another gateway once, while it is under way, if there is one."""
    lifecycle = at(state, resumable=resumable)
    lifecycle.is_left_to_others = left
    under_way = state in (State.OPEN, State.ENDING)
    assert lifecycle.moves_on(alone=alone) == (resumable and under_way and not alone and not left)
    assert lifecycle.is_over == (state is State.CLOSED or left)


@pytest.mark.parametrize(
    ("state", "message", "code"),
    [
        (State.NEW, SessionEnd(), "not_started"),
        (State.NEW, SessionUpdate(), "not_started"),
        (State.OPEN, START, "already_started"),
        (State.ENDING, UtteranceCommit(), "session_ended"),
        (State.ENDING, START, "session_ended"),
    ],
)
def test_a_message_out_of_turn_is_refused(
    state: State, message: SessionStart | SessionEnd | SessionUpdate | UtteranceCommit, code: str
) -> None:
    """Each state refuses what may not come in it, by its own code."""
    with pytest.raises(ProtocolError) as error:
        at(state).refuse_out_of_turn(message)
    assert error.value.code == code


def test_audio_is_taken_in_an_open_session_only() -> None:
    """Audio before the start is an error; what was on its way at the end is passed over."""
    with pytest.raises(ProtocolError) as error:
        at(State.NEW).takes_audio()
    assert error.value.code == "not_started"
    assert at(State.OPEN).takes_audio()
    assert not at(State.ENDING).takes_audio()
    assert not at(State.CLOSED).takes_audio()


# ---------------------------------------------------------------- a gateway that stops


def drained(play: Play, *, at_once: bool = False, alone: bool = False) -> list[Effect]:
    """What a session answers to a gateway that is to stop."""
    play.session.collect()
    play.session.receive_drain(play.now, at_once=at_once, alone=alone)
    return play.session.collect()


@pytest.mark.parametrize("alone", [True, False])
def test_a_session_that_has_not_begun_ends_with_its_gateway(alone: bool) -> None:
    """A client that has said nothing yet is told to connect again."""
    effects = drained(Play(), alone=alone)
    assert errors(effects) == ["going_away"]
    assert isinstance(effects[-1], Close)


def test_an_open_session_ends_where_there_is_no_other_gateway() -> None:
    """The last gateway ends its sessions; a summary is told."""
    play = Play(START)
    assert errors(drained(play, alone=True)) == ["going_away"]
    assert play.session.state is State.CLOSED
    assert drained(play, alone=True) == []


def test_an_open_session_that_cannot_be_resumed_ends_with_its_gateway() -> None:
    """Where clients cannot come back, no other gateway can go on."""
    play = Play(START, config=ONCE)
    assert errors(drained(play)) == ["going_away"]
    assert play.session.state is State.CLOSED


def test_a_session_left_to_others_is_told_so_once() -> None:
    """After it went to another gateway nothing more is done for a session here."""
    play = Play(START)
    assert errors(drained(play)) == ["going_away"]
    assert play.session.lifecycle.is_over
    assert drained(play, at_once=True) == drained(play, alone=True) == []


# ---------------------------------------------------------------- the client's rate


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_the_shell_is_told_the_rate_of_the_audio_that_follows(rate: int) -> None:
    """`session.start` fixes the rate that audio is resampled from."""
    play = Play(SessionStart("en", audio=AudioFormat(sample_rate=rate), feedback=False), Wait(0))
    assert Resample(rate) in [done.effect for done in play.log]

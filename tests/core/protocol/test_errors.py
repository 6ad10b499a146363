"""Errors on their way from the code that raises them to the client that acts on them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.core.protocol.errors import ERRORS, NORMAL_CLOSURE, ProtocolError, error_event

CODES = st.sampled_from(sorted(ERRORS))

DETAILS = st.text(min_size=1, max_size=60)


@given(CODES)
def test_an_error_without_a_detail_says_what_its_code_means(code: str) -> None:
    """The exception and the event have the table's text, one line that stands alone."""
    text = str(ProtocolError(code))
    assert error_event(code).message == text == ERRORS[code][1]
    assert text == text.strip() != ""
    assert "\n" not in text


@given(CODES, DETAILS)
def test_a_detail_takes_the_place_of_the_meaning(code: str, detail: str) -> None:
    """What was wrong this time is told in place of what the code means in general."""
    assert str(ProtocolError(code, detail)) == detail
    assert error_event(code, detail).message == detail


@given(CODES)
def test_an_empty_detail_is_none(code: str) -> None:
    """No error comes without a word, even if what raised it had none."""
    assert error_event(code, "") == error_event(code)
    assert str(ProtocolError(code, "")) == str(ProtocolError(code))


@given(CODES, st.none() | DETAILS)
def test_the_event_of_an_exception_is_that_of_its_code(code: str, detail: str | None) -> None:
    """An exception carries all that its event needs, however it was raised."""
    error = ProtocolError(code, detail)
    assert error_event(error.code, str(error)) == error_event(code, detail)


@given(CODES)
def test_an_error_is_fatal_exactly_if_the_socket_closes(code: str) -> None:
    """A client that goes on after an error finds the socket open, and the other way round."""
    assert error_event(code).fatal == (ERRORS[code][0] is not None)


@given(CODES, st.none() | st.just("u3"))
def test_the_utterance_changes_nothing_else(code: str, utterance: str | None) -> None:
    """Whether an error ends the session depends on its code alone."""
    event, plain = error_event(code, utterance=utterance), error_event(code)
    assert event.utterance == utterance
    assert (event.code, event.message, event.fatal) == (plain.code, plain.message, plain.fatal)


@given(CODES)
def test_every_close_code_may_stand_in_a_close_frame(code: str) -> None:
    """RFC 6455, section 7.4: some codes are reserved, and a browser's socket throws on sending
    them; 4000 to 4999 are an application's own."""
    close = ERRORS[code][0]
    if close is not None:
        assert close != NORMAL_CLOSURE
        assert 1001 <= close <= 1014 or 4000 <= close <= 4999
        assert close not in (1004, 1005, 1006)


@pytest.mark.parametrize("code", ["recognition_failed", "feedback_failed"])
def test_a_lost_utterance_does_not_end_the_session(code: str) -> None:
    """The learner speaks on after an utterance that could not be served."""
    assert not error_event(code, utterance="u1").fatal


@pytest.mark.parametrize("code", ["busy", "unavailable", "going_away"])
def test_who_may_come_back_is_told_by_a_code_of_the_protocol_itself(code: str) -> None:
    """Clients know 1012 (service restart) and 1013 (try again later) without this table."""
    assert ERRORS[code][0] in (1012, 1013)


@pytest.mark.parametrize("code", ["", "Busy", "no_such_code"])
def test_a_code_outside_the_table_is_a_mistake_of_the_server(code: str) -> None:
    """An unknown code fails where it is raised, before a client could get it."""
    with pytest.raises(KeyError):
        ProtocolError(code)
    with pytest.raises(KeyError):
        error_event(code)

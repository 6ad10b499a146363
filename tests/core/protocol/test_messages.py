"""Messages of the practice protocol as values, and what holds for all of them."""

import dataclasses
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.accounts.notes import is_feedback
from tutor.core.live.lesson import Lesson
from tutor.core.protocol.messages import (
    ClientMessage,
    Exercise,
    ServerEvent,
    SessionStart,
    SessionUpdate,
    TranscriptFinal,
    Word,
)

MESSAGES: tuple[type[Any], ...] = get_args(ClientMessage)

EVENTS: tuple[type[Any], ...] = get_args(ServerEvent)


def fields(kind: type[Any]) -> dict[str, Any]:
    """The fields of a message and their types."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@pytest.mark.parametrize("kind", MESSAGES + EVENTS, ids=lambda kind: str(kind.type))
@few(20)
@given(data=st.data())
def test_a_message_is_a_value(kind: type[ClientMessage | ServerEvent], data: st.DataObject) -> None:
    """An event that is kept for a client who comes back cannot change, in none of its parts."""
    message = data.draw(st.from_type(kind))
    copy = dataclasses.replace(message)
    assert {message: "kept"}[copy] == "kept"
    for name in fields(kind):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(message, name, None)


def test_a_part_of_a_message_makes_the_difference() -> None:
    """Two finals are the same only if every word is, down to its times."""
    final = TranscriptFinal("u1", "Hi", "en", (Word("Hi", 0, 400, 0.9),), 0, 400)
    same = TranscriptFinal("u1", "Hi", "en", (Word("Hi", 0, 400, 0.9),), 0, 400)
    later = TranscriptFinal("u1", "Hi", "en", (Word("Hi", 0, 401, 0.9),), 0, 400)
    assert len({final, same, later}) == 2


def test_the_same_fields_do_not_make_the_same_message() -> None:
    """The end of a session is no commit, although neither says more than its type."""
    empty = [kind() for kind in MESSAGES if not fields(kind)]
    assert len(empty) == len(set(empty)) > 1


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: str(kind.type))
def test_an_event_of_an_utterance_names_it_first(kind: type[Any]) -> None:
    """Speech, transcripts, feedback, replies and states of a
    conversation are of one utterance, the rest of the session."""
    of_utterance = kind.type.split(".")[0] in (
        "speech",
        "turn",
        "reading",
        "transcript",
        "utterance",
        "feedback",
        "tutor",
        "conversation",
    )
    assert of_utterance == (next(iter(fields(kind))) == "utterance")


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: str(kind.type))
@few(3)
@given(data=st.data())
def test_feedback_is_known_by_its_type(kind: type[ServerEvent], data: st.DataObject) -> None:
    """What history keeps as feedback is what is called so on the wire."""
    event: ServerEvent = data.draw(st.from_type(kind))
    assert is_feedback(event) == event.type.startswith("feedback.")


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: str(kind.type))
def test_times_in_events_are_whole_and_tell_their_unit(kind: type[Any]) -> None:
    """Milliseconds and seconds that are counted are integers, and say so in their names."""
    told = {name: hint for name, hint in fields(kind).items() if name.endswith(("_ms", "_s"))}
    assert all(hint in (int, int | None) for hint in told.values())


@pytest.mark.parametrize("kind", MESSAGES + EVENTS, ids=lambda kind: str(kind.type))
def test_what_may_be_absent_may_be_left_out(kind: type[Any]) -> None:
    """A field that takes None has a default: absent on the wire is absent in the class."""
    for field in dataclasses.fields(kind):
        is_optional = type(None) in get_args(fields(kind)[field.name])
        assert not is_optional or field.default is not dataclasses.MISSING


def test_a_client_that_names_only_its_language_is_served() -> None:
    """The defaults of `session.start` make a lesson: free speech, the silence by the level."""
    start = SessionStart("en-GB")
    lesson = Lesson.checked(start.language, start.exercise, start.endpoint_silence_ms)
    assert lesson == Lesson("en", Exercise("free"))
    assert start.feedback


@given(st.sampled_from(["de", "fr-CA", "auto"]), st.sampled_from([None, 200, 2_000]))
def test_an_update_without_fields_changes_nothing(language: str, silence_ms: int | None) -> None:
    """What `session.update` leaves out stays as it was, so an empty one may be sent twice."""
    lesson = Lesson.checked(language, Exercise(), silence_ms)
    assert lesson.changed(SessionUpdate()) == lesson
    assert not lesson.changed(SessionUpdate()).is_other_than(lesson)

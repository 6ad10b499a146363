"""The configuration and the events of a Realtime session as values."""

import dataclasses
from dataclasses import replace
from typing import Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.core.live.commands import Listen
from tutor.core.protocol.limits import (
    MAX_ENDPOINT_SILENCE_MS,
    MAX_SAMPLE_RATE,
    MIN_ENDPOINT_SILENCE_MS,
    MIN_SAMPLE_RATE,
)
from tutor.core.protocol.messages import SessionStart
from tutor.core.realtime.protocol import (
    G711_RATE,
    MAX_PREFIX_PADDING_MS,
    Append,
    Audio,
    AudioInput,
    ClientEvent,
    Commit,
    Format,
    RealtimeError,
    RealtimeEvent,
    ServerVad,
    SessionUpdate,
    TranscriptionSession,
)
from tutor.core.realtime.translator import Translator

EVENTS: tuple[type[Any], ...] = get_args(RealtimeEvent)

CLIENT_EVENTS = st.one_of(*(st.from_type(kind) for kind in get_args(ClientEvent)))

LAWS = st.sampled_from(["audio/pcmu", "audio/pcma"])

FORMATS = st.builds(Format, rate=st.none() | st.integers(MIN_SAMPLE_RATE, MAX_SAMPLE_RATE)) | (
    st.builds(Format, LAWS, st.sampled_from([None, G711_RATE]))
)


def session(form: Format, turns: ServerVad | None = None) -> TranscriptionSession:
    """A session whose audio comes in this format."""
    return TranscriptionSession(audio=Audio(AudioInput(form, turn_detection=turns)))


def opened(form: Format) -> Translator:
    """The translator of a session that takes this format, its turns the client's."""
    translator = Translator()
    translator.receive_client(SessionUpdate(session(form)))
    return translator


def second_of(form: Format) -> bytes:
    """A second of silence in a format."""
    return bytes(form.sample_rate * (2 if form.type == "audio/pcm" else 1))


# ---------------------------------------------------------------- the audio's format


@given(st.integers(MIN_SAMPLE_RATE, MAX_SAMPLE_RATE))
def test_pcm_has_the_rate_that_the_client_says(rate: int) -> None:
    """Any rate that the resampler takes may be asked for."""
    assert Format("audio/pcm", rate).sample_rate == rate


@given(LAWS, st.none() | st.integers(MIN_SAMPLE_RATE, MAX_SAMPLE_RATE))
def test_telephone_audio_has_one_rate(
    law: Literal["audio/pcmu", "audio/pcma"], rate: int | None
) -> None:
    """G.711 is 8 kHz by its standard, whatever else stands in the event."""
    assert Format(law, rate).sample_rate == 8_000


def test_audio_without_a_format_is_24_khz() -> None:
    """A client of OpenAI's that says nothing sends PCM at OpenAI's rate, not at this server's."""
    opening, _ = Translator().opening
    assert isinstance(opening, SessionStart)
    assert opening.audio.sample_rate == Format().sample_rate == 24_000


@given(FORMATS)
def test_every_format_leads_to_a_rate_that_a_session_takes(form: Format) -> None:
    """No configuration that the protocol allows is refused by the session behind it."""
    listen = Translator().receive_client(SessionUpdate(session(form)))
    assert isinstance(listen, Listen)
    assert listen.sample_rate == form.sample_rate
    assert MIN_SAMPLE_RATE <= listen.sample_rate <= MAX_SAMPLE_RATE


@given(FORMATS)
def test_a_second_is_a_second_in_every_format(form: Format) -> None:
    """A second of audio becomes a second of PCM16 at its rate, and nearly a tenth is no item."""
    translator = opened(form)
    almost = second_of(form)[: len(second_of(form)) // 10 // 4 * 4 - 4]
    translator.receive_client(Append(almost))
    with pytest.raises(RealtimeError, match="100 ms"):
        translator.receive_client(Commit())
    pcm = translator.receive_client(Append(second_of(form)))
    assert isinstance(pcm, bytes)
    assert len(pcm) == 2 * form.sample_rate
    translator.receive_client(Commit())


# ---------------------------------------------------------------- the configuration


def test_the_defaults_can_be_served() -> None:
    """A client that configures nothing gets a turn detection within this server's limits."""
    turns = AudioInput().turn_detection
    assert isinstance(turns, ServerVad)
    assert MIN_ENDPOINT_SILENCE_MS <= turns.silence_duration_ms <= MAX_ENDPOINT_SILENCE_MS
    assert 0 <= turns.prefix_padding_ms <= MAX_PREFIX_PADDING_MS
    assert 0 < turns.threshold < 1


def test_a_configuration_cannot_change_under_a_session() -> None:
    """Sessions share their defaults, so a change is always another value."""
    form = TranscriptionSession().audio.input.format
    with pytest.raises(dataclasses.FrozenInstanceError):
        form.rate = 8_000  # type: ignore[misc]
    assert replace(form, rate=8_000) != Format() == form


@given(st.lists(FORMATS, min_size=1, max_size=5))
def test_the_last_configuration_counts(forms: list[Format]) -> None:
    """Each update names all that applies, so those before it leave no trace."""
    updated = Translator()
    for form in forms:
        updated.receive_client(SessionUpdate(session(form)))
    assert updated.session == opened(forms[-1]).session
    audio = second_of(forms[-1])
    assert updated.receive_client(Append(audio)) == opened(forms[-1]).receive_client(Append(audio))


# ---------------------------------------------------------------- events


def test_every_event_is_told_apart_by_its_type() -> None:
    """A client finds the class of an event by its `type`, which no two share."""
    types = [event.type for event in EVENTS]
    assert len(set(types)) == len(types)
    assert all(name.islower() and " " not in name for name in types)


@given(CLIENT_EVENTS, CLIENT_EVENTS)
def test_client_events_are_values(one: ClientEvent, other: ClientEvent) -> None:
    """Two events with the same content are the same to a set, which needs every part immutable."""
    assert one == replace(one)
    assert len({one, replace(one), other}) == (1 if one == other else 2)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.type))
@few(50)
@given(data=st.data())
def test_server_events_are_values(event: type[RealtimeEvent], data: st.DataObject) -> None:
    """An event that waits to be sent cannot change meanwhile, in none of its parts."""
    one = data.draw(st.from_type(event).filter(lambda drawn: drawn == replace(drawn)))
    assert {one: "sent"}[replace(one)] == "sent"


@given(st.text(min_size=1), st.text(), st.none() | st.text(min_size=1))
def test_a_refusal_keeps_code_message_and_place(code: str, message: str, param: str | None) -> None:
    """What a `RealtimeError` says comes to the client word for word, with the event it is about."""
    translator = Translator()
    translator.receive_fault(RealtimeError(code, message, param), "event_7")
    ((_, told),) = translator.collect()
    fields = dataclasses.asdict(told)
    assert (fields["code"], fields["message"], fields["param"]) == (code, message, param)
    assert fields["kind"] == "invalid_request_error"
    assert fields["event_id"] == "event_7"

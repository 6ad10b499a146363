"""Bytes from outside, of any kind, at each door that reads them: an error has a name there."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.live.test_aloud import Talk
from tests.core.live.tutoring.test_conversations import TALKING, begun
from tests.golden.examples import CLIENT, SERVER
from tests.support.scripted import START, Play, speech
from tutor.adapters.wire.practice import (
    decode_event,
    decode_job,
    decode_marks,
    decode_message,
    decode_result,
    decode_snapshot,
    decode_speech,
    decode_voices,
    encode_result,
    encode_snapshot,
)
from tutor.adapters.wire.realtime import decode_client_event, read_client_event
from tutor.core.audio.recognition import Recognition
from tutor.core.live.resumption import restored, snapshot
from tutor.core.live.session import Session
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import ConversationSay
from tutor.core.queue.jobs import (
    AssessmentJob,
    AssessmentResult,
    RecognitionJob,
    RecognitionResult,
    ReplyJob,
    ReplyPart,
    Result,
    SpeechJob,
    SpeechResult,
)
from tutor.core.realtime.protocol import RealtimeError
from tutor.core.realtime.translator import Translator
from tutor.core.voice.made import Mark
from tutor.core.voice.request import SpeechRequest
from tutor.core.voice.voices import VoiceFacts

WORDED = replace(TALKING.tutoring, talk=replace(TALKING.tutoring.talk, language_model=True))


def conversation() -> Session:
    """A session in which a model words the reply to something that was typed."""
    session = begun(config=replace(TALKING, tutoring=WORDED))
    session.receive_message(ConversationSay("A coffee, please."), 1.0)
    return session


def speaking() -> Session:
    """A session in which the learner speaks while the tutor does."""
    talk = Talk()
    talk.play.play(speech(300))
    return talk.play.session


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["", "en", "auto", "pcm16", "audio/pcm", "AAAA", "u1", "\ud800"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)

RESULTS: list[Result] = [
    RecognitionResult("s", "u1", "final", 1, 1, "ok", 640, Recognition("I went", "en"), 0.1),
    AssessmentResult("s", "u1", 1, "failed"),
    ReplyPart("s", "u1", "Well"),
    SpeechResult("s", "s1", "ok", 1.0, 0.1),
]

JOBS = [
    RecognitionJob("s", "u1", "final", 1, 1, 640, "en"),
    AssessmentJob("s", "u1", 1, 640, Recognition("I went", "en")),
    SpeechJob("s", "s1", 24_000),
]

SPEECH = SpeechRequest("Good morning.", "en_US-joe-medium", 1.0, 24_000)

VOICE = VoiceFacts("en_US-joe-medium", "en-US", "piper", "public domain", "a package")

REALTIME: list[dict[str, Any]] = [
    {"type": "input_audio_buffer.append", "audio": "AAAA"},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {
        "type": "session.update",
        "session": {
            "type": "transcription",
            "audio": {
                "input": {
                    "format": {"type": "audio/pcm", "rate": 24_000},
                    "transcription": {"model": "whisper-1", "language": "en", "prompt": "Anna"},
                    "turn_detection": {"type": "server_vad", "silence_duration_ms": 500},
                }
            },
        },
    },
]

SESSIONS = (Play(START, speech(640)).session, conversation(), speaking())
"""Sessions in the middle of an utterance, a conversation and a reply that is spoken."""

NASTY = (
    "[" * 100_000,
    '{"a":' * 50_000,
    '{"type": "session.start", "seq": 1e999}',
    '{"type": "\\ud800"}',
    "\x00",
    "NaN",
    "9" * 5_000,
)


@st.composite
def bent(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """A message with a part of it, at any depth, changed, added or left out."""
    message: dict[str, Any] = json.loads(json.dumps(whole))
    part: Any = message
    while True:
        keys = sorted(part) if isinstance(part, dict) else list(range(len(part)))
        if not keys or draw(st.booleans()) is False:
            break
        inner = part[draw(st.sampled_from(keys))]
        if not isinstance(inner, dict | list) or not inner:
            break
        part = inner
    if isinstance(part, list):
        part[:] = draw(st.lists(VALUES, max_size=3))
        return message
    name = draw(st.one_of(st.sampled_from(sorted(part)), st.text(max_size=6)))
    if draw(st.booleans()):
        part[name] = draw(VALUES)
    else:
        part.pop(name, None)
    return message


def texts(whole: list[dict[str, Any]]) -> st.SearchStrategy[str]:
    """Any text, any JSON, and messages that are nearly right."""
    return st.one_of(
        st.text(max_size=60),
        VALUES.map(json.dumps),
        st.sampled_from(whole).flatmap(bent).map(json.dumps),
        st.sampled_from(NASTY),
    )


def as_client(message: Any) -> dict[str, Any]:
    """A message of the protocol as plain data."""
    return {"type": message.type, **asdict(message)}


@given(texts([as_client(message) for message in CLIENT]))
@example("[" * 100_000)
def test_a_learners_text_is_a_message_or_a_protocol_error(text: str) -> None:
    """Whatever a socket brings; the error is one of those with a code."""
    with suppress(ProtocolError):
        decode_message(text)


@given(texts(REALTIME))
@example("[" * 100_000)
def test_a_realtime_clients_text_is_an_event_or_a_realtime_error(text: str) -> None:
    """It is carried out, too: what follows from it is no other error either."""
    translator = Translator()
    try:
        data, event_id = read_client_event(text)
        translator.receive_client(decode_client_event(data, translator.session), event_id)
        translator.receive_end()
    except RealtimeError as error:
        translator.receive_fault(error, None)
    list(translator.collect())


@given(texts([{"seq": 1, **as_client(event)} for event in SERVER]))
def test_a_servers_text_is_an_event_or_a_value_error(text: str) -> None:
    """What the Python client reads, from whatever answers at an address."""
    with suppress(ValueError):
        decode_event(text)


@given(
    st.sampled_from(RESULTS).flatmap(
        lambda result: st.tuples(
            st.one_of(st.just(type(result).__name__), st.text(max_size=5)),
            st.one_of(
                bent(json.loads(encode_result(result)[1])).map(json.dumps), st.text(max_size=20)
            ),
        )
    )
)
def test_what_lies_in_the_way_back_is_a_result_or_a_value_error(found: tuple[str, str]) -> None:
    """Whoever wrote it there."""
    kind, text = found
    with suppress(ValueError):
        decode_result(kind, text.encode("utf-8", "surrogatepass"))


@given(st.data())
@pytest.mark.parametrize("job", JOBS, ids=lambda job: type(job).__name__)
def test_a_tasks_fields_are_a_job_or_a_value_error(job: Any, data: st.DataObject) -> None:
    """Also where a number is a list, or a field is not there."""
    with suppress(ValueError):
        decode_job(type(job), data.draw(bent(asdict(job))))


@given(st.dictionaries(st.sampled_from(["session", "utterance", "messages", "x"]), VALUES))
def test_a_replys_fields_are_a_job_or_a_value_error(fields: dict[str, Any]) -> None:
    """The same for what is asked of a language model."""
    with suppress(ValueError):
        decode_job(ReplyJob, fields)


@given(st.data())
def test_a_kept_session_is_a_snapshot_or_a_value_error(data: st.DataObject) -> None:
    """A session that another version has kept, or nobody of ours."""
    kept = json.loads(encode_snapshot(snapshot(data.draw(st.sampled_from(SESSIONS)), 200.0)))
    text = json.dumps(data.draw(bent(kept)))
    with suppress(ValueError):
        decode_snapshot(text.encode())


@given(st.data())
def test_what_is_to_be_spoken_is_a_request_or_a_value_error(data: st.DataObject) -> None:
    """A text that waits in the store, and the voices that a worker tells there."""
    with suppress(ValueError):
        decode_speech(json.dumps(data.draw(bent(asdict(SPEECH)))).encode())
    with suppress(ValueError):
        decode_voices(json.dumps([data.draw(bent(asdict(VOICE)))]).encode())
    with suppress(ValueError):
        decode_marks(json.dumps([data.draw(bent(asdict(Mark("Good", 0))))]).encode())


def refused(read: Callable[[bytes], object], data: bytes) -> bool:
    """Whether bytes are refused by name."""
    try:
        read(data)
    except ValueError:
        return True
    return False


@given(st.binary(max_size=200))
def test_bytes_are_no_snapshot(data: bytes) -> None:
    """Any bytes: nothing but a ValueError; nor are they a text to be spoken."""
    assert refused(decode_snapshot, data)
    assert refused(decode_speech, data)


@pytest.mark.parametrize("session", SESSIONS, ids=["utterance", "conversation", "reply"])
def test_a_session_that_an_older_gateway_has_kept_is_read(session: Session) -> None:
    """While gateways are renewed one by one: what it did not know yet is as if nothing had been
    told of it."""
    kept = json.loads(encode_snapshot(snapshot(session, 200.0)))
    for name in ("recent", "recent_s", "begun_at", "asides", "has_echo"):
        (kept["speaking"] or {}).pop(name, None)
    if kept["tutoring"]:
        kept["tutoring"]["conversation"].pop("heard")
    read = decode_snapshot(json.dumps(kept).encode())
    assert restored(read, "secret", session.config, 200.0).state is session.state

import dataclasses
import json
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import few
from tutor.adapters.wire.practice import (
    decode_event,
    decode_message,
    decode_result,
    encode_event,
    encode_message,
    encode_result,
)
from tutor.core.protocol.errors import ProtocolError, error_event
from tutor.core.protocol.limits import Limits
from tutor.core.protocol.messages import (
    AudioFormat,
    ClientMessage,
    Error,
    Exercise,
    Resume,
    ServerEvent,
    SessionEnd,
    SessionStart,
    SessionStarted,
    SessionUpdate,
    SpeechStarted,
    UtteranceCommit,
)
from tutor.core.queue.jobs import RecognitionResult

MESSAGES: tuple[type[Any], ...] = get_args(ClientMessage)
EVENTS: tuple[type[Any], ...] = get_args(ServerEvent)

T = TypeVar("T")

PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(-(2**53), 2**53),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that messages are made of."""
    if kind in PLAIN:
        return PLAIN[kind]
    if dataclasses.is_dataclass(kind):
        return instances(kind)  # type: ignore[arg-type]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        return st.lists(values(inner[0]), max_size=3).map(tuple)
    assert origin in (Union, UnionType), kind
    return st.one_of([values(one) for one in inner])


def instances(kind: type[T]) -> st.SearchStrategy[T]:
    """Any instance of a dataclass."""
    hints = get_type_hints(kind)
    fields = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    return st.builds(kind, **{name: values(hints[name]) for name in fields})


# ---------------------------------------------------------------- there and back


def test_every_message_is_known_by_its_type() -> None:
    """No two messages share a type, and all names follow one pattern."""
    types = [kind.type for kind in MESSAGES + EVENTS]
    assert len(set(types)) == len(types)
    assert all(name.replace(".", "").isalpha() and name.islower() for name in types)


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.type)
@few(30)
@given(data=st.data())
def test_every_client_message_comes_back(kind: type[ClientMessage], data: st.DataObject) -> None:
    """What a client encodes is what the server reads."""
    message = data.draw(instances(kind))
    assert decode_message(encode_message(message)) == message


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.type)
@few(30)
@given(seq=st.integers(1, 2**53), data=st.data())
def test_every_event_comes_back(kind: type[ServerEvent], seq: int, data: st.DataObject) -> None:
    """What the server encodes is what a client reads, with its number."""
    event = data.draw(instances(kind))
    assert decode_event(encode_event(seq, event)) == (seq, event)


@given(instances(RecognitionResult))
def test_every_result_comes_back(result: RecognitionResult) -> None:
    """What a worker encodes is what the gateway reads."""
    assert decode_result(*encode_result(result)) == result


# ---------------------------------------------------------------- the JSON itself


def test_an_event_as_json() -> None:
    """An event is a flat object with its type, its number and its fields."""
    text = encode_event(7, SpeechStarted("u1", 640))
    assert json.loads(text) == {"type": "speech.started", "seq": 7, "utterance": "u1", "at_ms": 640}


def test_the_limits_are_told_by_name() -> None:
    """`session.started` tells each limit under its own name."""
    told = json.loads(encode_event(1, SessionStarted("s", "t", Limits())))
    assert told["limits"] == dataclasses.asdict(Limits())


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.type)
@few(20)
@given(data=st.data())
def test_absent_fields_of_events_are_left_out(kind: type[ServerEvent], data: st.DataObject) -> None:
    """No event says `null`: what is absent is not there."""
    assert None not in json.loads(encode_event(1, data.draw(instances(kind)))).values()


def test_an_error_says_utterance_only_where_there_is_one() -> None:
    """An error of the session has no utterance; that of an utterance names it."""
    assert "utterance" not in json.loads(encode_event(1, error_event("idle_timeout")))
    told = json.loads(encode_event(1, error_event("recognition_failed", utterance="u3")))
    assert told["utterance"] == "u3"


def test_text_is_kept_in_any_script() -> None:
    """Text of any language goes through unharmed."""
    event = Error("internal", "你好 \N{WAVING HAND SIGN} \u0000 \u2028", fatal=True)
    assert decode_event(encode_event(1, event)) == (1, event)


# ---------------------------------------------------------------- what clients write


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type":"session.end"}', SessionEnd()),
        (' {"type" : "utterance.commit"}\n', UtteranceCommit()),
        ('{"type":"session.start","language":"en"}', SessionStart("en")),
        (
            '{"type":"session.start","language":"en-GB","exercise":{"type":"read_aloud",'
            '"text":"Hi.","level":"A1"},"audio":{"encoding":"pcm_s16le","sample_rate":48000},'
            '"native_language":"de","endpoint_silence_ms":900,'
            '"resume":{"session":"s","token":"t","after":3}}',
            SessionStart(
                "en-GB",
                Exercise("read_aloud", "Hi.", "A1"),
                AudioFormat(sample_rate=48_000),
                "de",
                900,
                Resume("s", "t", 3),
            ),
        ),
        ('{"type":"session.update","language":null}', SessionUpdate()),
    ],
)
def test_messages_as_clients_write_them(text: str, message: ClientMessage) -> None:
    """Fields that are absent or null take their defaults."""
    assert decode_message(text) == message


@pytest.mark.parametrize("kind", MESSAGES, ids=lambda kind: kind.type)
@few(20)
@given(data=st.data())
def test_unknown_fields_are_ignored(kind: type[ClientMessage], data: st.DataObject) -> None:
    """A client of a later version may say more than this server knows."""
    message = data.draw(instances(kind))
    more = json.loads(encode_message(message)) | {"seq": 9, "later": {"deep": [1]}, "": None}
    assert decode_message(json.dumps(more)) == message


def test_unknown_fields_of_parts_are_ignored() -> None:
    """Unknown fields are ignored at any depth."""
    text = '{"type":"session.start","language":"en","exercise":{"type":"free","mood":"merry"}}'
    assert decode_message(text) == SessionStart("en")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hello",
        "{",
        '{"type":',
        "[]",
        '["session.end"]',
        '"session.end"',
        "1",
        "null",
        "NaN",
        "{'type': 'session.end'}",
        '{"type":"session.end"} x',
        '{"type":"\\ud800"}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_json_object(text: str) -> None:
    """A text frame that is no JSON object is `bad_json`."""
    assert refusal(text).code == "bad_json"


@pytest.mark.parametrize("kind", ["session.started", "Session.End", "", "tutor.sing", "x" * 9_999])
def test_a_type_that_nobody_knows(kind: str) -> None:
    """A type that is no client message is `unknown_message`, told without repeating all of it."""
    error = refusal(json.dumps({"type": kind}))
    assert error.code == "unknown_message"
    assert len(str(error)) < 100


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{}", "`type`"),
        ('{"type":null}', "`type`"),
        ('{"type":1}', "`type`"),
        ('{"type":["session.end"]}', "`type`"),
        ('{"type":"session.start"}', "language"),
        ('{"type":"session.start","language":7}', "language"),
        ('{"type":"session.start","language":null}', "language"),
        ('{"type":"session.start","language":"en","audio":[]}', "audio"),
        ('{"type":"session.start","language":"en","audio":{"encoding":"opus"}}', "audio.encoding"),
        (
            '{"type":"session.start","language":"en","audio":{"sample_rate":"16000"}}',
            "audio.sample_rate",
        ),
        (
            '{"type":"session.start","language":"en","audio":{"sample_rate":16000.5}}',
            "audio.sample_rate",
        ),
        ('{"type":"session.start","language":"en","exercise":{"type":"sing"}}', "exercise.type"),
        ('{"type":"session.start","language":"en","exercise":{"level":"D1"}}', "exercise.level"),
        ('{"type":"session.start","language":"en","resume":{"session":"s"}}', "resume.token"),
        ('{"type":"session.start","language":"en","endpoint_silence_ms":true}', "endpoint"),
        ('{"type":"session.update","endpoint_silence_ms":"600"}', "endpoint_silence_ms"),
    ],
)
def test_a_field_that_is_missing_or_wrong(text: str, where: str) -> None:
    """A field that is missing or of the wrong kind is `bad_message`, and the text names it."""
    error = refusal(text)
    assert error.code == "bad_message"
    assert where in str(error)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
names = sorted({field.name for kind in MESSAGES for field in dataclasses.fields(kind)})


@given(
    st.text(max_size=30)
    | json_values.map(json.dumps)
    | st.tuples(
        st.sampled_from(MESSAGES), st.dictionaries(st.sampled_from(names), json_values)
    ).map(lambda drawn: json.dumps({"type": drawn[0].type, **drawn[1]}))
)
def test_any_text_is_a_message_or_a_protocol_error(text: str) -> None:
    """Whatever a client sends, the server has a message or a code to answer with."""
    try:
        message = decode_message(text)
    except ProtocolError:
        return
    assert isinstance(message, MESSAGES)


def refusal(text: str) -> ProtocolError:
    """The error that a text frame is refused with."""
    with pytest.raises(ProtocolError) as caught:
        decode_message(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "zero-length"),
        ("{", "unexpected end"),
        ('{"type":"audio.ack","seq":1}', "received_ms"),
        ('{"type":"audio.ack","seq":1,"received_ms":"soon"}', "received_ms"),
    ],
)
def test_what_is_no_event(text: str, why: str) -> None:
    """A client reads what is no event of this version as a ValueError."""
    with pytest.raises(ValueError, match=why):
        decode_event(text)


@pytest.mark.parametrize("text", ["[]", "7", "{}", '{"type": "tutor.sang", "seq": 1}'])
def test_an_event_of_a_newer_version_is_a_value_error(text: str) -> None:
    """What is no event that we know is told apart from a crash, so that a client can go on."""
    with pytest.raises(ValueError, match="not an event"):
        decode_event(text)


@pytest.mark.parametrize("number", [2**64, 2**70, -(2**63) - 1])
@pytest.mark.parametrize(
    "text",
    [
        '{"type": "turn.hold", "ms": N}',
        '{"type": "speech.played", "reply": N, "position_ms": 0}',
        '{"type": "session.start", "language": "en", "endpoint_silence_ms": N}',
        '{"type": "session.update", "exercise": {"type": "conversation", "seed": N}}',
        '{"type": "session.start", "language": "en", "resume": {"session": "s", "token": "t", '
        '"after": 1, "speech": {"reply": 1, "position_ms": N}}}',
    ],
)
def test_a_number_that_nobody_can_keep_is_refused(text: str, number: int) -> None:
    """Whatever field has it: a session is written down with what its client sent."""
    with pytest.raises(ProtocolError, match="64 bits") as refused:
        decode_message(text.replace("N", str(number)))
    assert refused.value.code == "bad_message"

import base64
import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from openai.types.realtime import (
    ConversationItemAdded,
    ConversationItemDone,
    ConversationItemInputAudioTranscriptionCompletedEvent,
    ConversationItemInputAudioTranscriptionDeltaEvent,
    ConversationItemInputAudioTranscriptionFailedEvent,
    InputAudioBufferClearedEvent,
    InputAudioBufferCommittedEvent,
    InputAudioBufferSpeechStartedEvent,
    InputAudioBufferSpeechStoppedEvent,
    RealtimeErrorEvent,
    SessionCreatedEvent,
    SessionUpdatedEvent,
)
from openai.types.realtime.audio_transcription import AudioTranscription
from openai.types.realtime.realtime_transcription_session_audio import (
    RealtimeTranscriptionSessionAudio,
)
from openai.types.realtime.realtime_transcription_session_audio_input import (
    RealtimeTranscriptionSessionAudioInput,
)
from openai.types.realtime.realtime_transcription_session_audio_input_turn_detection import (
    ServerVad as ServerVad_,
)
from openai.types.realtime.realtime_transcription_session_create_request import (
    RealtimeTranscriptionSessionCreateRequest,
)
from pydantic import BaseModel

from tutor.adapters.wire.realtime import (
    decode_client_event,
    encode_realtime_event,
    read_client_event,
)
from tutor.core.realtime.protocol import (
    MAX_PROMPT,
    Append,
    Audio,
    AudioInput,
    Clear,
    Cleared,
    ClientEvent,
    Commit,
    Committed,
    ErrorEvent,
    Format,
    ItemAdded,
    ItemDone,
    RealtimeError,
    RealtimeEvent,
    ServerVad,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    SpeechStarted,
    SpeechStopped,
    TranscriptCompleted,
    TranscriptDelta,
    TranscriptFailed,
    Transcription,
    TranscriptionSession,
)

DEFAULT = TranscriptionSession()


_UNDER = "audio.input.transcription."

WHOLE: dict[str, Any] = {
    "format": {"type": "audio/pcm", "rate": 24_000},
    "transcription": {"model": "gpt-4o-transcribe", "prompt": "Jörg", "language": "en"},
    "turn_detection": {
        "type": "server_vad",
        "threshold": 0.6,
        "prefix_padding_ms": 600,
        "silence_duration_ms": 350,
        "create_response": False,
        "interrupt_response": False,
        "idle_timeout_ms": None,
    },
    "noise_reduction": {"type": "near_field"},
}
"""All that a transcription session's audio may be asked for."""

DEEP = '{"x": ' * 500 + "1" + "}" * 500
"""An object as it can be read, but not be written."""


def decode(text: str, session: TranscriptionSession = DEFAULT) -> ClientEvent:
    """A client's text frame."""
    data, _ = read_client_event(text)
    return decode_client_event(data, session)


def configured(change: str, session: TranscriptionSession = DEFAULT) -> AudioInput:
    """What applies after a `session.update` of `audio.input`."""
    event = decode(
        '{"type": "session.update", "session": {"type": "transcription", "audio": {"input": '
        + change
        + "}}}",
        session,
    )
    assert isinstance(event, SessionUpdate)
    return event.session.audio.input


# ---------------------------------------------------------------- what clients write


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ('{"type": "input_audio_buffer.append", "audio": "AAEC/w=="}', Append(b"\0\1\2\xff")),
        ('{"type": "input_audio_buffer.append", "audio": ""}', Append(b"")),
        ('{"type": "input_audio_buffer.commit"}', Commit()),
        ('{"type": "input_audio_buffer.clear", "event_id": "e1", "later": {}}', Clear()),
        (
            '{"type": "session.update", "session": {"type": "transcription"}}',
            SessionUpdate(DEFAULT),
        ),
    ],
)
def test_events_as_clients_write_them(text: str, event: ClientEvent) -> None:
    """Fields that are absent take their defaults; those beside the session are passed over."""
    assert decode(text) == event


def test_a_whole_session_as_livekits_plugin_writes_it() -> None:
    """All that a voice agent asks for; what the server has not is left out of what applies."""
    heard = configured(json.dumps(WHOLE))
    assert heard == AudioInput(
        Format("audio/pcm", 24_000),
        Transcription("gpt-4o-transcribe", "en", "Jörg"),
        ServerVad("server_vad", 0.6, 600, 350),
    )


def test_an_update_changes_what_it_names() -> None:
    """Fields that are absent keep what applied before; an object of another type begins anew."""
    first = configured('{"transcription": {"language": "de"}, "turn_detection": null}')
    assert first.turn_detection is None
    session = replace(DEFAULT, audio=Audio(first))
    second = configured('{"format": {"type": "audio/pcm", "rate": 16000}}', session)
    assert second == replace(first, format=Format("audio/pcm", 16_000))
    session = replace(DEFAULT, audio=Audio(second))
    third = configured(
        '{"format": {"type": "audio/pcmu"}, "transcription": {"model": "whisper-1"}}', session
    )
    assert third == AudioInput(Format("audio/pcmu"), Transcription("whisper-1", "de"), None)


@pytest.mark.parametrize(
    ("text", "code", "param"),
    [
        ("", "invalid_json", None),
        ("[]", "invalid_json", None),
        ('{"type": "response.create"}', "invalid_value", "type"),
        ('{"audio": "AA=="}', "invalid_value", "type"),
        ('{"type": "input_audio_buffer.append"}', "missing_required_parameter", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": 7}', "invalid_value", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": "A"}', "invalid_value", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": "%%%%"}', "invalid_value", "audio"),
        ('{"type": "input_audio_buffer.append", "audio": "AAé="}', "invalid_value", "audio"),
        ('{"type": "session.update"}', "missing_required_parameter", "session"),
        ('{"type": "session.update", "session": 1}', "invalid_value", "session"),
        (
            '{"type": "session.update", "session": {"input_audio_format": "pcm16"}}',
            "missing_required_parameter",
            "session.type",
        ),
        (
            '{"type": "transcription_session.update", "session": {"input_audio_format": "pcm16"}}',
            "invalid_value",
            "type",
        ),
        (
            '{"type": "session.update", "session": {"type": "realtime"}}',
            "invalid_value",
            "session.type",
        ),
        (
            '{"type": "session.update", "session": {"type": "transcription", "audio": 1}}',
            "invalid_value",
            "session.audio",
        ),
        (
            '{"type": "session.update", "session": {"type": "transcription", "include": '
            f"{DEEP}}}}}",
            "invalid_value",
            "session",
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, code: str, param: str | None) -> None:
    """An event that cannot be read says which field is wrong."""
    with pytest.raises(RealtimeError) as wrong:
        decode(text)
    assert (wrong.value.code, wrong.value.param) == (code, param)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ('{"format": {"type": "audio/opus"}}', "format.type"),
        ('{"format": {"type": "audio/pcm", "rate": 7999}}', "format.rate"),
        ('{"format": {"rate": 48001}}', "format.rate"),
        ('{"format": {"type": "audio/pcma", "rate": 24000}}', "format.rate"),
        ('{"format": null}', "format"),
        ('{"transcription": null}', "transcription"),
        ('{"transcription": {"language": "klingon"}}', "transcription.language"),
        (f'{{"transcription": {{"prompt": "{"x" * (MAX_PROMPT + 1)}"}}}}', "transcription.prompt"),
        ('{"turn_detection": {"type": "psychic_vad"}}', "turn_detection.type"),
        (
            '{"turn_detection": {"type": "semantic_vad", "eagerness": "soon"}}',
            "turn_detection.eagerness",
        ),
        ('{"turn_detection": {"threshold": 1.1}}', "turn_detection.threshold"),
        ('{"turn_detection": {"threshold": "0.5"}}', "turn_detection.threshold"),
        ('{"turn_detection": {"prefix_padding_ms": 1001}}', "turn_detection.prefix_padding_ms"),
        ('{"turn_detection": {"prefix_padding_ms": -1}}', "turn_detection.prefix_padding_ms"),
        ('{"turn_detection": {"silence_duration_ms": 199}}', "turn_detection.silence_duration_ms"),
        ('{"turn_detection": {"silence_duration_ms": 2001}}', "turn_detection.silence_duration_ms"),
    ],
)
def test_a_setting_that_cannot_be_had_is_named(change: str, param: str) -> None:
    """A value out of its range, or a kind of turn detection that is not served."""
    with pytest.raises(RealtimeError) as wrong:
        configured(change)
    assert wrong.value.param == f"session.audio.input.{param}"


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
def test_every_rate_of_the_product_is_taken(rate: int) -> None:
    """OpenAI takes 24 kHz alone; the resampler here takes more."""
    heard = configured(json.dumps({"format": {"type": "audio/pcm", "rate": rate}}))
    assert heard.format.sample_rate == rate


def test_the_id_of_an_event_is_read_even_where_the_event_is_wrong() -> None:
    """An error names the event that caused it."""
    assert read_client_event('{"type": "no such", "event_id": "mine"}')[1] == "mine"
    assert read_client_event('{"event_id": 7}')[1] is None


def test_audio_of_any_length_comes_back() -> None:
    """Base64 is what the client wrote, byte by byte."""
    for length in range(9):
        audio = bytes(range(length))
        text = json.dumps(
            {"type": "input_audio_buffer.append", "audio": base64.b64encode(audio).decode()}
        )
        assert decode(text) == Append(audio)


# ---------------------------------------------------------------- what the server writes

INPUT = {
    "format": {"type": "audio/pcm", "rate": 24000},
    "noise_reduction": None,
    "transcription": {"model": None, "language": None, "prompt": None},
    "turn_detection": {
        "type": "server_vad",
        "threshold": 0.5,
        "prefix_padding_ms": 300,
        "silence_duration_ms": 500,
    },
}
SESSION = {
    "id": "sess_s1",
    "object": "realtime.transcription_session",
    "type": "transcription",
    "audio": {"input": INPUT},
}


def item(transcript: str | None) -> dict[str, Any]:
    """An item as JSON."""
    return {
        "id": "i2",
        "object": "realtime.item",
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": [{"type": "input_audio", "transcript": transcript}],
    }


TRANSCRIPTION = "conversation.item.input_audio_transcription"

EVENTS: list[tuple[RealtimeEvent, dict[str, Any], type[BaseModel]]] = [
    (
        SessionCreated("s1", DEFAULT),
        {"type": "session.created", "session": SESSION},
        SessionCreatedEvent,
    ),
    (
        SessionUpdated("s1", TranscriptionSession(audio=Audio(AudioInput(Format("audio/pcmu"))))),
        {
            "type": "session.updated",
            "session": SESSION | {"audio": {"input": INPUT | {"format": {"type": "audio/pcmu"}}}},
        },
        SessionUpdatedEvent,
    ),
    (
        SpeechStarted("i2", 340),
        {"type": "input_audio_buffer.speech_started", "item_id": "i2", "audio_start_ms": 340},
        InputAudioBufferSpeechStartedEvent,
    ),
    (
        SpeechStopped("i2", 2420),
        {"type": "input_audio_buffer.speech_stopped", "item_id": "i2", "audio_end_ms": 2420},
        InputAudioBufferSpeechStoppedEvent,
    ),
    (
        Committed("i2", "i1"),
        {"type": "input_audio_buffer.committed", "item_id": "i2", "previous_item_id": "i1"},
        InputAudioBufferCommittedEvent,
    ),
    (Cleared(), {"type": "input_audio_buffer.cleared"}, InputAudioBufferClearedEvent),
    (
        ItemAdded("i2", None),
        {"type": "conversation.item.added", "previous_item_id": None, "item": item(None)},
        ConversationItemAdded,
    ),
    (
        ItemDone("i2", "i1", "Hello."),
        {"type": "conversation.item.done", "previous_item_id": "i1", "item": item("Hello.")},
        ConversationItemDone,
    ),
    (
        TranscriptDelta("i2", " there"),
        {"type": f"{TRANSCRIPTION}.delta", "item_id": "i2", "content_index": 0, "delta": " there"},
        ConversationItemInputAudioTranscriptionDeltaEvent,
    ),
    (
        TranscriptCompleted("i2", "你好。", 1.25),
        {
            "type": f"{TRANSCRIPTION}.completed",
            "item_id": "i2",
            "content_index": 0,
            "transcript": "你好。",
            "usage": {"type": "duration", "seconds": 1.25},
        },
        ConversationItemInputAudioTranscriptionCompletedEvent,
    ),
    (
        TranscriptFailed("i2", "recognition_failed", "no"),
        {
            "type": f"{TRANSCRIPTION}.failed",
            "item_id": "i2",
            "content_index": 0,
            "error": {
                "type": "transcription_error",
                "code": "recognition_failed",
                "message": "no",
                "param": None,
            },
        },
        ConversationItemInputAudioTranscriptionFailedEvent,
    ),
    (
        ErrorEvent("invalid_request_error", "invalid_value", "no", "audio", "mine"),
        {
            "type": "error",
            "error": {
                "type": "invalid_request_error",
                "code": "invalid_value",
                "message": "no",
                "param": "audio",
                "event_id": "mine",
            },
        },
        RealtimeErrorEvent,
    ),
]


@pytest.mark.parametrize(("event", "written", "kind"), EVENTS, ids=lambda value: str(value)[:30])
def test_an_event_is_written_as_openais_types_have_it(
    event: RealtimeEvent, written: dict[str, Any], kind: type[BaseModel]
) -> None:
    """The JSON is literally this, and the official client's own type takes every field of it."""
    text = encode_realtime_event("event_1", event)
    assert json.loads(text) == {"event_id": "event_1", **written}
    read = kind.model_validate_json(text)
    assert not read.model_extra
    assert json.loads(read.model_dump_json(include=set(json.loads(text)), exclude_unset=True)) == (
        json.loads(text)
    )


def test_every_event_is_written_above() -> None:
    """No event goes out whose JSON was not looked at."""
    assert {type(event) for event, _, _ in EVENTS} == set(get_args(RealtimeEvent))


# ---------------------------------------------------------------- what they must not ask for


@pytest.mark.parametrize(
    ("session", "param"),
    [
        ('"input_audio_format": "pcm16"', "input_audio_format"),
        ('"input_audio_transcription": {"model": "whisper-1"}', "input_audio_transcription"),
        ('"turn_detection": null', "turn_detection"),
        ('"input_audio_noise_reduction": null', "input_audio_noise_reduction"),
        ('"instructions": "Sing."', "instructions"),
        ('"modalities": ["text"]', "modalities"),
        ('"audio": {"output": {"voice": "marin"}}', "audio.output"),
        ('"audio": {"input": {"rate": 8000}}', "audio.input.rate"),
        ('"audio": {"input": {"transcription": {"enabled": true}}}', _UNDER + "enabled"),
        ('"audio": {"input": {"transcription": {"delay": "low"}}}', _UNDER + "delay"),
        ('"audio": {"input": {"turn_detection": {"x": 1}}}', "audio.input.turn_detection.x"),
        (f'"{"x" * 500}": 1', "x" * 60),
        (f'"x": {DEEP}', "x"),
    ],
)
def test_a_field_of_no_session_is_refused(session: str, param: str) -> None:
    """What OpenAI had before, has elsewhere or never had, with its code and its words: nothing that
    a client asks for is passed over, and nothing of the rest is applied."""
    with pytest.raises(RealtimeError) as wrong:
        decode(f'{{"type": "session.update", "session": {{"type": "transcription", {session}}}}}')
    assert (wrong.value.code, wrong.value.param) == ("unknown_parameter", f"session.{param}")
    assert str(wrong.value) == f"Unknown parameter: 'session.{param}'."


def test_every_field_of_openais_transcription_sessions_is_taken() -> None:
    """Those that the official client's types have, but for what only models of theirs can do."""
    parts = {
        RealtimeTranscriptionSessionCreateRequest: {"type", "audio", "include"},
        RealtimeTranscriptionSessionAudio: {"input"},
        RealtimeTranscriptionSessionAudioInput: set(WHOLE),
        AudioTranscription: {*WHOLE["transcription"], "delay", "keywords", "languages"},
        ServerVad_: set(WHOLE["turn_detection"]),
    }
    assert {part: set(part.__annotations__) for part in parts} == parts
    configured(json.dumps(WHOLE))
    decode(
        '{"type": "session.update", "session": {"type": "transcription", '
        '"include": ["item.input_audio_transcription.logprobs"]}}'
    )


@pytest.mark.parametrize(
    "model", ["gpt-4o-transcribe", "gpt-4o-mini-transcribe-2025-12-15", "base"]
)
def test_any_name_of_the_recogniser_will_do(model: str) -> None:
    """OpenAI's in any version, and its own; the session tells the one that was asked for."""
    session = (
        '{"type": "session.update", "session": {"type": "transcription", "audio": '
        f'{{"input": {{"transcription": {{"model": "{model}"}}}}}}}}}}'
    )
    event = decode_client_event(read_client_event(session)[0], DEFAULT, "base")
    assert isinstance(event, SessionUpdate)
    assert event.session.audio.input.transcription.model == model


@pytest.mark.parametrize("model", ["", "gpt-4o", "gpt-realtime", "tts-1", "base", "x" * 1_000])
def test_a_model_that_does_not_transcribe_is_refused(model: str) -> None:
    """With what is there, as OpenAI's error names it."""
    with pytest.raises(RealtimeError) as wrong:
        configured(f'{{"transcription": {{"model": "{model}"}}}}')
    assert wrong.value.param == "session.audio.input.transcription.model"
    assert str(wrong.value).startswith(f"Invalid value: {model[:60]!r}. Supported values are: 'wh")

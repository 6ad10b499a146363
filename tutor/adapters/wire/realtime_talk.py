"""OpenAI's Realtime events of conversations to and from JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tutor.adapters.wire import realtime
from tutor.adapters.wire.practice import to_json
from tutor.adapters.wire.realtime_items import message_of, metadata_of
from tutor.core.realtime.conversing import (
    ContentPart,
    ConversingClientEvent,
    ConversingEvent,
    ItemCreate,
    ItemDelete,
    ItemRetrieve,
    ItemTruncate,
    ItemTruncated,
    Message,
    MessageAdded,
    MessageDone,
    MessageRetrieved,
    OutputClear,
    OutputItem,
    PartEvent,
    Response,
    ResponseCancel,
    ResponseCreate,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
)
from tutor.core.realtime.models import CONVERSING, is_one_of
from tutor.core.realtime.protocol import PCM_RATE, Format, ServerVad
from tutor.core.realtime.talking import FASTEST, SLOWEST, RealtimeSession

Json = dict[str, Any]

_SESSION = TypeAdapter(RealtimeSession)

_TURNS = realtime.KNOWN["audio"]["input"]

_KNOWN: Json = {
    "type": None,
    "model": None,
    "output_modalities": None,
    "audio": {
        "input": _TURNS,
        "output": {"format": dict.fromkeys(("type", "rate")), "voice": None, "speed": None},
    },
    "prompt": dict.fromkeys(("id", "version", "variables")),
    "tools": None,
    # Not applied: `session.updated` shows what is.
    "instructions": None,
    "tool_choice": None,
    "max_output_tokens": None,
    "include": None,
    "tracing": None,
    "truncation": None,
    "reasoning": None,
    "parallel_tool_calls": None,
}
"""The fields of a conversation, as the generally available API has them."""

_NULLABLE = frozenset({"turn_detection", "transcription", "prompt", "voice"})
"""Fields that may be set to nothing; another one that is null is as good as left out."""

_USAGE = {
    "total_tokens": 0,
    "input_tokens": 0,
    "output_tokens": 0,
    "input_token_details": {"text_tokens": 0, "audio_tokens": 0, "cached_tokens": 0},
    "output_token_details": {"text_tokens": 0, "audio_tokens": 0},
}
"""Nothing is counted in tokens here, but clients add them up."""


def decode_conversing_event(
    data: Json, session: RealtimeSession, own_model: str = ""
) -> ConversingClientEvent:
    """Read a client's event.

    `session`, `own_model`: as for `decode_client_event`.

    Raises:
        RealtimeError: the event is not known, or a field is missing or wrong.
    """
    match data.get("type"):
        case "session.update":
            change = realtime.needed(data, "session")
            return SessionUpdate(_updated(session, change, own_model))
        case "response.create":
            return ResponseCreate(metadata_of(data.get("response")))
        case "response.cancel":
            is_named = data.get("response_id") is not None
            return ResponseCancel(_text(data, "response_id") if is_named else None)
        case "output_audio_buffer.clear":
            return OutputClear()
        case str(kind) if kind.startswith("conversation.item."):
            return _decode_item_event(kind, data)
        case _:
            return realtime.decode_buffer_event(data, _TYPES)


_TYPES = (
    "session.update",
    "response.create",
    "response.cancel",
    "conversation.item.create",
    "conversation.item.retrieve",
    "conversation.item.truncate",
    "conversation.item.delete",
    "output_audio_buffer.clear",
)


def encode_conversing_event(event_id: str, event: ConversingEvent) -> str:
    """A server's event as JSON; what is `null` in OpenAI's is null here too."""
    fields = _fields(event)
    if fields is None:
        return realtime.encode_realtime_event(event_id, event)  # type: ignore[arg-type]
    return to_json({"type": event.type, "event_id": event_id, **fields}).decode()


# ---------------------------------------------------------------- in


def _decode_item_event(kind: str, data: Json) -> ConversingClientEvent:
    match kind:
        case "conversation.item.create":
            return ItemCreate(message_of(realtime.needed(data, "item")))
        case "conversation.item.delete":
            return ItemDelete(_text(data, "item_id"))
        case "conversation.item.retrieve":
            return ItemRetrieve(_text(data, "item_id"))
        case "conversation.item.truncate":
            return ItemTruncate(_text(data, "item_id"), _whole(data, "audio_end_ms"))
        case _:
            return realtime.decode_buffer_event(data, _TYPES)


def _updated(session: RealtimeSession, change: object, own_model: str) -> RealtimeSession:
    if not isinstance(change, dict):
        raise realtime.invalid("session", "an object is needed")
    if realtime.needed(change, "type", "session.type") != "realtime":
        raise realtime.invalid("session.type", "this connection is a 'realtime' session")
    realtime.refuse_unknown(change, _KNOWN, "session")
    if change.get("tools"):
        raise realtime.invalid("session.tools", "the tutor uses no tools: leave them out")
    whole = realtime.merged(asdict(session), _without_nulls(change))
    try:
        updated = _SESSION.validate_json(whole, strict=True)
    except ValidationError as error:
        raise realtime.invalid(*realtime.first_fault(error)) from error
    _check(updated, own_model)
    return updated


def _without_nulls(change: Json) -> Json:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in change.items()
        if value is not None or name in _NULLABLE
    }


def _check(session: RealtimeSession, own_model: str) -> None:
    if not is_one_of(session.model, CONVERSING):
        raise realtime.invalid("session.model", f"there is no model {session.model[:60]!r}")
    if session.output_modalities not in (("audio",), ("text",)):
        raise realtime.invalid("session.output_modalities", "['audio'] or ['text']")
    heard, spoken = session.audio.input, session.audio.output
    realtime.check_format(heard.format)
    if heard.transcription is not None:
        realtime.check_transcription(heard.transcription, own_model)
    if isinstance(heard.turn_detection, ServerVad):
        realtime.check_vad(heard.turn_detection)
    where = "session.audio.output"
    if spoken.format.type == "audio/pcm" and spoken.format.sample_rate != PCM_RATE:
        raise realtime.invalid(f"{where}.format.rate", f"{PCM_RATE} samples per second")
    realtime.check_format(spoken.format, f"{where}.format.rate")
    realtime.check_range(f"{where}.speed", spoken.speed, SLOWEST, FASTEST)


def _text(data: Json, name: str) -> str:
    value = realtime.needed(data, name)
    if not isinstance(value, str):
        raise realtime.invalid(name, "a string is needed")
    return value


def _whole(data: Json, name: str) -> int:
    value = realtime.needed(data, name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise realtime.invalid(name, "a whole number is needed")


# ---------------------------------------------------------------- out


def _fields(event: ConversingEvent) -> Json | None:
    match event:
        case SessionCreated(id_, session) | SessionUpdated(id_, session):
            return {"session": _session_json(id_, session)}
        case MessageAdded() | MessageDone():
            item = _message_json(event.message)
            return {"previous_item_id": event.previous_item_id, "item": item}
        case ItemTruncated():
            return asdict(event) | {"content_index": 0}
        case MessageRetrieved(message):
            return {"item": _message_json(message)}
        case ResponseCreated(response) | ResponseDone(response):
            return {"response": _response_json(response)}
        case OutputItem() | ContentPart() | PartEvent():
            return _output_fields(event)
        case _:
            return None


def _output_fields(event: OutputItem | ContentPart | PartEvent) -> Json:
    place: Json = {"response_id": event.response_id, "output_index": 0}
    match event:
        case OutputItem():
            return place | {"item": _message_json(event.item)}
        case ContentPart():
            part = {"type": "audio", "transcript": event.text}
            if not event.is_audio:
                part = {"type": "text", "text": event.text}
            return place | {"item_id": event.item_id, "content_index": 0, "part": part}
        case PartEvent():
            return place | {"item_id": event.item_id, "content_index": 0, **event.fields}


def _message_json(message: Message) -> Json:
    is_audio = message.kind in ("input_audio", "output_audio")
    part = {"type": message.kind, "transcript" if is_audio else "text": message.text}
    return {
        "id": message.id,
        "object": "realtime.item",
        "type": "message",
        "status": message.status,
        "role": message.role,
        "content": [] if message.status == "in_progress" else [part],
    }


def _response_json(response: Response) -> Json:
    output = [] if response.output is None else [_message_json(response.output)]
    return {
        "object": "realtime.response",
        "id": response.id,
        "status": response.status,
        "status_details": _status_details(response),
        "output": output,
        "metadata": response.metadata,
        "usage": None if response.status == "in_progress" else _USAGE,
    }


def _status_details(response: Response) -> Json | None:
    if response.error is not None:
        code, message = response.error
        error = {"type": "server_error", "code": code, "message": message}
        return {"type": "failed", "error": error}
    if response.reason is not None:
        return {"type": response.status, "reason": response.reason}
    return None


def _session_json(session_id: str, session: RealtimeSession) -> Json:
    fields = asdict(session)
    heard, spoken = session.audio.input, session.audio.output
    turns = heard.turn_detection
    fields["audio"] = {
        "input": {
            "format": _format_json(heard.format),
            "transcription": None if heard.transcription is None else asdict(heard.transcription),
            "noise_reduction": None,
            "turn_detection": None if turns is None else asdict(turns),
        },
        "output": {
            "format": _format_json(spoken.format),
            "voice": spoken.voice_id or None,
            "speed": spoken.speed,
        },
    }
    return {
        "object": "realtime.session",
        "id": f"sess_{session_id}",
        **fields,
        "tools": [],
        "tool_choice": "none",
        "max_output_tokens": "inf",
    }


def _format_json(form: Format) -> Json:
    return {"type": form.type} | ({"rate": form.sample_rate} if form.type == "audio/pcm" else {})

"""OpenAI's Realtime events to and from JSON. Everything past this file is typed."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tutor.adapters.wire.practice import parse_object, to_json
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.limits import (
    MAX_ENDPOINT_SILENCE_MS,
    MAX_SAMPLE_RATE,
    MIN_ENDPOINT_SILENCE_MS,
    MIN_SAMPLE_RATE,
)
from tutor.core.realtime.models import is_one_of, transcribers
from tutor.core.realtime.protocol import (
    MAX_PREFIX_PADDING_MS,
    MAX_PROMPT,
    PCM_RATE,
    Append,
    Clear,
    ClientEvent,
    Commit,
    ErrorEvent,
    Format,
    ItemAdded,
    ItemDone,
    RealtimeError,
    RealtimeEvent,
    SemanticVad,
    ServerVad,
    SessionCreated,
    SessionUpdate,
    SessionUpdated,
    TranscriptCompleted,
    TranscriptDelta,
    TranscriptFailed,
    Transcription,
    TranscriptionSession,
)
from tutor.core.realtime.talking import ConversationSemanticVad, ConversationVad
from tutor.core.text.languages import whisper_language

_SESSION = TypeAdapter(TranscriptionSession)

_TYPES = (
    "input_audio_buffer.append",
    "input_audio_buffer.commit",
    "input_audio_buffer.clear",
)

Json = dict[str, Any]

KNOWN: Json = {
    "type": None,
    "include": None,  # not applied: `session.updated` leaves it out
    "audio": {
        "input": {
            "format": dict.fromkeys(("type", "rate")),
            "noise_reduction": None,  # not applied, too
            "transcription": dict.fromkeys(("model", "language", "prompt")),
            "turn_detection": dict.fromkeys(
                (
                    "type",
                    "threshold",
                    "prefix_padding_ms",
                    "silence_duration_ms",
                    "eagerness",
                    "create_response",  # these three are of conversations
                    "interrupt_response",
                    "idle_timeout_ms",
                )
            ),
        }
    },
}
"""The fields of a transcription session, as the generally available API has them."""


VADS = (ServerVad, SemanticVad, ConversationVad, ConversationSemanticVad)


def read_client_event(text: str) -> tuple[Json, str | None]:
    """Read a client's text frame: an object, and its `event_id` if it has one.

    Raises:
        RealtimeError: the text is no JSON object.
    """
    try:
        data = parse_object(text)
    except ProtocolError as error:
        raise RealtimeError("invalid_json", str(error)) from error
    event_id = data.get("event_id")
    return data, event_id if isinstance(event_id, str) else None


def decode_client_event(
    data: Json, session: TranscriptionSession, own_model: str = ""
) -> ClientEvent:
    """Read a client's event.

    `session`: the configuration that a `session.update` changes; a field of it that OpenAI's
    clients cannot know is refused, as OpenAI does. `own_model`: the recogniser's own name.

    Raises:
        RealtimeError: the event is not known, or a field is missing or wrong.
    """
    if data.get("type") == "session.update":
        return SessionUpdate(_updated(session, needed(data, "session"), own_model))
    return decode_buffer_event(data, ("session.update",))


def decode_buffer_event(data: Json, others: Sequence[str]) -> Append | Commit | Clear:
    """Read a client's event about the audio buffer; `others`: the types of other events.

    Raises:
        RealtimeError: it is none.
    """
    match data.get("type"):
        case "input_audio_buffer.append":
            return Append(_decode_audio(needed(data, "audio")))
        case "input_audio_buffer.commit":
            return Commit()
        case "input_audio_buffer.clear":
            return Clear()
        case other:
            known = ", ".join((*others, *_TYPES))
            raise invalid("type", f"{str(other)[:40]!r} is not one of {known}")


def encode_realtime_event(event_id: str, event: RealtimeEvent) -> str:
    """A server's event as JSON; what is `null` in OpenAI's is null here too."""
    return to_json({"type": event.type, "event_id": event_id, **_event_fields(event)}).decode()


# ---------------------------------------------------------------- in


def _decode_audio(value: object) -> bytes:
    if not isinstance(value, str):
        raise invalid("audio", "a string is needed")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:  # other letters than ASCII's are no `binascii.Error`
        raise invalid("audio", f"not base64: {error}") from error


def _updated(session: TranscriptionSession, change: object, own_model: str) -> TranscriptionSession:
    if not isinstance(change, dict):
        raise invalid("session", "an object is needed")
    if needed(change, "type", "session.type") != "transcription":
        raise invalid("session.type", "only 'transcription' sessions are served")
    refuse_unknown(change, KNOWN, "session")
    whole = merged(asdict(session), change)
    try:
        updated = _SESSION.validate_json(whole, strict=True)
    except ValidationError as error:
        raise invalid(*first_fault(error)) from error
    check_format(updated.audio.input.format)
    check_transcription(updated.audio.input.transcription, own_model)
    if isinstance(updated.audio.input.turn_detection, ServerVad):
        check_vad(updated.audio.input.turn_detection)
    return updated


def merged(session: Json, change: Json) -> bytes:
    """A session with what is changed, as JSON.

    Raises:
        RealtimeError: the change is nested too deeply.
    """
    try:
        return to_json(_merge(session, change))
    except TypeError as error:  # so deep may be what is read, but not what is written
        raise invalid("session", "its objects are nested too deeply") from error


def first_fault(error: ValidationError) -> tuple[str, str]:
    """Where a session is wrong, and how; of turn detection the kind that was asked for is meant."""
    faults = error.errors()
    kinds = {kind.__name__ for kind in VADS}
    # A kind whose `type` is wrong is not the one that was asked for.
    others = {fault["loc"][-2] for fault in faults if fault["loc"][-1:] == ("type",)} & kinds
    meant = [fault for fault in faults if not others & set(fault["loc"])] or faults
    where = ".".join(str(part) for part in ("session", *meant[0]["loc"]) if part not in kinds)
    return where, meant[0]["msg"]


def needed(data: Json, name: str, where: str = "") -> object:
    """The value of a field.

    Raises:
        RealtimeError: it is missing.
    """
    if name not in data:
        missing = where or name
        raise RealtimeError(
            "missing_required_parameter", f"Missing required parameter: '{missing}'.", missing
        )
    return data[name]


def refuse_unknown(change: Json, known: Json, where: str) -> None:
    """Refuse a field that OpenAI does not have, or not any more: what a client asks for must not
    be passed over without a word."""
    for name, value in change.items():
        param = f"{where}.{name[:60]}"
        if name not in known:
            raise RealtimeError("unknown_parameter", f"Unknown parameter: '{param}'.", param)
        if isinstance(value, dict) and known[name] is not None:
            refuse_unknown(value, known[name], param)


def _merge(old: Json, new: Json) -> Json:
    """A new object over an old one; objects in it are merged unless their type changes."""
    merged = dict(old)
    for name, value in new.items():
        before: Any = old.get(name)
        merged[name] = _merge(before, value) if _is_change(before, value) else value
    return merged


def _is_change(old: object, new: object) -> bool:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return False
    kind = old.get("type")
    return bool(new.get("type", kind) == kind)


def check_format(form: Format, where: str = "session.audio.input.format.rate") -> None:
    """Refuse a format whose rate it cannot have.

    Raises:
        RealtimeError: it is such a one.
    """
    if form.type != "audio/pcm" and form.rate not in (None, form.sample_rate):
        raise invalid(where, f"{form.type} has {form.sample_rate} samples per second")
    check_range(where, form.sample_rate, MIN_SAMPLE_RATE, MAX_SAMPLE_RATE)


def check_transcription(transcription: Transcription, own_model: str) -> None:
    """Refuse a model, a language or a prompt that cannot be had.

    Raises:
        RealtimeError: it is such a one.
    """
    model, names = transcription.model, transcribers(own_model)
    if model is not None and not is_one_of(model, names):
        where = "session.audio.input.transcription.model"
        there = ", ".join(map(repr, names))
        what = f"Invalid value: {model[:60]!r}. Supported values are: {there}."
        raise RealtimeError("invalid_value", what, where)
    language = transcription.language
    if language and whisper_language(language) is None:
        raise invalid(
            "session.audio.input.transcription.language",
            f"{language[:40]!r} is not a language that is known",
        )
    if len(transcription.prompt or "") > MAX_PROMPT:
        raise invalid(
            "session.audio.input.transcription.prompt", f"at most {MAX_PROMPT} characters"
        )


def check_vad(vad: ServerVad) -> None:
    """Refuse numbers outside their limits.

    Raises:
        RealtimeError: one is.
    """
    where = "session.audio.input.turn_detection"
    check_range(f"{where}.threshold", vad.threshold, 0, 1)
    check_range(f"{where}.prefix_padding_ms", vad.prefix_padding_ms, 0, MAX_PREFIX_PADDING_MS)
    check_range(
        f"{where}.silence_duration_ms",
        vad.silence_duration_ms,
        MIN_ENDPOINT_SILENCE_MS,
        MAX_ENDPOINT_SILENCE_MS,
    )


def check_range(where: str, value: float, least: float, most: float) -> None:
    """Refuse a number outside its limits.

    Raises:
        RealtimeError: it is.
    """
    if not least <= value <= most:
        raise invalid(where, f"must be {least} to {most}, not {value}")


def invalid(where: str, what: str) -> RealtimeError:
    """The error of a value that is not taken."""
    return RealtimeError("invalid_value", f"{where}: {what}", where)


# ---------------------------------------------------------------- out


def _event_fields(event: RealtimeEvent) -> Json:
    match event:
        case SessionCreated() | SessionUpdated():
            return {"session": _session_json(event.id, event.session)}
        case ItemAdded() | ItemDone():
            return {"previous_item_id": event.previous_item_id, "item": _item_json(event)}
        case TranscriptDelta():
            return asdict(event) | {"content_index": 0}
        case TranscriptCompleted():
            usage = {"type": "duration", "seconds": event.seconds}
            fields = {"item_id": event.item_id, "content_index": 0, "transcript": event.transcript}
            return fields | {"usage": usage}
        case TranscriptFailed():
            error = {"type": "transcription_error", "code": event.code, "message": event.message}
            return {
                "item_id": event.item_id,
                "content_index": 0,
                "error": error | {"param": None},
            }
        case ErrorEvent():
            fields = asdict(event)
            return {"error": {"type": fields.pop("kind"), **fields}}
        case _:
            return asdict(event)


def _session_json(session_id: str, session: TranscriptionSession) -> Json:
    fields = asdict(session)
    form = session.audio.input.format
    fields["audio"]["input"]["format"] = {"type": form.type} | (
        {"rate": form.rate or PCM_RATE} if form.type == "audio/pcm" else {}
    )
    # There is none: what a client asks for is not applied, and this says so.
    fields["audio"]["input"]["noise_reduction"] = None
    return {"id": f"sess_{session_id}", "object": "realtime.transcription_session", **fields}


def _item_json(event: ItemAdded | ItemDone) -> Json:
    return {
        "id": event.item_id,
        "object": "realtime.item",
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": [{"type": "input_audio", "transcript": event.transcript}],
    }

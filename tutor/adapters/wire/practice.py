"""Messages of the practice protocol, results and snapshots to and from JSON.

Everything past this file is typed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, TypeVar, get_args

import orjson
from pydantic import TypeAdapter, ValidationError

from tutor.core.live.snapshot import SessionSnapshot
from tutor.core.protocol.errors import ProtocolError
from tutor.core.protocol.messages import ClientMessage, ServerEvent
from tutor.core.queue.jobs import AssessmentJob, RecognitionJob, ReplyJob, Result, SpeechJob
from tutor.core.voice.made import Mark
from tutor.core.voice.request import SpeechRequest
from tutor.core.voice.voices import VoiceFacts

JobT = TypeVar("JobT", RecognitionJob, AssessmentJob, ReplyJob, SpeechJob)

_CLIENT: dict[str, TypeAdapter[Any]] = {
    message.type: TypeAdapter(message) for message in get_args(ClientMessage)
}
_SERVER: dict[str, TypeAdapter[Any]] = {
    event.type: TypeAdapter(event) for event in get_args(ServerEvent)
}
_RESULTS: dict[str, TypeAdapter[Any]] = {
    result.__name__: TypeAdapter(result) for result in get_args(Result)
}


_JOBS: dict[type[Any], TypeAdapter[Any]] = {
    job: TypeAdapter(job) for job in (RecognitionJob, AssessmentJob, ReplyJob, SpeechJob)
}

_SNAPSHOT = TypeAdapter(SessionSnapshot)
_SPEECH = TypeAdapter(SpeechRequest)
_VOICES = TypeAdapter(list[VoiceFacts])
_MARKS = TypeAdapter(tuple[Mark, ...])


def decode_message(text: str) -> ClientMessage:
    """Read a client's text frame. Unknown fields are ignored.

    Raises:
        ProtocolError: `bad_json`, `unknown_message` or `bad_message`.
    """
    kind = parse_object(text).get("type")
    if not isinstance(kind, str):
        raise ProtocolError("bad_message", "`type` is missing")
    if kind not in _CLIENT:
        raise ProtocolError("unknown_message", f"unknown type {kind[:40]!r}")
    try:
        message: ClientMessage = _CLIENT[kind].validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        detail = f"{kind}: {where}: {first['msg']}"
        raise ProtocolError("bad_message", detail, message=kind) from error
    try:  # what is taken must be kept, too
        to_json(message)
    except TypeError as error:
        detail = f"{kind}: a number needs more than 64 bits"
        raise ProtocolError("bad_message", detail, message=kind) from error
    return message


def encode_message(message: ClientMessage) -> str:
    """A client's message as JSON."""
    return _encode({"type": message.type, **asdict(message)})


def encode_event(seq: int, event: ServerEvent) -> str:
    """A numbered event as JSON; absent optional fields are left out."""
    return _encode({"type": event.type, "seq": seq, **asdict(event)})


def decode_event(text: str) -> tuple[int, ServerEvent]:
    """Read a server's event: its number and itself.

    Raises:
        ValueError: the text is no event of this protocol version.
    """
    try:
        data = orjson.loads(text)
        event: ServerEvent = _SERVER[data["type"]].validate_json(text)
        return int(data["seq"]), event
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event that we know: {text[:80]}") from error


def encode_result(result: Result) -> tuple[str, bytes]:
    """A worker's result: the name of its class, and itself as JSON."""
    return type(result).__name__, orjson.dumps(result)


def decode_result(kind: str, data: bytes) -> Result:
    """Read a worker's result.

    Raises:
        ValueError: it is none.
    """
    if kind not in _RESULTS:
        raise ValueError(f"{kind[:40]!r} is no kind of result")
    result: Result = _RESULTS[kind].validate_json(data)
    return result


def encode_snapshot(snapshot: SessionSnapshot) -> bytes:
    """A session's snapshot as JSON."""
    return orjson.dumps(snapshot)


def decode_snapshot(data: bytes) -> SessionSnapshot:
    """Read a session's snapshot.

    Raises:
        ValueError: it is none of this version.
    """
    return _SNAPSHOT.validate_json(data)


def decode_job(kind: type[JobT], fields: dict[str, Any]) -> JobT:
    """Read a job's fields as a task brings them.

    Raises:
        ValueError: they are not those of such a job.
    """
    job: JobT = _JOBS[kind].validate_python(fields)
    return job


def decode_speech(data: bytes) -> SpeechRequest:
    """Read what a speech worker is to speak.

    Raises:
        ValueError: it is no such text.
    """
    return _SPEECH.validate_json(data)


def decode_voices(data: bytes) -> list[VoiceFacts]:
    """Read the voices that a speech worker has.

    Raises:
        ValueError: they are none.
    """
    return _VOICES.validate_json(data)


def decode_marks(data: bytes) -> tuple[Mark, ...]:
    """Read when the words of a clause are said.

    Raises:
        ValueError: it says nothing of the kind.
    """
    return _MARKS.validate_json(data)


def to_json(value: object) -> bytes:
    """Plain data, dataclasses, dates and times as JSON."""
    return orjson.dumps(value)


def parse_object(text: str) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        ProtocolError: `bad_json`.
    """
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ProtocolError("bad_json") from error
    if not isinstance(data, dict):
        raise ProtocolError("bad_json")
    return data


def _encode(data: dict[str, Any]) -> str:
    present = {name: value for name, value in data.items() if value is not None}
    return to_json(present).decode()

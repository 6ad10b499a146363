"""The practice protocol as documents for programs, generated from its message classes.

`document` is AsyncAPI 3.0 with a JSON Schema for each message, `declarations` the same in
TypeScript. The descriptions are the docstrings of the classes and of their fields.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, get_args

from pydantic import TypeAdapter

from tutor.core.feedback import assessment
from tutor.core.protocol import limits
from tutor.core.protocol import messages as protocol
from tutor.core.protocol.errors import ERRORS
from tutor.core.protocol.frames import KIND_SPEECH, VERSION_BYTE
from tutor.core.protocol.messages import ClientMessage, ServerEvent

Schema = dict[str, Any]

VERSION = "1.0.0"
"""Version of the document; its first number is the protocol's."""

CHANNEL = "/v1/practice"

TUTOR_AUDIO = "tutor.audio"
"""Name of the server's binary frames."""

_REF = "#/components/schemas/"
_SEQ: Schema = {
    "type": "integer",
    "description": "Counts the session's events from 1 without a gap.",
}
_SUMMARY = (
    "Text frames are JSON objects with a `type`, binary frames mono little-endian PCM16, the "
    "server's behind a header of 12 bytes. Times are "
    "milliseconds of the session's audio clock. Unknown fields are ignored; optional ones may be "
    "absent or null."
)


def document() -> Schema:
    """The protocol as an AsyncAPI 3.0 document."""
    sent = [message.type for message in get_args(ClientMessage)]
    events = [event.type for event in get_args(ServerEvent)]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Voice Tutor", "version": VERSION, "description": _SUMMARY},
        "defaultContentType": "application/json",
        "channels": {
            "practice": {
                "address": CHANNEL,
                "messages": {
                    name: _ref("messages", name) for name in [*sent, "audio", *events, TUTOR_AUDIO]
                },
            }
        },
        "operations": {
            "receive": _operation("receive", "What a client sends.", [*sent, "audio"]),
            "send": _operation("send", "What the server tells.", [*events, TUTOR_AUDIO]),
        },
        "components": {"messages": _messages(), "schemas": schemas()},
        "x-errors": {
            code: {"close": close, "text": text} for code, (close, text) in ERRORS.items()
        },
    }


def schemas() -> Schema:
    """A JSON Schema for each class, by its name."""
    classes = [*get_args(ClientMessage), *get_args(ServerEvent)]
    _, found = TypeAdapter.json_schemas(
        [(kind, "validation", TypeAdapter(kind)) for kind in classes],
        ref_template=_REF + "{model}",
    )
    events = {event.__name__ for event in get_args(ServerEvent)}
    types = {kind.__name__: kind.type for kind in classes}
    return {
        name: _completed(schema, types.get(name), name in events)
        for name, schema in found["$defs"].items()
    }


def _completed(schema: Schema, kind: str | None, is_event: bool) -> Schema:
    """The schema with what the classes do not hold: `type`, `seq`, the fields' docstrings."""
    docs = _field_docs(schema["title"])
    fields = {
        name: {key: value for key, value in field.items() if key != "title"}
        | ({"description": docs[name]} if name in docs else {})
        for name, field in schema.get("properties", {}).items()
    }
    tag = {"type": {"const": kind}} if kind else {}
    seq = {"seq": _SEQ} if is_event else {}
    required = [*tag, *seq, *schema.get("required", [])]
    return {**schema, "properties": tag | seq | fields, "required": required}


def _field_docs(name: str) -> dict[str, str]:
    """The docstring under each field of a dataclass of the core."""
    (owner,) = {
        vars(module)[name] for module in (protocol, assessment, limits) if name in vars(module)
    }
    return dict(_documented(_classes(owner.__module__)[name].body))


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    """The classes of a module as they are written, by name."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, doc in pairwise(body):
        match field, doc:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str() as text)),
            ):
                yield name, re.sub(r"\bNone\b", "null", inspect.cleandoc(text).replace("\n", " "))


def _messages() -> Schema:
    classes = [*get_args(ClientMessage), *get_args(ServerEvent)]
    messages = {
        kind.type: {
            "name": kind.type,
            "summary": inspect.getdoc(kind),
            "payload": _ref("schemas", kind.__name__),
        }
        for kind in classes
    }
    audio = {
        "name": "audio",
        "summary": "A binary frame: mono PCM16, little-endian, whole samples.",
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "format": "binary"},
    }
    tutor = audio | {
        "name": TUTOR_AUDIO,
        "summary": "A binary frame of the server: the tutor's speech. Little-endian: u8 version "
        f"({VERSION_BYTE}), u8 kind ({KIND_SPEECH}), u16 flags (1: the reply's last frame), u32 "
        "number of the reply, u32 position of the first sample; then mono PCM16.",
    }
    return {**messages, "audio": audio, TUTOR_AUDIO: tutor}


def _operation(action: str, summary: str, names: list[str]) -> Schema:
    channel = "#/channels/practice"
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
    }


def _ref(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


# ---------------------------------------------------------------- TypeScript


def declarations() -> str:
    """The protocol as TypeScript: an interface for each class, a map of the events."""
    parts = ["// Generated from the protocol's message classes; change those instead."]
    parts += [_interface(name, schema) for name, schema in schemas().items()]
    rows = [f'  "{event.type}": {event.__name__};' for event in get_args(ServerEvent)]
    parts.append("/** The server's events by their `type`. */\nexport interface ServerEvents {")
    parts[-1] += "\n" + "\n".join(rows) + "\n}"
    parts.append("export type ServerEvent = ServerEvents[keyof ServerEvents];")
    return "\n\n".join(parts) + "\n"


def _interface(name: str, schema: Schema) -> str:
    lines = [f"/** {schema['description']} */", f"export interface {name} {{"]
    for field, kind in schema["properties"].items():
        if "description" in kind:
            lines.append(f"  /** {kind['description']} */")
        optional = "" if field in schema["required"] else "?"
        lines.append(f"  {field}{optional}: {_type(kind)};")
    return "\n".join([*lines, "}"])


_PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def _type(schema: Schema) -> str:
    """The TypeScript type of a JSON Schema of the kinds that messages are made of."""
    match schema:
        case {"$ref": ref}:
            return str(ref).removeprefix(_REF)
        case {"const": value}:
            return f'"{value}"'
        case {"enum": values}:
            return " | ".join(f'"{value}"' for value in values)
        case {"anyOf": kinds}:
            return " | ".join(_type(kind) for kind in kinds)
        case {"items": items}:
            return f"Array<{_type(items)}>"
        case {"type": name}:
            return _PLAIN[name]
    raise ValueError(f"no TypeScript for {schema}")

"""The reference of the practice protocol, from its AsyncAPI document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from tables import listed, table

from tutor.adapters.wire.asyncapi import document
from tutor.core.protocol.messages import ClientMessage, ServerEvent

Schema = dict[str, Any]

_HEAD = """# Messages and errors

The practice protocol, version {version}, on `{address}`. {description}
[How a session goes](../embed/socket.md) says what comes when.
"""

_CLOSE = """A code with a close code ends the session, and the socket closes with it; the others do
not. An error that names an `utterance` is the end of that utterance.
"""


def text() -> str:
    """The page."""
    told = document()
    schemas: Schema = told["components"]["schemas"]
    clients, servers = get_args(ClientMessage), get_args(ServerEvent)
    named = {kind.__name__ for kind in (*clients, *servers)}
    parts = [name for name in schemas if name not in named]
    address = told["channels"]["practice"]["address"]
    return "\n".join(
        [
            _HEAD.format(address=address, **told["info"]),
            "## Client to server\n",
            *(_message(schemas[kind.__name__], schemas) for kind in clients),
            "## Server to client\n",
            *(_message(schemas[kind.__name__], schemas) for kind in servers),
            "## Parts of messages\n",
            *(_section(name, schemas[name], schemas) for name in parts),
            "## Errors\n",
            _CLOSE,
            _errors(told["x-errors"]),
        ]
    )


def _message(schema: Schema, schemas: Schema) -> str:
    return _section(schema["properties"]["type"]["const"], schema, schemas)


def _section(name: str, schema: Schema, schemas: Schema) -> str:
    """A message, or a part of one: what it is, and its fields."""
    needed = frozenset(schema["required"])
    rows = [
        (f"`{field}`" + ("" if field in needed else "?"), _type(kind), _meaning(kind, schemas))
        for field, kind in schema["properties"].items()
        if field != "type" or "const" not in kind
    ]
    fields = table(["field", "type", "meaning"], rows) if rows else "No fields.\n"
    return f"### {name} {{#{anchor(name)}}}\n\n{schema['description']}\n\n{fields}"


def anchor(name: str) -> str:
    """The anchor of a message's or a part's section."""
    return name.replace(".", "-").lower()


def _meaning(schema: Schema, schemas: Schema) -> str:
    """What a field says of itself, or the class that it is of; and what holds when it is absent."""
    part = next(filter(None, map(_part, [schema, *schema.get("anyOf", [])])), None)
    said = [schema.get("description") or (schemas[part]["description"] if part else "")]
    if schema.get("default") not in (None, [], {}) and not isinstance(schema["default"], dict):
        said.append(f"Absent: `{_plain(schema['default'])}`.")
    return " ".join(filter(None, said))


def _plain(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _type(schema: Schema) -> str:
    """A JSON Schema's type in a few words; null is said by the `?` behind the field."""
    match schema:
        case {"$ref": ref}:
            name = str(ref).rpartition("/")[2]
            return f"[{name}](#{anchor(name)})"
        case {"const": value}:
            return f"`{value}`"
        case {"enum": values}:
            return listed(values)
        case {"anyOf": kinds}:
            return " or ".join(_several(kinds))
        case {"items": items}:
            return f"list of {_type(items)}"
        case {"type": name}:
            return str(name)
    raise ValueError(f"no words for {schema}")


def _several(kinds: Iterable[Schema]) -> list[str]:
    return [_type(kind) for kind in kinds if kind.get("type") != "null"]


def _part(schema: Schema) -> str | None:
    """The class that a field is of, if it is of one."""
    return str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else None


def _errors(errors: dict[str, dict[str, Any]]) -> str:
    rows = [
        (f"`{code}`", str(told["close"] or "none"), told["text"]) for code, told in errors.items()
    ]
    return table(["code", "close", "meaning"], rows)

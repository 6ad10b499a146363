"""The reference of HTTP routes, from the gateway's OpenAPI document."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tables import listed, table

from tutor.adapters.settings import Settings
from tutor.shells.gateway.app import make_app

Schema = dict[str, Any]

_HEAD = """# HTTP routes

Every route with what it takes and the codes of its problem documents (RFC 9457). A running server
shows the same at `/docs`, and for programs at `/openapi.json`. [HTTP API](../embed/http-api.md) and
[Accounts](../operate/accounts.md) say how to use them.
"""

_PROBLEM = "application/problem+json"

_TITLES = {"openai": "OpenAI's"}
"""Of tags that are no words of the language."""


def text() -> str:
    """The page."""
    document = openapi()
    schemas = document["components"]["schemas"]
    by_tag: dict[str, list[str]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            by_tag[tag].append(_operation(f"{method.upper()} {path}", operation, schemas))
    parts = [
        f"## {_TITLES.get(tag, tag[0].upper() + tag[1:])}\n\n{''.join(told)}"
        for tag, told in by_tag.items()
    ]
    return "\n".join([_HEAD, *parts])


def openapi() -> Schema:
    """The gateway's OpenAPI document; nothing connects while it is made."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=folder, docs="open")
        app = make_app(settings)
        try:
            return app.openapi()
        finally:
            app.state.services.database.close()


def _operation(name: str, operation: Schema, schemas: Schema) -> str:
    described = operation.get("description", "").strip()
    taken = [*_parameters(operation), *_fields(operation, schemas)]
    return (
        f"### {name}\n\n{operation['summary']}. {described}\n\n"
        + (f"{table(['takes', 'in', 'meaning'], taken)}\n" if taken else "")
        + f"Answers {', '.join(_answers(operation['responses']))}.\n\n"
    )


def _parameters(operation: Schema) -> Iterator[tuple[str, str, str]]:
    for one in operation.get("parameters", []):
        yield _named(one["name"], one.get("required")), one["in"], one.get("description", "")


def _fields(operation: Schema, schemas: Schema) -> Iterator[tuple[str, str, str]]:
    """The fields of a request's body."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content.get("schema", {})
        schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        where = "JSON" if kind == "application/json" else "form"
        for name, field in schema.get("properties", {}).items():
            needed = name in schema.get("required", [])
            yield _named(name, needed), where, field.get("description", "")


def _named(name: str, needed: object) -> str:
    return f"`{name}`" if needed else f"`{name}`?"


def _answers(responses: Schema) -> Iterator[str]:
    """The statuses that an operation is described with, and the codes of its problems."""
    for status, answer in sorted(responses.items()):
        codes = answer.get("content", {}).get(_PROBLEM, {}).get("examples", {})
        if status != "default":
            yield f"{status} ({listed(codes)})" if codes else status

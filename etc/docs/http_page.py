"""The reference of HTTP routes, from the gateway's OpenAPI document."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tables import listed, table

from tutor.adapters.settings import Settings
from tutor.shells.gateway import make_app

_HEAD = """# HTTP routes

Every route with its parameters and the codes of its problem documents (RFC 9457). A running server
shows the same at `/docs`, and for programs at `/openapi.json`. [HTTP API](../embed/http-api.md)
and [Accounts](../operate/accounts.md) say how to use them.
"""

_PROBLEM = "application/problem+json"


def text() -> str:
    """The page."""
    by_tag: dict[str, list[str]] = defaultdict(list)
    for path, methods in _document()["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or ["other"])[0]
            by_tag[tag].append(_operation(method.upper(), path, operation))
    parts = [f"## {tag.capitalize()}\n\n{''.join(told)}" for tag, told in by_tag.items()]
    return "\n".join([_HEAD, *parts])


def _document() -> dict[str, Any]:
    """The OpenAPI document; nothing connects while it is made."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(redis_url="redis://127.0.0.1:9/0", data_dir=folder, docs="open")
        app = make_app(settings)
        try:
            return app.openapi()
        finally:
            app.state.services.database.close()


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    described = operation.get("description", "").strip()
    return (
        f"### {method} {path}\n\n{operation['summary']}.\n\n"
        + (f"{described}\n\n" if described and described != operation["summary"] else "")
        + _parameters(operation.get("parameters", []))
        + f"{table(['status', 'codes', 'meaning'], _answers(operation['responses']))}\n"
    )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    rows = [
        (
            f"`{one['name']}`" + ("" if one.get("required") else "?"),
            one["in"],
            one.get("description", ""),
        )
        for one in parameters
    ]
    return f"{table(['parameter', 'in', 'meaning'], rows)}\n" if rows else ""


def _answers(responses: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for status, answer in sorted(responses.items()):
        codes = answer.get("content", {}).get(_PROBLEM, {}).get("examples", {})
        yield status, listed(codes), answer.get("description", "")

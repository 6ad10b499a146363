"""How the HTTP API describes itself: every error a problem document, an example for each code."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from tutor.shells.http.problems import MEDIA_TYPE, ProblemDocument

OPTIONAL_LOGIN: dict[str, Any] = {"security": [{}]}
"""For `openapi_extra`: where a server admits guests, no credential is needed."""

_REFERENCE = {"$ref": "#/components/schemas/Problem"}

_EVERYWHERE = {
    "bad_request": (400, "There was an error parsing the body"),
    "unauthenticated": (401, "this server needs an access token or an API key"),
    "invalid": (422, "query.limit: Input should be less than or equal to 100"),
}
"""Codes of any route that has what they are about: a body, a login, a parameter."""


def problem_docs(**codes: tuple[int, str]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for problems: `code=(status, what it means)`."""
    found: dict[int | str, dict[str, Any]] = {}
    for code, (status, detail) in codes.items():
        response = found.setdefault(status, _response(HTTPStatus(status).phrase))
        examples = response["content"][MEDIA_TYPE].setdefault("examples", {})
        examples[code] = {"value": _example(status, code, detail)}
    return found


def _response(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _REFERENCE}}}


def _example(status: int, code: str, detail: str) -> dict[str, object]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }


def describe_problems(app: FastAPI) -> None:
    """Let the application's OpenAPI document say of every route how it fails."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = ProblemDocument.model_json_schema()
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            for operation in _operations(document):
                _tidy(operation)
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _tidy(operation: dict[str, Any]) -> None:
    """Remove FastAPI's own 422 from an operation, and add the problems that any route may answer
    with."""
    responses = operation["responses"]
    if "422" in responses and MEDIA_TYPE not in responses["422"].get("content", {}):
        del responses["422"]
    has = {
        "bad_request": "requestBody" in operation,
        "unauthenticated": "security" in operation,
        "invalid": bool(operation.get("parameters")),
    }
    for status, described in problem_docs(
        **{code: told for code, told in _EVERYWHERE.items() if has[code]}
    ).items():
        responses.setdefault(str(status), described)
    for described in responses.values():
        content = described.get("content", {})
        if MEDIA_TYPE in content:
            content[MEDIA_TYPE]["schema"] = _REFERENCE
    responses["default"] = _response("Any other failure")


MISSING = problem_docs(not_found=(404, "there is no such job"))

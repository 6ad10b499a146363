"""How the HTTP API describes its errors in OpenAPI: problem documents, an example for each code."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from tutor.shells.problems import MEDIA_TYPE, ProblemDocument


def problem_docs(**codes: tuple[int, str]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for problems: `code=(status, what it means)`."""
    found: dict[int | str, dict[str, Any]] = {}
    for code, (status, detail) in codes.items():
        response = found.setdefault(status, _response(status))
        examples = response["content"][MEDIA_TYPE]["examples"]
        examples[code] = {"value": _example(status, code, detail)}
    return found


def _response(status: int) -> dict[str, Any]:
    schema = ProblemDocument.model_json_schema()
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}},
    }


def _example(status: int, code: str, detail: str) -> dict[str, object]:
    title = HTTPStatus(status).phrase
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    }


INVALID = problem_docs(invalid=(422, "query.limit: Input should be less than or equal to 100"))
MISSING = problem_docs(not_found=(404, "there is no such job"))

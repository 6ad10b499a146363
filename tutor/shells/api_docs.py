"""How the HTTP API describes its errors in OpenAPI: problem documents, one schema for all."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tutor.shells.problems import MEDIA_TYPE


class OpenAIError(BaseModel):
    """What OpenAI's clients read of an error."""

    message: str
    type: str
    code: str
    param: str | None = None


class ProblemDocument(BaseModel):
    """An error (RFC 9457). Some have further members, which `code` implies."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(description="for people", examples=["there is no such job"])
    code: str = Field(description="a word that a program can act on", examples=["not_found"])
    errors: list[dict[str, str]] | None = Field(
        None, description="of `invalid`: each field that is wrong"
    )
    error: OpenAIError | None = Field(None, description="only on OpenAI's routes")


def problems(**codes: tuple[int, str]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for problems: `code=(status, what it means)`."""
    found: dict[int | str, dict[str, Any]] = {}
    for code, (status, detail) in codes.items():
        response = found.setdefault(status, _response(status))
        examples = response["content"][MEDIA_TYPE]["examples"]
        examples[code] = {"value": _example(status, code, detail)}
    return found


def _response(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
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


INVALID = problems(invalid=(422, "query.limit: Input should be less than or equal to 100"))
MISSING = problems(not_found=(404, "there is no such job"))

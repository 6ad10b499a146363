"""Multipart requests with a file: read as a stream, refused as soon as they are too large."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as ReceivedFile
from starlette.types import Message

from tutor.shells.http.problems import Problem

FORM_BYTES = 256 * 1024
"""Bytes of one field that is no file, and on top of the file's limit; a text of 5,000 words has 40
kB."""

MOST_FIELDS = 50

Form = TypeVar("Form", bound=BaseModel)


class TooLargeError(Problem):
    """The request is larger than this server takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            413, "too_large", f"a file may have {limit} bytes at most", max_bytes=limit
        )


@asynccontextmanager
async def received(
    request: Request, form: type[Form], limit: int
) -> AsyncIterator[tuple[Form, ReceivedFile]]:
    """A form and its `file`, which is gone after the block; `limit`: bytes of the file.

    Raises:
        Problem: 413, the file is too large; 422, it is empty.
        RequestValidationError: a field is missing or wrong.
        HTTPException: 400, the body is no multipart form.
    """
    metered = Request(request.scope, _metered(request, limit))
    async with metered.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=FORM_BYTES) as data:
        file = data.get("file")
        fields = _validated(form, _fields(data), is_file=isinstance(file, ReceivedFile))
        assert isinstance(file, ReceivedFile)
        if (file.size or 0) > limit:
            raise TooLargeError(limit)
        if not file.size:
            raise Problem(422, "empty_file", "the file is empty", param="file")
        yield fields, file


def _metered(request: Request, limit: int) -> Any:
    """A receiver of the request's messages that refuses more bytes than there may be."""
    most = limit + FORM_BYTES
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise TooLargeError(limit)
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLargeError(limit)
        return message

    return receive


def _fields(data: FormData) -> dict[str, object]:
    """The form's fields; those that are named like lists are lists."""
    names = [name for name in data if name != "file"]
    return {name: data.getlist(name) if name.endswith("[]") else data.get(name) for name in names}


def _validated(form: type[Form], fields: Mapping[str, object], *, is_file: bool) -> Form:
    faults: list[Any] = []
    if not is_file:
        faults.append({"loc": ("body", "file"), "msg": "Field required", "type": "missing"})
    try:
        valid = form.model_validate(fields)
    except ValidationError as error:
        faults += [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
    if faults:
        raise RequestValidationError(faults)
    return valid


def form_docs(form: type[BaseModel], example: Mapping[str, object]) -> dict[str, Any]:
    """The OpenAPI description of a request with such a form and a file."""
    schema = form.model_json_schema(by_alias=True)
    schema["properties"] = {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "The recording, in any common format.",
        },
        **schema["properties"],
    }
    schema["required"] = ["file", *schema.get("required", [])]
    content = {"multipart/form-data": {"schema": schema, "example": dict(example)}}
    return {"requestBody": {"required": True, "content": content}}

"""Errors over HTTP as problem details (RFC 9457), the same shape everywhere."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match, Mount

from tutor.adapters.sql.errors import StorageFullError
from tutor.shells.http.security_headers import NO_STORE, SECURITY_HEADERS

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """What a client did wrong or must wait for; becomes a problem document.

    `code` is a short word that a program can act on, `detail` a sentence for people, `extra` are
    further members of the document (what is left of a quota, the fields that are wrong).
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra

    def response(self) -> JSONResponse:
        """The problem document with its status and headers."""
        return JSONResponse(
            {
                "type": "about:blank",
                "title": HTTPStatus(self.status).phrase,
                "status": self.status,
                "detail": self.detail,
                "code": self.code,
                **self.extra,
            },
            self.status,
            self.headers,
            MEDIA_TYPE,
        )


class ProblemDocument(BaseModel):
    """What went wrong (RFC 9457); some codes have further members."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Unauthorized"])
    status: int = Field(examples=[401])
    detail: str = Field(description="A sentence for people.")
    code: str = Field(description="A word for programs.", examples=["unauthenticated"])


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with problems of these statuses."""
    # `model` alone would be told as application/json.
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": ProblemDocument.model_json_schema()}},
        }
        for status in statuses
    }


OPENAI_PATHS = ("/v1/audio/", "/v1/models")
"""Paths where OpenAI's clients look for `error`, too."""


def openai_error(problem: Problem) -> dict[str, object]:
    """A problem as OpenAI's clients read it."""
    kind = "invalid_request_error" if problem.status < 500 else "server_error"
    param = problem.extra.get("param")
    return {"message": problem.detail, "type": kind, "code": problem.code, "param": param}


_METHODS = ("DELETE", "GET", "PATCH", "POST")
"""The methods that some route has; a route with GET answers HEAD as well."""


def _methods(request: Request) -> list[str]:
    """All methods of the path that was asked, whichever routes have them."""
    found = [method for method in _METHODS if _is_taken(request, method)]
    return sorted([*found, "HEAD"]) if "GET" in found else found


def _is_taken(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method, "root_path": ""}  # a mount changes the latter
    return any(
        method == "GET" if isinstance(route, Mount) else True  # a mount of ours is of files
        for route in request.app.routes
        if route.matches(dict(scope))[0] is Match.FULL
    )


_CODES = {413: "too_large"}
"""Codes of statuses whose phrase is none of our codes; Python's versions differ in it, too."""


def _answer(request: Request, problem: Problem) -> JSONResponse:
    if request.url.path.startswith(OPENAI_PATHS):
        problem.extra["error"] = openai_error(problem)
    return problem.response()


FULL = (errno.ENOSPC, errno.EDQUOT)
"""Errors of files when there is no room for them."""


def storage_full() -> Problem:
    """The answer while the server's disk is full."""
    headers = {"Retry-After": "60"}
    detail = "the server's disk is full, and nothing was kept: try again later"
    return Problem(503, "storage_full", detail, headers=headers)


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error leave the application as a problem document."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> JSONResponse:
        return _answer(request, error)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code) or HTTPStatus(error.status_code).name.lower()
        detail = str(error.detail)
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = ", ".join(_methods(request))
        return _answer(request, Problem(error.status_code, code, detail, headers=headers))

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [
            {"field": ".".join(map(str, fault["loc"])), "message": str(fault["msg"])}
            for fault in error.errors()
        ]
        first = f"{fields[0]['field']}: {fields[0]['message']}" if fields else "not valid"
        problem = Problem(422, "invalid", first, errors=fields)
        if fields:
            problem.extra["param"] = str(error.errors()[0]["loc"][:2][-1])
        return _answer(request, problem)

    _add_handlers_of_failures(app)


def _add_handlers_of_failures(app: FastAPI) -> None:
    """What is no fault of the request."""

    @app.exception_handler(StorageFullError)
    async def storage(request: Request, error: StorageFullError) -> JSONResponse:
        log.error("nothing can be kept: %s", error)
        return _answer(request, storage_full())

    @app.exception_handler(OSError)
    async def files(request: Request, error: OSError) -> JSONResponse:
        if error.errno not in FULL:
            raise error
        log.error("nothing can be kept: %s", error.strerror)
        return _answer(request, storage_full())

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, error: ClientDisconnect) -> JSONResponse:  # noqa: ARG001
        return _answer(request, Problem(400, "disconnected", "the client has gone"))

    @app.exception_handler(Exception)
    async def internal(request: Request, error: Exception) -> JSONResponse:
        log.exception("request failed", exc_info=error)
        answer = _answer(request, Problem(500, "internal", "the server made a mistake"))
        answer.headers.update(
            SECURITY_HEADERS | {"Cache-Control": NO_STORE}
        )  # it does not pass the middleware any more
        return answer

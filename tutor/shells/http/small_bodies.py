"""The size of requests without a file: FastAPI would hold all of a body in memory."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.shells.http.problems import Problem

UPLOADS = ("/v1/jobs", "/v1/audio/transcriptions")
"""Paths of uploads, which have a limit of their own (`tutor.shells.http.uploads`)."""


class LimitBodies:
    """ASGI middleware: 413 for more bytes than `most`, whether a request says its length or not.
    Sockets go through without a coroutine that would stay with them."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] != "http" or scope["path"] in UPLOADS:
            return self._app(scope, receive, send)
        detail = f"a request to this route may have {self._most} bytes at most"
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > self._most:
            return Problem(413, "too_large", detail).response()(scope, receive, send)
        taken = 0

        async def metered() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                raise HTTPException(413, detail)  # any other exception FastAPI takes for a 400
            return message

        return self._app(scope, metered, send)

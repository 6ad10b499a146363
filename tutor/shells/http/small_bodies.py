"""The size of requests without a file: FastAPI would hold all of a body in memory."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tutor.shells.http.problems import Problem

UPLOADS = ("/v1/jobs", "/v1/audio/transcriptions")
"""Paths of uploads, which have a limit of their own (`tutor.shells.http.uploads`)."""


_WITH_BODY = ("POST", "PUT", "PATCH")
"""Methods whose routes read the body before they answer; others would find its size too late."""


class LimitBodies:
    """ASGI middleware: 413 for more bytes than `most`, whether a request says its length or not.

    It is said when the body is read: a path that nothing is behind, and so the slip of an upload's
    path, gets the 404 that it is, without its body. Sockets go through without a coroutine that
    would stay with them.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._detail = f"a request to this route may have {most} bytes at most"

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] != "http" or scope["path"] in UPLOADS:
            return self._app(scope, receive, send)
        length = Headers(scope=scope).get("content-length", "")
        stated = int(length) if length.isdecimal() else 0
        if stated > self._most and scope["method"] not in _WITH_BODY:
            return Problem(413, "too_large", self._detail).response()(scope, receive, send)
        taken = 0

        async def metered() -> Message:
            nonlocal taken
            self._refuse_over(stated)
            message = await receive()
            taken += len(message.get("body", b""))
            self._refuse_over(taken)
            return message

        return self._app(scope, metered, send)

    def _refuse_over(self, size: int) -> None:
        if size > self._most:
            # Any other exception FastAPI takes for a 400.
            raise HTTPException(413, self._detail)

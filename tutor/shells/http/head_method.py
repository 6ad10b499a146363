"""HEAD wherever there is GET (RFC 9110, 9.1): FastAPI's routes take GET alone."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send


class AnswerHead:
    """ASGI middleware that answers HEAD as GET; Uvicorn leaves the body out, since its own scope
    says HEAD. Sockets go through without a coroutine that would stay with them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        return self._app(scope, receive, send)

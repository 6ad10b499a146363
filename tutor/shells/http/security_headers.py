"""The headers that every answer over HTTP carries."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "microphone=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


NO_STORE = "no-store"

PRIVATE = ("/v1/", "/metrics")
"""Beginnings of paths whose answers are kept by nobody on the way."""


class AddSecurityHeaders:
    """ASGI middleware that adds the headers; sockets go through without a coroutine that would stay
    with them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, and its answer back with the headers."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)

        # What the API answers is one caller's. Of the page's files ask before using a kept copy:
        # modules of two versions do not fit together.
        fresh = NO_STORE if scope["path"].startswith(PRIVATE) else "no-cache"

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)  # the guide has a policy of its own
                headers.setdefault("Cache-Control", fresh)
            await send(message)

        return self._app(scope, receive, add)

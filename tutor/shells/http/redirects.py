"""Redirects stay at this server, by whatever name, scheme and port it was asked."""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class RedirectHere:
    """ASGI middleware that makes the address of a redirect a path: Starlette writes the name that
    it was asked by, and behind a proxy the wrong scheme. Sockets go through without a coroutine
    that would stay with them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, and its answer back."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)

        async def relate(message: Message) -> None:
            if message["type"] == "http.response.start" and 300 <= message["status"] < 400:
                headers = MutableHeaders(scope=message)
                if "location" in headers:
                    headers["location"] = _path(headers["location"])
            await send(message)

        return self._app(scope, receive, relate)


def _path(location: str) -> str:
    """The path and the query of an address; two slashes in front would be another server's name."""
    parts = urlsplit(location)
    return parts._replace(scheme="", netloc="", path="/" + parts.path.lstrip("/")).geturl()

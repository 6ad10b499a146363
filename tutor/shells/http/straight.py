"""The way of a socket through the application: as few coroutines stay with it as can be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

Serve = Callable[[WebSocket], Awaitable[None]]
"""Serves one socket to its end, its handshake included."""


class GoStraight:
    """ASGI middleware that serves the sockets of these paths itself. What lies behind it, FastAPI's
    routing and its care for exceptions and for exits, would stay with each socket: 6 KiB."""

    def __init__(self, app: ASGIApp, sockets: Mapping[str, Serve]) -> None:
        self._app = app
        self._sockets = sockets

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve a socket, or pass on what is none."""
        if scope["type"] == "websocket" and scope["path"] in self._sockets:
            return self._sockets[scope["path"]](WebSocket(scope, receive, send))
        return self._app(scope, receive, send)

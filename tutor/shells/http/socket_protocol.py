"""Uvicorn's WebSocket protocol with a message limit for each path, and one log line a refusal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from tutor.shells.http.lean_socket import Gate, Messages

_quiet = logging.getLogger("websockets.server")
"""For what websockets says of each connection beside Uvicorn's own line."""
_quiet.setLevel(logging.WARNING)


LINE = "tutor.line"
"""Where a socket's scope has the connection, to be asked whether it still carries."""

SIGN = b"there?"
"""What such a ping says: Uvicorn passes over the answer, for it is none to a ping of its own."""


class BoundedSocket(WebSocketsSansIOProtocol):
    """Uvicorn's protocol with the limits that its subclass brings."""

    limits: Mapping[str, int]
    """Bytes of the largest message by path."""
    when_lost: Callable[[], None] | None = None
    """Called when the connection is gone, set by whoever counts connections."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn.logger = _quiet
        self.queue = cast("asyncio.Queue[Any]", Messages[Any]())
        self.writable = cast("asyncio.Event", Gate())
        self.heard_at = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Take note that the line carries."""
        self.heard_at = self.loop.time()
        super().data_received(data)

    def ask(self) -> None:
        """Ask the client for a sign of life; whatever it sends is one."""
        if self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self.conn.send_ping(SIGN)
            self.transport.write(b"".join(self.conn.data_to_send()))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who counts connections that this one is gone."""
        super().connection_lost(exc)
        if self.when_lost is not None:
            self.when_lost()

    def handle_connect(self, event: Any) -> None:
        """Take the limit of the path."""
        path = event.path.partition("?")[0]
        if path in self.limits:
            self.conn.max_message_size = self.limits[path]
        super().handle_connect(event)
        if hasattr(self, "scope"):
            cast("dict[str, Any]", self.scope)[LINE] = self

    def send(self, message: Any) -> Awaitable[None]:  # type: ignore[override]
        """Send a message of the application."""
        sending = super().send(message)
        if message["type"] == "websocket.accept":
            return self._accept(sending)
        if message["type"] == "websocket.http.response.body":
            return self._refuse(sending)
        return sending

    async def _accept(self, sending: Awaitable[None]) -> None:
        """What was asked and answered at the handshake need not stay with the socket: 3 KiB."""
        await sending
        for head in (self.request.headers, self.response.headers):  # the parser has them, too
            head.clear()

    async def _refuse(self, sending: Awaitable[None]) -> None:
        """Uvicorn takes a refusal that was answered for a handshake that was forgotten."""
        await sending
        self.handshake_complete = self.handshake_complete or self.close_sent


def socket_protocol(limits: Mapping[str, int]) -> type[WebSocketsSansIOProtocol]:
    """A protocol class with a limit of a message's bytes for each of these paths.

    Uvicorn knows one limit for all (`ws_max_size`), which holds for the other paths. A larger
    message is not read and closes the socket with 1009.
    """
    return type("SocketProtocol", (BoundedSocket,), {"limits": limits})

"""Uvicorn's WebSocket protocol with a message limit for each path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


def socket_protocol(limits: Mapping[str, int]) -> type[WebSocketsSansIOProtocol]:
    """A protocol class with a limit of a message's bytes for each of these paths.

    Uvicorn knows one limit for all (`ws_max_size`), which holds for the other paths. A larger
    message is not read and closes the socket with 1009.
    """

    class SocketProtocol(WebSocketsSansIOProtocol):
        def handle_connect(self, event: Any) -> None:
            path = event.path.partition("?")[0]
            if path in limits:
                self.conn.max_message_size = limits[path]
            super().handle_connect(event)

    return SocketProtocol

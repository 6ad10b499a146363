"""What a session hears of its client, and whether it can hear it at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from starlette.websockets import WebSocket

from tutor.core.audio.line import is_down, wants_sign
from tutor.shells.http.socket_protocol import LINE

AFTER_S = 1.0
"""Seconds after the session could not read in which what was sent meanwhile is still on its way:
the kernel holds it, and hands it over bit by bit."""

BLOCKED_S = 0.5
"""A session that reads nothing for so long, because of its store or its machine, was blocked."""


class Line(Protocol):
    """The connection under a socket."""

    heard_at: float
    """When a byte came last, by the loop's clock."""

    def ask(self) -> None:
        """Ask for a sign of life."""


class Ear:
    """Takes what comes on a socket, and tells when silence means nothing."""

    def __init__(self, socket: WebSocket, now: Callable[[], float]) -> None:
        self._socket = socket
        self._now = now
        self._line: Line | None = socket.scope.get(LINE)
        self._listens = False
        self._taken_at = now()
        self._clear_at = now()

    async def receive(self) -> Any:
        """The next message of the socket."""
        if self._now() - self._taken_at > BLOCKED_S:
            self._clear_at = self._now() + AFTER_S
        self._listens = True
        try:
            return await self._socket.receive()
        finally:
            self._listens, self._taken_at = False, self._now()

    def is_deaf(self) -> bool:
        """Whether something may have been said that is not heard yet: the session is busy, or was
        just now, or the line is down. Asks a line that is silent for a sign."""
        if not self._listens or self._now() < self._clear_at:
            return True
        if self._line is None:
            return False
        silent_s = self._now() - self._line.heard_at
        if wants_sign(silent_s):
            self._line.ask()
        return is_down(silent_s)

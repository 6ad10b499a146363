"""What a socket still has to send: in order, with a bound on how much waits and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from tutor.core.live.effects import Close
from tutor.core.protocol.messages import ServerEvent
from tutor.shells.live.journal import Frame
from tutor.shells.live.send_queue import SendQueue

LAST_WORD_S = 1.0
"""Seconds that a close may take on a socket that does not read."""

BROKEN = (WebSocketDisconnect, RuntimeError, OSError)
"""What sending raises when the connection is gone; the task that reads from it hears of it, too."""


class SlowConsumerError(Exception):
    """The client does not take its events."""


@dataclass(frozen=True)
class Sound:
    """A frame of the tutor's speech."""

    reply: int
    data: str | bytes


class Outgoing:
    """The sending half of one socket.

    `room`: frames that may wait; `timeout_s`: seconds that one frame may take; `sent` is called for
    each frame that was handed to the network.
    """

    def __init__(
        self,
        socket: WebSocket,
        *,
        room: int,
        timeout_s: float,
        sent: Callable[[ServerEvent | None, float], None],
    ) -> None:
        self._socket = socket
        self._queue = SendQueue[Frame | Sound | Close]()
        self._room = room
        self._timeout_s = timeout_s
        self.sent = sent
        self.is_attached = True
        """Whether there is still a client to send to."""

    def __len__(self) -> int:
        return len(self._queue)

    def make_room(self, frames: int) -> None:
        """Let so many more frames wait: those that a client has missed come at once."""
        self._room += frames

    def put(self, items: Sequence[Frame | Sound | Close]) -> None:
        """Put frames, or the close, after those that wait already.

        Raises:
            SlowConsumerError: too many wait.
        """
        if not self.is_attached:
            return  # a client that comes back gets the events from the store
        for item in items:
            if len(self._queue) >= self._room:
                raise SlowConsumerError
            self._queue.put([item])

    def hush(self, reply: int) -> None:
        """Send nothing of a reply that waits."""
        self._queue.drop(lambda item: isinstance(item, Sound) and item.reply == reply)

    async def run(self) -> None:
        """Send what comes until the close was sent.

        Raises:
            SlowConsumerError: the client takes a frame too slowly.
        """
        while True:
            item = await self._queue.get()
            try:
                async with asyncio.timeout(self._timeout_s):
                    if isinstance(item, Close):
                        await self._socket.close(item.code, item.reason)
                        return
                    if isinstance(item, Sound):
                        await self._send_sound(item.data)
                    else:
                        await self._socket.send_text(item.text)
                        self.sent(item.event, item.at)
            except TimeoutError as error:
                raise SlowConsumerError from error
            except BROKEN:
                await asyncio.Event().wait()  # the reader hears of it

    async def _send_sound(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            await self._socket.send_bytes(data)
        else:
            await self._socket.send_text(data)

    async def say(self, texts: Iterable[str]) -> None:
        """Send last words past the queue, if the socket takes them."""
        with suppress(TimeoutError, *BROKEN):
            async with asyncio.timeout(LAST_WORD_S):
                for text in texts:
                    await self._socket.send_text(text)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket past the queue, if it still can be closed."""
        with suppress(TimeoutError, *BROKEN):
            async with asyncio.timeout(LAST_WORD_S):
                await self._socket.close(code, reason)

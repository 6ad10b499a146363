"""A connection without a network, its client in the hands of a test, and the clock with it."""

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HIGH_WATER, LOW_WATER = 65_536, 16_384
"""Bytes at which a transport says that too much waits, and that it goes on (as asyncio's)."""

STEPS = 20
"""Turns of the event loop after which an application has done what it can."""


class Clock:
    """Time that passes when a test says so; to a protocol it is its event loop."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: dict[int, tuple[float, Callable[[], None]]] = {}
        self._numbers = itertools.count()

    def call_later(self, delay: float, callback: Callable[[], None]) -> "Timer":
        """Call back when so much time has passed."""
        number = next(self._numbers)
        self._timers[number] = (self.now + delay, callback)
        return Timer(self._timers, number)

    def create_task(self, work: Coroutine[Any, Any, None], **_: Any) -> "asyncio.Task[None]":
        """Begin what an application does, on the real loop."""
        return asyncio.get_running_loop().create_task(work)

    async def advance(self, seconds: float) -> None:
        """Let time pass, timer by timer."""
        end = self.now + seconds
        while due := [(at, number) for number, (at, _) in self._timers.items() if at <= end]:
            self.now, number = min(due)
            self._timers.pop(number)[1]()
            await settle()
        self.now = end


class Timer:
    """A timer of the clock."""

    def __init__(self, timers: dict[int, Any], number: int) -> None:
        self._timers, self._number = timers, number

    def cancel(self) -> None:
        """Do not call back."""
        self._timers.pop(self._number, None)


async def settle() -> None:
    """Let the application go on as far as it can."""
    for _ in range(STEPS):
        await asyncio.sleep(0)


class Line(asyncio.Transport):
    """The server's end of a connection. `reads`: whether the client takes what comes at once."""

    def __init__(self, protocol: Callable[..., HttpToolsProtocol], app: Any, clock: Clock) -> None:
        super().__init__({"peername": ("192.0.2.1", 5), "sockname": ("192.0.2.9", 80)})
        config = Config(
            app, interface="asgi3", proxy_headers=False, log_config=None, lifespan="off"
        )
        self.protocol = protocol(config, ServerState(), {}, _loop=clock)
        self.reads = True
        self.taken = bytearray()
        """What the client has got."""
        self._waiting = bytearray()
        self._is_paused = self._is_closing = False
        self.is_gone = False
        """Whether the connection is over."""
        self.protocol.connection_made(self)

    async def say(self, data: bytes) -> None:
        """The client sends something, if anybody reads it."""
        if not self._is_closing:
            self.protocol.data_received(data)
        await settle()

    async def take(self, size: int) -> None:
        """The client takes so many bytes of what waits for it."""
        self.taken += self._waiting[:size]
        del self._waiting[:size]
        if self._is_paused and len(self._waiting) <= LOW_WATER:
            self._is_paused = False
            self.protocol.resume_writing()
        if self._is_closing and not self._waiting:
            self.abort()
        await settle()

    # ------------------------------------------------------------ as a protocol sees it

    def get_protocol(self) -> Any:
        """Whoever has the connection."""
        return self.protocol

    def write(self, data: Any) -> None:
        """Send something; it waits if nobody takes it."""
        (self.taken if self.reads else self._waiting).extend(data)
        if len(self._waiting) > HIGH_WATER and not self._is_paused:
            self._is_paused = True
            self.protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        """Bytes that wait for the client."""
        return len(self._waiting)

    def is_closing(self) -> bool:
        """Whether the connection is closed, or will be when the rest was taken."""
        return self._is_closing

    def close(self) -> None:
        """Close the connection once the rest was taken."""
        was_open, self._is_closing = not self._is_closing, True
        if was_open and not self._waiting:
            self.abort()

    def abort(self) -> None:
        """End the connection now."""
        self._is_closing = True
        if not self.is_gone:
            self.is_gone = True
            self.protocol.connection_lost(None)

    def pause_reading(self) -> None:
        """Nothing to do: what a test says is always read."""

    def resume_reading(self) -> None:
        """As above."""

"""When silence on a socket means that nothing was said."""

import asyncio
from typing import Any

import pytest
from starlette.websockets import WebSocket

from tutor.core.audio.line import ASK_S, DOWN_S
from tutor.shells.http.socket_protocol import LINE
from tutor.shells.live.ear import AFTER_S, BLOCKED_S, Ear


class World:
    """A clock, a socket and its line, which tests move."""

    def __init__(self, *, has_line: bool = True) -> None:
        self.now = self.heard_at = 100.0
        self.asked = 0
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope: dict[str, Any] = {"type": "websocket"} | ({LINE: self} if has_line else {})
        self.ear = Ear(WebSocket(scope, self.frames.get, self._send), lambda: self.now)
        self.ear._socket.client_state = self.ear._socket.client_state.CONNECTED

    async def _send(self, _: Any) -> None: ...

    def ask(self) -> None:
        """Count the questions."""
        self.asked += 1

    async def listen(self) -> "asyncio.Task[Any]":
        """Begin to wait for a frame."""
        listening = asyncio.create_task(self.ear.receive())
        await asyncio.sleep(0)
        return listening


async def stop(listening: "asyncio.Task[Any]") -> None:
    """Wait no longer."""
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_client_that_answers_says_nothing() -> None:
    """A microphone was muted: the line is asked, carries, and the silence is real."""
    world = World()
    listening = await world.listen()
    for _ in range(10):
        world.now += 1.01 * ASK_S
        assert not world.ear.is_deaf()
        world.heard_at = world.now  # its answer
    assert world.asked == 10
    await stop(listening)


async def test_a_line_that_is_down_says_nothing_yet() -> None:
    """It is asked, and what was said comes when it carries again."""
    world = World()
    listening = await world.listen()
    world.now += 1.01 * ASK_S
    assert not world.ear.is_deaf()
    world.now = world.heard_at + DOWN_S
    assert world.ear.is_deaf()
    assert world.asked == 2
    world.heard_at = world.now
    assert not world.ear.is_deaf()
    await stop(listening)


async def test_a_session_that_is_busy_does_not_hear() -> None:
    """Its store or its machine keeps it from reading, and for a moment what came then is still on
    its way."""
    world = World()
    world.frames.put_nowait({"type": "websocket.receive", "bytes": b""})
    await world.ear.receive()
    assert world.ear.is_deaf()
    world.now += BLOCKED_S + 3
    listening = await world.listen()
    world.heard_at = world.now
    assert world.ear.is_deaf()
    world.now += AFTER_S
    assert not world.ear.is_deaf()
    await stop(listening)


async def test_a_session_that_works_hears() -> None:
    """One frame after the other, with little between."""
    world = World()
    for _ in range(5):
        world.frames.put_nowait({"type": "websocket.receive", "bytes": b""})
        await world.ear.receive()
        world.now += 0.01
    listening = await world.listen()
    assert not world.ear.is_deaf()
    await stop(listening)


@pytest.mark.parametrize("silent_s", [1.0, 100.0])
async def test_a_line_that_nobody_can_ask_is_believed(silent_s: float) -> None:
    """Another server than ours gives none."""
    world = World(has_line=False)
    listening = await world.listen()
    world.now += silent_s
    assert not world.ear.is_deaf()
    await stop(listening)

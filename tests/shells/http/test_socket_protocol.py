"""Uvicorn's socket protocol with less of it for a socket that is idle."""

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from tutor.shells.http.lean_socket import Gate, Messages
from tutor.shells.http.socket_protocol import BoundedSocket, socket_protocol

HANDSHAKE = (
    b"GET /v1/practice HTTP/1.1\r\nHost: tutor.test\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\nauthorization: Bearer secret\r\n\r\n"
)


class Wire(asyncio.Transport):
    """A connection whose other end is the test."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.is_read = True

    def write(self, data: Any) -> None:
        """Take what the protocol sends."""
        self.sent += data

    def is_closing(self) -> bool:
        """It stays open."""
        return False

    def close(self) -> None:
        """The application has ended."""

    def pause_reading(self) -> None:
        """Note that nothing more is read."""
        self.is_read = False

    def resume_reading(self) -> None:
        """Note that more is read."""
        self.is_read = True


def a_socket(app: Any) -> tuple[BoundedSocket, Wire]:
    """A socket whose client has asked for it."""
    kind: Any = socket_protocol({"/v1/practice": 100})
    config = uvicorn.Config(app, ws=kind, ws_per_message_deflate=False, log_config=None)
    config.load()
    protocol, wire = kind(config, ServerState(), {}), Wire()
    protocol.connection_made(wire)
    protocol.data_received(HANDSHAKE)
    return protocol, wire


def masked(text: bytes) -> bytes:
    """A client's text frame, masked with zeros."""
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


async def test_a_socket_keeps_nothing_of_its_handshake() -> None:
    """The request's head, which may hold a token, is gone once it was answered; messages go both
    ways, in their order, and one that is not taken stops the reading."""
    heard: list[Any] = []

    async def echo(scope: Any, receive: Any, send: Any) -> None:
        assert (b"authorization", b"Bearer secret") in scope["headers"]
        await receive()
        await send({"type": "websocket.accept"})
        for _ in range(3):
            heard.append((await receive())["text"])
            await send({"type": "websocket.send", "text": heard[-1].upper()})

    protocol, wire = a_socket(echo)
    await asyncio.sleep(0.01)
    assert b"101 Switching Protocols" in wire.sent
    assert not protocol.request.headers
    assert not protocol.response.headers
    protocol.data_received(masked(b"one") + masked(b"two"))
    assert not wire.is_read
    await asyncio.sleep(0.01)
    assert wire.is_read
    protocol.data_received(masked(b"three"))
    await asyncio.sleep(0.01)
    assert heard == ["one", "two", "three"]
    assert wire.sent.endswith(b"\x81\x03ONE\x81\x03TWO\x81\x05THREE")


async def test_a_socket_that_is_full_is_not_written_to() -> None:
    """All who send wait until there is room, and one of them may give up."""
    sending: list[Any] = []

    async def tell(_: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        sending.append(send)
        await receive()

    protocol, wire = a_socket(tell)
    await asyncio.sleep(0.01)
    protocol.pause_writing()
    before, send = wire.sent, sending[0]
    tasks = [asyncio.create_task(send({"type": "websocket.send", "text": text})) for text in "abc"]
    await asyncio.sleep(0.01)
    tasks[0].cancel()
    await asyncio.sleep(0.01)
    assert wire.sent == before
    protocol.resume_writing()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert wire.sent == before + b"\x81\x01b\x81\x01c"
    protocol.connection_lost(None)


async def test_messages_wait_for_their_reader() -> None:
    """In their order, for a reader that is there already as for one that comes."""
    messages = Messages[int]()
    reading = asyncio.create_task(messages.get())
    await asyncio.sleep(0)
    for number in (1, 2):
        messages.put_nowait(number)
    assert await reading == 1
    assert not messages.empty()
    assert await messages.get() == 2
    assert messages.empty()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(messages.get(), 0.01)


async def test_a_gate_can_be_opened_and_shut_again() -> None:
    """Who waits goes on at the next opening, and is not held by a later shutting."""
    gate = Gate()
    await gate.wait()
    gate.clear()
    gate.clear()
    waiting = asyncio.create_task(gate.wait())
    await asyncio.sleep(0)
    assert not gate.is_set()
    assert not waiting.done()
    gate.set()
    gate.clear()
    await waiting
    gate.set()
    gate.set()
    assert gate.is_set()

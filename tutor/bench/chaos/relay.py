"""A line that can be cut: connections of learners go through it to the gateway."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from socket import SO_LINGER, SOL_SOCKET
from urllib.parse import urlsplit

CHUNK = 65_536

ENDS = 2
"""Each connection has two: to the client and to the server."""

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: on, for no time: closing sends RST instead of FIN."""


class Relay:
    """Passes bytes between clients and a server until it is told to break or to hold them."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._open: set[asyncio.StreamWriter] = set()
        self._begun = 0  # connections, since there is a relay
        self._flows = asyncio.Event()
        self._flows.set()

    def cut(self) -> int:
        """Break all connections at once, as a router that forgets them: by a reset; how many."""
        broken = list(self._open)
        for writer in broken:
            _reset(writer)
        return len(broken) // ENDS

    async def hold(self, seconds: float) -> int:
        """Let nothing through for a while, in either direction; nothing is lost. How many
        connections there were, or came meanwhile."""
        held, begun = len(self._open) // ENDS, self._begun
        self._flows.clear()
        await asyncio.sleep(seconds)
        self._flows.set()
        return held + self._begun - begun

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        try:
            server, to_server = await asyncio.open_connection(self._host, self._port)
        except OSError:
            _reset(to_client)  # nobody listens there: neither does the relay
            return
        writers = {to_client, to_server}
        self._open |= writers
        self._begun += 1
        try:
            await asyncio.gather(self._carry(client, to_server), self._carry(server, to_client))
        except asyncio.CancelledError:
            return  # the run is over; asyncio would report a handler that says so
        finally:
            self._open -= writers
            for writer in writers:
                writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            if writer.can_write_eof():
                writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST, whatever is on its way."""
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, AT_ONCE)
    writer.transport.abort()


@asynccontextmanager
async def relay_to(url: str) -> AsyncIterator[tuple[str, Relay]]:
    """A relay to a server, and its address, until the block ends."""
    parts = urlsplit(url)
    host = parts.hostname or "127.0.0.1"
    relay = Relay(host, parts.port or 80)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", relay
    finally:
        server.close()
        relay.cut()

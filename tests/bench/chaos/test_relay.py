import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from tutor.bench.chaos.relay import Relay, relay_to

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[Relay, str]]:
    """A relay to a server that says again what it hears."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, relay_to(f"http://127.0.0.1:{port}") as (url, relay):
        yield relay, url


async def dial(url: str) -> Streams:
    """A connection to a relay."""
    parts = urlsplit(url)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def test_a_relay_passes_on_what_it_is_given() -> None:
    """In both directions, to the end."""
    async with echoing() as (_, url):
        reader, writer = await dial(url)
        writer.write(b"hello")
        writer.write_eof()
        assert await reader.read() == b"hello"
        writer.close()


async def test_what_is_cut_breaks() -> None:
    """At once, for whoever waits; others may come."""
    async with echoing() as (relay, url):
        reader, writer = await dial(url)
        writer.write(b"hello")
        assert await reader.read(100) == b"hello"
        assert relay.cut() == 1
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.close()
        reader, writer = await dial(url)
        writer.write(b"again")
        assert await reader.read(100) == b"again"
        writer.close()


async def test_what_is_held_comes_later() -> None:
    """Nothing passes for a while, and nothing of it is lost."""
    async with echoing() as (relay, url):
        reader, writer = await dial(url)
        holding = asyncio.create_task(relay.hold(0.3))
        await asyncio.sleep(0.05)
        writer.write(b"hello")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(100), 0.1)
        assert await holding == 1
        assert await reader.read(100) == b"hello"
        writer.close()


async def test_nobody_behind_a_relay_is_nobody_at_it() -> None:
    """A server that is away refuses its clients."""
    async with relay_to("http://127.0.0.1:9") as (url, _):
        reader, writer = await dial(url)
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.close()

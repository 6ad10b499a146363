"""The primary of a store that Sentinels watch: asked for anew with each connection.

redis-py has pools for this, but none whose callers wait for a free connection, and Kombu would need
others again. So it is the connections that find their server, in whatever pool they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from redis.asyncio.connection import Connection
from redis.asyncio.sentinel import Sentinel
from redis.connection import Connection as BlockingConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError
from redis.sentinel import Sentinel as BlockingSentinel

SENTINEL_PORT = 26379
ASK_TIMEOUT_S = 1.0
"""Seconds for a Sentinel's answer; then the next one is asked."""


@dataclass(frozen=True)
class Watched:
    """A store that Sentinels watch."""

    sentinels: tuple[tuple[str, int], ...]
    group: str
    """The name by which the Sentinels know primary and replicas."""
    url: str
    """The primary's URL, but for its host, which is to be found."""


def watched(url: str) -> Watched | None:
    """What a URL says of Sentinels; None: it is a server's own.

    `sentinel://user:password@host:26379,host:26379/0?group=tutor`: user, password and database are
    the store's.
    """
    parts = urlsplit(url)
    if parts.scheme != "sentinel":
        return None
    secret, at, hosts = parts.netloc.rpartition("@")
    group = parse_qs(parts.query).get("group", ["tutor"])[0]
    server = urlunsplit(("redis", f"{secret}{at}primary", parts.path, "", ""))
    return Watched(tuple(_place(host) for host in hosts.split(",")), group, server)


def _place(host: str) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    return (name, int(port)) if colon else (host, SENTINEL_PORT)


def blocking_connection(store: Watched) -> type[BlockingConnection]:
    """Connections for threads to the primary of a watched store."""

    class Primary(BlockingConnection):
        def _connect(self) -> Any:
            asked = BlockingSentinel(list(store.sentinels), socket_timeout=ASK_TIMEOUT_S)  # type: ignore[no-untyped-call]
            try:
                self.host, self.port = asked.discover_master(store.group)  # type: ignore[no-untyped-call]
            finally:
                for sentinel in asked.sentinels:
                    sentinel.close()
            return super()._connect()  # type: ignore[no-untyped-call]

        def read_response(self, *args: Any, **options: Any) -> Any:
            try:
                return super().read_response(*args, **options)
            except ReadOnlyError as error:
                self.disconnect()  # type: ignore[no-untyped-call]
                raise RedisConnectionError("it is the primary no more") from error

    return Primary


def connection(store: Watched) -> type[Connection]:
    """Connections for coroutines to the primary of a watched store."""

    class Primary(Connection):
        async def _connect(self) -> None:
            asked = Sentinel(list(store.sentinels), socket_timeout=ASK_TIMEOUT_S)  # type: ignore[no-untyped-call]
            try:
                self.host, self.port = await asked.discover_master(store.group)
            finally:
                for sentinel in asked.sentinels:
                    await sentinel.aclose()
            await super()._connect()  # type: ignore[no-untyped-call]

        async def read_response(self, *args: Any, **options: Any) -> Any:
            try:
                return await super().read_response(*args, **options)
            except ReadOnlyError as error:
                await self.disconnect()
                raise RedisConnectionError("it is the primary no more") from error

    return Primary
